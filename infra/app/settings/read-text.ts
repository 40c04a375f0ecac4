import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Bytes. Settings, records of migrations, events and certificates have far fewer. */
const largestText = 16 * 1024 ** 2

const chunkBytes = 64 * 1024

/**
 * Reads a text file, and no more of it than a good one could have: the size of a device, a pipe or a file that grows is
 * not known before. @throws where it cannot be read, or is larger
 */
export const readText = (file: string, mostBytes: number = largestText): string => {
  const descriptor = openSync(file, 'r')
  const tooLarge = () => new Error(`it is larger than ${mostBytes / 1024 ** 2} MiB`)
  try {
    // What a device or a pipe has is not in its size: that is counted while it is read.
    if (fstatSync(descriptor).size > mostBytes) throw tooLarge()
    const chunks: Buffer[] = []
    let bytes = 0
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      const count = readSync(descriptor, chunk)
      if (count === 0) return Buffer.concat(chunks).toString('utf8')
      bytes += count
      if (bytes > mostBytes) throw tooLarge()
      chunks.push(chunk.subarray(0, count))
    }
  } finally {
    closeSync(descriptor)
  }
}
