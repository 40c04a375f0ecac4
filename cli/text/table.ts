import Table from 'cli-table3'
import { inline } from '../terminal.ts'

export interface TableOptions {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Columns without borders: they survive copying into a ticket. Colours of the cells stay. */
export const showTable = ({ head, rows }: TableOptions): string => {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  })
  for (const row of rows) table.push(row.map(inline))
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}

/** `name  value` lines whose values stand under each other; lines of a value too. */
export const showFields = (fields: readonly (readonly [string, string | undefined])[]): string => {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== undefined)
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown
    .map(([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`)
    .join('\n')
}
