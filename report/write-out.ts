import { closeSync, constants, lstatSync, openSync, writeFileSync } from 'node:fs'

/** A file that was to be written and is not. The message names it and says what to do. */
export class FileError extends Error {
  override readonly name = 'FileError'
}

export interface Overwriting {
  /** An existing file may be replaced; a link never is followed. */
  readonly force?: boolean
}

/** Looks before anything is done whose result would have nowhere to go. @throws FileError */
export const checkWritable = (file: string, { force = false }: Overwriting = {}): void => {
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (found === undefined) return
  if (found.isSymbolicLink()) throw new FileError(`${file} is a link, and links are not followed: name another file.`)
  if (!found.isFile()) throw new FileError(`${file} is not a file: name another one.`)
  if (!force) throw new FileError(`${file} exists already: name another file, or replace it with --force.`)
}

/**
 * Writes a file that is not there yet, or with `force` one that is. Neither follows a link: somebody else who may write to
 * the folder could have made it, and chosen where it leads. @throws FileError
 */
export const writeOut = (file: string, content: string, { force = false }: Overwriting = {}): void => {
  checkWritable(file, { force })
  const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_TRUNC, O_WRONLY } = constants
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, O_WRONLY | O_CREAT | (force ? O_TRUNC | O_NOFOLLOW : O_EXCL), 0o666)
    writeFileSync(descriptor, content)
  } catch (error) {
    throw new FileError(`${file} cannot be written: ${(error as Error).message}.`)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

export interface RecordFiles extends Overwriting {
  readonly record?: string
  readonly report?: string
}

export const filesOf = ({ record, report }: RecordFiles): string[] =>
  [record, report].filter(file => file !== undefined)

/** Whether a record and its page can be written where they were asked for. @throws FileError */
export const checkRecordFiles = (files: RecordFiles): void => {
  for (const file of filesOf(files)) checkWritable(file, files)
}
