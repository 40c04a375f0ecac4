import { sayDuration } from '../../report/chart/window.ts'
import { compareRecords, type Pair, sayDifference, sayTime } from '../../report/compare.ts'
import { sayPatience, sayShort } from '../../report/manner.ts'
import { figuresOf } from '../../report/measure.ts'
import { sayCounts } from '../../report/page/fields.ts'
import { sayLatency } from '../../report/page/tables.ts'
import { headline } from '../../report/page/verdict.ts'
import type { DrillRecord } from '../../report/record.ts'
import type { Paint } from '../output.ts'
import { inlineAll } from '../terminal.ts'
import { showTable } from './table.ts'

/** A record on a terminal: verdict first, then phases and what clients saw. */
export const showRecord = (given: DrillRecord, paint: Paint): string => {
  const record = inlineAll(given)
  const { verdict, phases } = record
  const { figure, of } = headline(record)
  const style = verdict.outcome === 'passed' ? 'green' : verdict.outcome === 'failed' ? 'red' : 'yellow'
  return [
    `${paint(['bold', style], verdict.outcome.toUpperCase())}  ${paint('bold', record.title)}`,
    verdict.sentence,
    `${paint('bold', figure)}: ${of}`,
    '',
    ...verdict.checks.map(
      ({ what, holds, isUnknown, found }) =>
        `  ${holds ? paint('green', 'kept   ') : paint('red', isUnknown ? 'UNKNOWN' : 'BROKEN ')}  ${what}${found === undefined ? '' : paint('dim', `  (${found})`)}`,
    ),
    '',
    showTable({
      head: ['Phase', 'Took', 'From', 'To'],
      rows: phases.map(({ name, fromMs, toMs }) => [
        name,
        toMs === undefined ? 'never ended' : sayDuration(toMs - fromMs),
        sayDuration(fromMs),
        toMs === undefined ? '' : sayDuration(toMs),
      ]),
    }),
    '',
    clientsTable(record),
  ].join('\n')
}

const clientsTable = ({ probes, endedMs }: DrillRecord): string =>
  showTable({
    head: ['Client', 'Path', 'Longest outage', 'Failed', 'How', 'Every', 'Patience', 'Usual latency'],
    rows: probes.map(probe => {
      const { longestOutageMs, failures, attempts, errors, medianMs, isDown } = figuresOf(probe, endedMs)
      return [
        probe.name,
        probe.path === 'front-door' ? 'front door' : 'endpoint',
        longestOutageMs === 0 ? 'none' : `${sayDuration(longestOutageMs)}${isDown ? ', still down' : ''}`,
        `${failures} of ${attempts}`,
        sayCounts(errors) || '-',
        sayShort(probe.everyMs),
        sayPatience(probe),
        sayLatency(medianMs),
      ]
    }),
  })

/** Two records beside each other. */
export const showComparison = (...records: readonly [before: DrillRecord, after: DrillRecord]): string => {
  const [before, after] = inlineAll(records)
  const { outages, times, beside, caveats } = compareRecords(before, after)
  const row = (pair: Pair) => [pair.name, sayTime(pair, 'before'), sayTime(pair, 'after'), sayDifference(pair)]
  return [
    `A: ${before.title} (${before.startedAt.slice(0, 10)})`,
    `B: ${after.title} (${after.startedAt.slice(0, 10)})`,
    ...caveats,
    '',
    showTable({ head: ['', 'A', 'B', 'B is'], rows: [...outages, ...times].map(row) }),
    '',
    showTable({
      head: ['', 'A', 'B'],
      rows: beside.map(({ name, before = '–', after = '–' }) => [name, before, after]),
    }),
  ].join('\n')
}
