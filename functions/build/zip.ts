import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateRawSync } from 'node:zlib'

/** The folder as the one file that Lambda takes. */
export const zipFolder = async (folder: string): Promise<Buffer> =>
  zip(await Promise.all((await readdir(folder)).map(async name => [name, await readFile(join(folder, name))] as const)))

/**
 * The same content gives the same bytes: names are sorted and every file has the format's first day, so that a checksum
 * says whether the content changed. Format: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16
 * (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
 */
export const zip = (files: readonly (readonly [path: string, content: Buffer])[]): Buffer => {
  const entries = files.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, content]) => entryOf(path, content))
  let offset = 0
  const directory = entries.map(({ common, name, content }) => {
    const header = Buffer.concat([centralHeader(common, offset), name])
    offset += 4 + common.length + name.length + content.length
    return header
  })
  const written = entries.flatMap(({ common, name, content }) => [signature(0x04034b50), common, name, content])
  const size = Buffer.concat(directory).length
  return Buffer.concat([...written, ...directory, endOfDirectory(entries.length, size, offset)])
}

interface Entry {
  /** What a file's header and its line in the directory have in common. */
  readonly common: Buffer
  readonly name: Buffer
  readonly content: Buffer
}

const utf8Names = 0x0800
const deflated = 8
/** 1980-01-01 in the format of MS-DOS. */
const firstDay = 0x0021

const entryOf = (fileName: string, text: Buffer): Entry => {
  const name = Buffer.from(fileName)
  const content = deflateRawSync(text, { level: 9 })
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(utf8Names, 2)
  common.writeUInt16LE(deflated, 4)
  common.writeUInt16LE(0, 6)
  common.writeUInt16LE(firstDay, 8)
  common.writeUInt32LE(crc32(text), 10)
  common.writeUInt32LE(content.length, 14)
  common.writeUInt32LE(text.length, 18)
  common.writeUInt16LE(name.length, 22)
  return { common, name, content }
}

const signature = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** Made on Unix, where every user may read the file: Lambda runs as another one. */
const madeOnUnix = (3 << 8) | 20
const readableFile = 0o100644

const centralHeader = (common: Buffer, offset: number): Buffer => {
  const made = Buffer.alloc(2)
  made.writeUInt16LE(madeOnUnix)
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(readableFile * 0x10000, 6)
  rest.writeUInt32LE(offset, 10)
  return Buffer.concat([signature(0x02014b50), made, common, rest])
}

const endOfDirectory = (count: number, size: number, offset: number): Buffer => {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return end
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL('../../dist/reconciler', import.meta.url))
  const bytes = await zipFolder(folder)
  await writeFile(`${folder}.zip`, bytes)
  console.log(`${folder}.zip: ${(bytes.length / 1000).toFixed(1)} KB`)
}
