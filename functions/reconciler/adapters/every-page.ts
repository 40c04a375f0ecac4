import { type Call, calling } from './calling.ts'

/** Reads a listing to its end, a call a page: what is on the second page is there too. */
export const everyPage = async <T>(
  call: Call,
  read: (marker: { Marker?: string }) => Promise<{ items: T[] | undefined; marker: string | undefined }>,
): Promise<T[]> => {
  const all: T[] = []
  let marker: string | undefined
  do {
    const page = await calling(call, () => read(marker === undefined ? {} : { Marker: marker }))
    all.push(...(page.items ?? []))
    marker = page.marker
  } while (marker)
  return all
}
