/** Where a page says how to ask for the next one: AWS's services have four names for it. */
interface Page {
  readonly NextToken?: string | undefined
  readonly nextToken?: string | undefined
  readonly Marker?: string | undefined
  readonly NextMarker?: string | undefined
}

type ItemOf<Answer, Name> = Name extends keyof Answer
  ? NonNullable<Answer[Name]> extends readonly (infer Item)[]
    ? Item
    : never
  : never

/** The items of every page of a listing, which each page has under this name. */
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
