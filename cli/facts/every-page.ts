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
