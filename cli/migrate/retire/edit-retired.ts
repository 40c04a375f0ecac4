import { realpathSync } from 'node:fs'
import { readText } from '../../../infra/app/settings/read-text.ts'
import type { ConsumerSettings, DatabaseSettings } from '../../../infra/app/settings.ts'
import { parseSettings } from '../../../infra/app/settings.ts'
import { replaceFile } from '../../facts/replace-file.ts'
import { CliError } from '../../failure.ts'
import { type EntryOf, editGateway } from '../shift/edit-settings.ts'

/** The last stage; the table of stages leads to it from this one alone. */
export const retired = { stage: 'retired', from: 'gateway' } as const

export interface Edited {
  readonly step: 'consumers' | 'provider'
  readonly database: Pick<DatabaseSettings, 'id'>
  readonly consumers: readonly Pick<ConsumerSettings, 'name'>[]
}

/** The settings file's text as the step makes it; nothing is written. @throws SettingsError where it would not be valid */
export const prepareRetired = (file: string, edited: Edited): string => {
  const before = readText(file)
  const text = entriesOf(file, before, edited).reduce((whole, entry) => editGateway(whole, entry, retired), before)
  parseSettings(file, text)
  return text
}

/** All of the step's entries at once. @throws CliError with what to change by hand */
export const writeRetired = (file: string, edited: Edited): string => {
  const what = `${namesOf(edited)}: "gateway": ${JSON.stringify(retired)} beside what is there`
  try {
    replaceFile(realpathSync(file), prepareRetired(file, edited))
  } catch (error) {
    throw new CliError(`${file} could not be changed (${(error as Error).message}). Change it by hand: ${what}.`)
  }
  return `${file} says now: ${what}`
}

const entriesOf = (file: string, text: string, { step, database, consumers }: Edited): readonly EntryOf[] => {
  if (step === 'consumers') return consumers.map(({ name }) => ({ list: 'consumers', name }))
  // The file may have been edited since it was first read.
  const index = parseSettings(file, text).databases.findIndex(({ id }) => id === database.id)
  if (index < 0) throw new CliError(`${file} has no database ${database.id} any more.`)
  return [{ list: 'databases', index }]
}

const namesOf = ({ step, database, consumers }: Edited): string =>
  step === 'consumers'
    ? `${consumers.length === 1 ? 'consumer' : 'consumers'} ${consumers.map(({ name }) => name).join(', ')}`
    : `database ${database.id}`
