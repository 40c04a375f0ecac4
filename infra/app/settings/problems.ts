import * as v from 'valibot'
import { visibleLine } from '../../visible.ts'

/** What is wrong at one place of the file. */
export interface Problem {
  readonly path: string
  /** Where it is not the file that was asked for, but one of its `files`. */
  readonly file?: string | undefined
  readonly value: unknown
  readonly allowed: string
  /** The id of the database, or the name of the consumer, whose entry it is in. */
  readonly entry?: string | undefined
  /** Where the key is not a setting: those that are. */
  readonly keys?: readonly string[]
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly Problem[]
  constructor(file: string, problems: readonly Problem[]) {
    // What `cdk` prints of a file reaches the terminal as it is.
    const lines = [...new Set(problems.map(describeProblem).map(visibleLine))]
    super(`${visibleLine(file)} has ${lines.length} problem${lines.length === 1 ? '' : 's'}:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

const describeProblem = ({ entry, file, path, value, allowed, keys }: Problem): string => {
  const where = `  - ${[entry, file, path].filter(it => it !== undefined).join(': ')}`
  if (keys !== undefined) return `${where}: not a setting${suggest(path.split('.').at(-1) ?? '', keys)}`
  return `${where}: ${value === undefined ? 'missing' : `got ${shorten(written(value))}`}, expected ${allowed}`
}

/** What is nested deeper than the stack cannot be written. */
export const written = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch {
    return 'what is nested too deep'
  }
}

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 77)}...` : text)

/** What the schema says about one value. */
export const problemOf = (issue: v.BaseIssue<unknown>): Problem => {
  // The sentence of an unknown key lists those that there are (`closed`).
  const isUnknown = issue.kind === 'schema' && issue.expected === 'never'
  return {
    path: v.getDotPath(issue) ?? '(top level)',
    value: issue.path ? issue.path.at(-1)?.value : issue.input,
    allowed: issue.message,
    ...(isUnknown ? { keys: issue.message.replace('one of ', '').split(', ') } : {}),
  }
}

/** The nearest key, as long as a third of its letters at most are wrong; or the one that this is the beginning of. */
const suggest = (key: string, keys: readonly string[]): string => {
  const [nearest] = keys
    .map(it => ({ it, edits: it.startsWith(key) ? 0 : editsBetween(key.toLowerCase(), it.toLowerCase()) }))
    .filter(({ it, edits }) => edits <= Math.max(1, Math.floor(it.length / 3)))
    .toSorted((one, other) => one.edits - other.edits)
  return nearest === undefined ? '' : `; did you mean ${nearest.it}?`
}

/** Letters to add, to take away, to change or to swap with the next (Levenshtein's distance, with transpositions). */
const editsBetween = (one: string, other: string): number => {
  const table: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)]
  const edits = (row: number, column: number): number => table[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= one.length; row++) {
    table.push([row])
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      table[row]?.push(
        Math.min(
          edits(row - 1, column) + 1,
          edits(row, column - 1) + 1,
          edits(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? edits(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return edits(one.length, other.length)
}
