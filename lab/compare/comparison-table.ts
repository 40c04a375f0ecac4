import Table from 'cli-table3'
import { inlineAll } from '../../cli/terminal.ts'
import { delays } from '../delays.ts'
import type { Paint } from '../report/paint.ts'
import { blocks, delaysUsed } from './cases.ts'
import type { Row } from './row.ts'
import type { Measured, Sweep } from './run.ts'

const plain = { head: [], border: [] }

/** The comparison side by side, a block a database. */
export const showComparison = (measured: readonly Measured[], paint: Paint): string => {
  const table = new Table({
    style: plain,
    head: ['Target group kept by', 'Application down', 'Errors for', 'Lost writes'],
    colAligns: ['left', 'right', 'right', 'right'],
  })
  for (const [block, name] of Object.entries(blocks)) {
    const rows = inlineAll(measured).filter(one => one.block === block)
    if (rows.length === 0) continue
    table.push([{ content: paint('bold', name), colSpan: 4 }])
    for (const one of rows) {
      const { label, row } = one
      const mark = hasBroken(one) ? paint('red', ' (a promise was broken)') : ''
      table.push([`${label}${mark}`, down(row), lasting(row), row.lostWrites])
    }
  }
  return table.toString()
}

const forGood = 'until somebody acts'

const down = (row: Row): string => (row.isDown ? forGood : `${row.longestOutageSeconds.toFixed(0)} s`)

const lasting = (row: Row): string => (row.isDown ? '' : `${row.errorsForSeconds.toFixed(0)} s`)

/** Longer pauses than this show in the figures. */
const mostPausedSeconds = 3

/** A promise that names seconds cannot be kept by a machine that pauses: such a row says nothing about it. */
export const hasBroken = ({ row, broken }: Measured): boolean =>
  broken.length > 0 && row.pausedSeconds <= mostPausedSeconds

/** Says so when the machine was too busy for the figures to be trusted, and nothing otherwise. */
export const showPauses = (measured: readonly Measured[]): string => {
  const paused = measured.filter(({ row }) => row.pausedSeconds > mostPausedSeconds)
  const longest = Math.max(0, ...paused.map(({ row }) => row.pausedSeconds))
  return paused.length === 0
    ? ''
    : `This machine was busy: ${paused.length} of ${measured.length} rows paused for up to ${longest.toFixed(0)} s. Run again, or slower (--speed).`
}

export const showSweep = (sweeps: readonly Sweep[]): string => {
  const labels = inlineAll(sweeps[0]?.measured.map(({ label }) => label) ?? [])
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
