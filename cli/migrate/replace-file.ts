import { realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Another text in the place of a file. Whoever reads meanwhile, or comes after a kill, sees one of the two as a whole. */
export const replaceFile = (file: string, text: string): void => {
  const real = realpathSync(file)
  const beside = `${real}.${process.pid}.new`
  try {
    writeFileSync(beside, text)
    renameSync(beside, real)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
