import { attempt } from './attempt.ts'
import { type Gathered, none } from './gathered.ts'

/** What a search finds; nothing found is `none`, with the reason given. */
export const find = async <T>(search: () => Promise<T | undefined>, whyNone: string): Promise<Gathered<T>> => {
  const found = await attempt(search)
  if (found.kind !== 'known') return found
  return found.value === undefined ? none(whyNone) : { kind: 'known', value: found.value }
}

/** Every page of a listing. */
export const everyPage = async <T>(
  read: (token: string | undefined) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
): Promise<T[]> => {
  const all: T[] = []
  let token: string | undefined
  do {
    const page = await read(token)
    all.push(...(page.items ?? []))
    token = page.next
  } while (token)
  return all
}
