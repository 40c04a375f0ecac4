import Table from 'cli-table3'
import { delays } from '../delays.ts'
import type { Paint } from '../report/paint.ts'
import { blocks, delaysUsed } from './cases.ts'
import type { Row } from './row.ts'
import type { Measured } from './run.ts'
import type { Sweep } from './sweep.ts'

const plain = { head: [], border: [] }

/** The comparison side by side, a block a database. */
export const showComparison = (measured: readonly Measured[], paint: Paint): string => {
  const table = new Table({
    style: plain,
    head: ['Target group kept by', 'Application down', 'Errors for', 'Lost writes'],
    colAligns: ['left', 'right', 'right', 'right'],
  })
  for (const [block, name] of Object.entries(blocks)) {
    const rows = measured.filter(one => one.block === block)
    if (rows.length === 0) continue
    table.push([{ content: paint('bold', name), colSpan: 4 }])
    for (const { label, row, broken } of rows) {
      const mark = broken.length > 0 ? paint('red', ' (a promise was broken)') : ''
      table.push([`${label}${mark}`, down(row), lasting(row), row.lostWrites])
    }
  }
  return table.toString()
}

const forGood = 'until somebody acts'

const down = (row: Row): string => (row.isDown ? forGood : `${row.longestOutageSeconds.toFixed(0)} s`)

const lasting = (row: Row): string => (row.isDown ? '' : `${row.errorsForSeconds.toFixed(0)} s`)

export const showSweep = (sweeps: readonly Sweep[]): string => {
  const labels = sweeps[0]?.measured.map(({ label }) => label) ?? []
  const table = new Table({
    style: plain,
    head: ['A registration takes', ...labels],
    colAligns: ['left', ...labels.map(() => 'right' as const)],
  })
  for (const { registrationSeconds, measured } of sweeps) {
    table.push([`${registrationSeconds} s`, ...measured.map(({ row }) => down(row))])
  }
  return table.toString()
}

/** The delays that the figures depend on, each with its source. */
export const showDelays = (): string =>
  settings()
    .map(({ name, seconds, source }) => `  ${name} ${seconds} s: ${source}`)
    .join('\n')

export const settings = () =>
  delaysUsed.map(name => ({ name, seconds: delays[name].value / 1_000, source: delays[name].source }))
