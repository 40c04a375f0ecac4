import { realpathSync } from 'node:fs'
import { readText } from '../../../infra/app/settings/read-text.ts'
import type { ConsumerSettings, DatabaseSettings, Settings } from '../../../infra/app/settings.ts'
import { readSettings } from '../../../infra/app/settings.ts'
import { replaceFile } from '../../facts/replace-file.ts'
import { CliError } from '../../failure.ts'
import { type EntryOf, editGateway } from '../shift/edit-settings.ts'

/** The last stage; the table of stages leads to it from this one alone. */
export const retired = { stage: 'retired', from: 'gateway' } as const

export interface Edited {
  readonly step: 'consumers' | 'provider'
  readonly database: Pick<DatabaseSettings, 'id' | 'stackId'>
  readonly consumers: readonly Pick<ConsumerSettings, 'name'>[]
}

type Texts = Readonly<Record<string, string>>

/**
 * Texts of the settings files, by their paths, as the step makes them; nothing is written.
 * @throws SettingsError where the settings would not be valid
 */
export const prepareRetired = (settingsFile: string, edited: Edited): Texts => {
  const texts: Record<string, string> = {}
  for (const { file, ...entry } of entriesOf(readSettings(settingsFile), settingsFile, edited)) {
    texts[file] = editGateway(texts[file] ?? readText(file), entry, retired)
  }
  readSettings(settingsFile, texts)
  return texts
}

/** All of the step's entries at once. @throws CliError with what to change by hand */
export const writeRetired = (settingsFile: string, edited: Edited): string => {
  const what = `${namesOf(edited)}: "gateway": ${JSON.stringify(retired)} beside what is there`
  let files: string
  try {
    const texts = prepareRetired(settingsFile, edited)
    files = Object.keys(texts).join(', ')
    for (const [file, text] of Object.entries(texts)) replaceFile(realpathSync(file), text)
  } catch (error) {
    throw new CliError(
      `${settingsFile} could not be changed (${(error as Error).message}). Change it by hand: ${what}.`,
    )
  }
  return `${files} says now: ${what}`
}

type Edit = EntryOf & { readonly file: string }

/** As the files are now: they may have been edited since they were first read. */
const entriesOf = (
  settings: Settings,
  settingsFile: string,
  { step, database, consumers }: Edited,
): readonly Edit[] => {
  if (step === 'consumers') {
    return consumers.map(({ name }) => {
      const found = settings.consumers.find(it => it.name === name)
      if (found === undefined) throw new CliError(`${settingsFile} has no consumer ${name} any more.`)
      return { list: 'consumers', name, file: settings.placeOf(found).file }
    })
  }
  const found = settings.databases.find(({ stackId }) => stackId === database.stackId)
  if (found === undefined) throw new CliError(`${settingsFile} has no database ${database.id} any more.`)
  return [{ list: 'databases', ...settings.placeOf(found) }]
}

const namesOf = ({ step, database, consumers }: Edited): string =>
  step === 'consumers'
    ? `${consumers.length === 1 ? 'consumer' : 'consumers'} ${consumers.map(({ name }) => name).join(', ')}`
    : `database ${database.id}`
