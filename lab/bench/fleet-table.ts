import Table from 'cli-table3'
import type { FleetResult } from './fleet-run.ts'
import { percent, quietShareOf } from './fleet-targets.ts'

export const fleetNotes = [
  'One account and Region, a function and an endpoint for each database, on a clock of its own. ELBv2 and EC2 refuse as they',
  'publish; the RDS API is unlimited here, because no limit is published.',
  'remembers: rememberMs of each, as docs/deploying.md recommends it for so many.',
  'quiet: the largest share of a bucket that is spent while nothing happens. RDS: calls of its API a second meanwhile.',
  'Then all databases fail over within 5 s. followed: the registration (swap) or the weights (weighted) are written. own run: by',
  'a run for an event of their own. last, median: seconds after DNS had moved. limit: the writes needed over what the account',
  'serves. released: seconds until the last address that was replaced had left. gave up: runs for events that ended without having',
  'read or written, turned away. calm: seconds from the last that was followed (standby: from the failover) to the last refused call.',
].join('\n')

export const renderFleetTable = (results: readonly FleetResult[]): string => {
  const table = new Table({
    head: [
      'strategy',
      'databases',
      'remembers',
      'quiet',
      'RDS',
      'followed',
      'own run',
      'last',
      'median',
      'limit',
      'released',
      'gave up',
      'refused',
      'calm',
    ],
    colAligns: ['left', ...Array.from({ length: 13 }, () => 'right' as const)],
    style: { head: [], border: [] },
  })
  for (const result of results) {
    const isSelected = result.strategy === 'standby'
    table.push([
      result.strategy,
      result.databases,
      `${result.rememberMs / 60_000} min`,
      percent(quietShareOf(result)),
      `${result.quietRdsCallsPerSecond.toFixed(1)}/s`,
      isSelected && result.writes === 0 ? 'no write' : result.followed,
      isSelected ? '' : result.followedByEvent,
      seconds(result.lastSeconds),
      seconds(result.medianSeconds),
      isSelected ? '' : seconds(result.limitSeconds),
      seconds(result.releasedSeconds),
      result.gaveUp,
      result.refusedCalls,
      seconds(result.calmAfterSeconds),
    ])
  }
  return table.toString()
}

const seconds = (value: number | undefined): string => (value === undefined ? '' : `${Math.round(value)} s`)
