import { existsSync, writeFileSync } from 'node:fs'
import { applyEdits, modify } from 'jsonc-parser'
import { readText } from '../../infra/app/settings/read-text.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { UsageError } from '../failure.ts'

type Entry = Readonly<Record<string, unknown>>

/** The settings with the entry after what is there. @throws UsageError where one of the same database is there already */
export const withEntry = (file: string, text: string | undefined, id: string, entry: Entry): string => {
  if (text === undefined) return `${JSON.stringify({ databases: [entry] }, undefined, 2)}\n`
  const { databases, placeOf } = parseSettings(file, text)
  // Another account or Region may have one of this name.
  if (databases.some(it => it.id === id && (it.arn === undefined || it.arn === entry.arn))) {
    throw new UsageError(
      `${file} has an entry for ${id} already, and it stays as it is. To see what this command finds, use --print.`,
    )
  }
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }
  const { length } = databases.filter(it => placeOf(it).file === file)
  const path = length > 0 ? ['databases', length] : ['databases']
  const value = length > 0 ? entry : [entry]
  const edits = modify(text, path, value, { formattingOptions, isArrayInsertion: length > 0 })
  return applyEdits(text, edits)
}

/** @throws SettingsError where the result would not be valid, UsageError where nothing may be written */
export const writeEntry = (file: string, id: string, entry: Entry): void => {
  const isNew = !existsSync(file)
  const before = isNew ? undefined : readText(file)
  const text = withEntry(file, before, id, entry)
  parseSettings(file, text)
  // A file that came into being meanwhile is somebody's.
  writeFileSync(file, text, { flag: isNew ? 'wx' : 'w' })
}
