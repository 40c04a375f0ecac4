import { realpathSync } from 'node:fs'
import { applyEdits, findNodeAtLocation, type JSONPath, modify, parse, parseTree } from 'jsonc-parser'
import { readText } from '../../../infra/app/settings/read-text.ts'
import type { Origin, Stage } from '../../../infra/app/settings/stages.ts'
import { whyNotStage } from '../../../infra/app/settings/stages.ts'
import { readSettings } from '../../../infra/app/settings.ts'
import { replaceFile } from '../../facts/replace-file.ts'
import { CliError } from '../../failure.ts'

/** What a side's `gateway` is to say. */
export interface GatewayText {
  readonly stage: Stage
  readonly from: Origin
  readonly percent?: number
}

/** Which entry of the settings file; a database's id may be the end of its ARN. */
export type EntryOf =
  | { readonly list: 'consumers'; readonly name: string }
  | { readonly list: 'databases'; readonly index: number }

/**
 * Where it comes from: the stage that the settings had, which a deployment will find. A stage that stays keeps what it
 * came from; where the settings were behind, what is live.
 */
export const fromOf = (before: { stage: Stage; from: Origin }, live: Stage, to: Stage): Origin => {
  if (before.stage === to) return before.from
  return whyNotStage(before.stage, to) === undefined ? before.stage : live
}

/** The same text with the stage changed: indentation, order and everything else stay. @throws CliError */
export const editGateway = (text: string, entry: EntryOf, change: GatewayText): string => {
  const path = [...pathOf(text, entry), 'gateway']
  return (['stage', 'from', 'percent'] as const).reduce((edited, key) => {
    const isAbsent = findNodeAtLocation(parseTree(edited) ?? throwNoEntry(entry), [...path, key]) === undefined
    if (change[key] === undefined && isAbsent) return edited
    const formattingOptions = { insertSpaces: !/^\t/m.test(text), tabSize: indentOf(text), eol: eolOf(text) }
    return applyEdits(edited, modify(edited, [...path, key], change[key], { formattingOptions }))
  }, text)
}

const pathOf = (text: string, entry: EntryOf): JSONPath => {
  if (entry.list === 'databases') return ['databases', entry.index]
  // Tolerant: what is wrong elsewhere in the file does not stand in the way of this entry.
  const { consumers = [] } = parse(text, [], { allowTrailingComma: true }) as { consumers?: { name?: string }[] }
  const index = consumers.findIndex(({ name }) => name === entry.name)
  return index < 0 ? throwNoEntry(entry) : ['consumers', index]
}

const throwNoEntry = (entry: EntryOf): never => {
  throw new CliError(`The settings have no entry ${JSON.stringify(entry)} any more. Run the command again.`)
}

const indentOf = (text: string): number => /^( +)\S/m.exec(text)?.[1]?.length ?? 2

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

/** Nothing is written yet. @throws SettingsError where the settings would not be valid with the change. */
export const prepareEdit = (
  settingsFile: string,
  entry: EntryOf & { readonly file: string },
  change: GatewayText,
): void => {
  const { file } = entry
  readSettings(settingsFile, { [file]: editGateway(readText(file), entry, change) })
}

/** Whether the file holds it now; else what to change by hand. What is wrong elsewhere in the file stays as it is. */
export const writeEdit = (
  file: string,
  entry: EntryOf,
  change: GatewayText,
): { readonly note: string; readonly isWritten: boolean } => {
  const what = `${nameOf(entry)}: "gateway": ${JSON.stringify(change)}`
  try {
    replaceFile(realpathSync(file), editGateway(readText(file), entry, change))
    return { note: `${file} holds it too: ${what}`, isWritten: true }
  } catch (error) {
    return {
      note: `warning: ${file} could not be changed (${(error as Error).message}). Change it by hand, or the next deployment moves the weights again or is refused: ${what} (beside what is there)`,
      isWritten: false,
    }
  }
}

const nameOf = (entry: EntryOf): string =>
  entry.list === 'consumers' ? `consumer ${entry.name}` : `databases[${entry.index}]`
