/** Where a page says how to ask for the next one: AWS's services have four names for it. */
interface Page {
  readonly NextToken?: string | undefined
  readonly nextToken?: string | undefined
  readonly Marker?: string | undefined
  readonly NextMarker?: string | undefined
}

/** `unknown` for a name that the page has not, which no reader of its items compiles with. */
type ItemOf<Answer, Name> = Name extends keyof Answer
  ? NonNullable<Answer[Name]> extends readonly (infer Item)[]
    ? Item
    : unknown
  : unknown

/**
 * The items of every page of a listing, which each page has under this name. Not for a listing whose answer repeats the
 * `Marker` that it was asked with, as Route 53's ListHostedZones does.
 */
export const everyPage = async <Name extends string, Answer extends Page>(
  name: Name,
  read: (token: string | undefined) => Promise<Answer & { readonly [Key in Name]?: unknown }>,
): Promise<ItemOf<Answer, Name>[]> => {
  const all: ItemOf<Answer, Name>[] = []
  let token: string | undefined
  do {
    const page = await read(token)
    all.push(...((page[name] ?? []) as ItemOf<Answer, Name>[]))
    token = page.NextToken ?? page.nextToken ?? page.NextMarker ?? page.Marker
  } while (token)
  return all
}
