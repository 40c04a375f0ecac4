import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'

/**
 * Another text in the place of a file, which stays as private as it was. Whoever reads meanwhile, or comes after a kill,
 * sees one of the two as a whole. In a folder of several people nobody can foresee the name that is written first, and
 * have made a link of it.
 */
export const replaceFile = (file: string, text: string): void => {
  const beside = `${file}.${randomUUID()}.new`
  const mode = (statSync(file, { throwIfNoEntry: false })?.mode ?? 0o666) & 0o777
  try {
    writeFileSync(beside, text, { flag: 'wx', mode })
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
