import { inlineAll } from '../../cli/terminal.ts'
import { delays } from '../delays.ts'
import type { RehearsalResult } from '../rehearsal/rehearsal-result.ts'
import { phraseFor } from '../rehearsal/updater.ts'
import { seconds } from '../scenarios/run-queries.ts'
import { showCounts } from './fields.ts'
import type { Paint } from './paint.ts'

/** The timeline has told the moments. */
type Told = Omit<RehearsalResult, 'moments'>

/** The end of a rehearsal: what it cost the application, what Repoint did, and whether the promise was kept. */
export const resultText = ({ moments: _, ...ended }: RehearsalResult, paint: Paint): string => {
  // Every user of this machine can send events and calls to a laboratory, and what is found tells of them.
  const result = inlineAll(ended)
  const { client, writes, calls } = result
  const lines = [
    '',
    paint('bold', `${result.scenario}, ${phraseFor(result.updater, result.plan)}`),
    row('Times', timesAre(result.speed)),
    row('Application down', describeOutages(result)),
    row('Errors it saw', showCounts(client.errorsByKind) || 'none'),
    row('Writes', `${writes.acknowledged} acknowledged, ${writes.lost.length} of them lost`),
    ...describeMove(result),
    row('Calls to AWS', showCounts(calls) || 'none'),
    '',
    ...(result.table ? [...showTable(result.table, paint), ''] : []),
  ]
  for (const { what, holds, found } of result.expectations) {
    const mark = holds
      ? paint('green', 'kept  ')
      : result.outcome === 'not-judged'
        ? paint('yellow', 'late  ')
        : paint('red', 'BROKEN')
    lines.push(`  ${mark}  ${what}${found ? paint('dim', `  (${found})`) : ''}`)
  }
  lines.push('', closing(result, paint), '')
  return lines.join('\n')
}

const closing = ({ updater, outcome, pauses, speed }: Told, paint: Paint): string => {
  if (outcome === 'not-judged') return paint(['bold', 'yellow'], notJudged({ pauses, speed }))
  if (outcome === 'broken') return paint(['bold', 'red'], 'FAIL')
  return updater.kind === 'repoint' ? paint(['bold', 'green'], 'PASS') : paint('bold', 'MEASURED, for comparison')
}

/** Nobody knows whether the product was slow or this machine. */
export const notJudged = ({ pauses, speed }: Pick<RehearsalResult, 'pauses' | 'speed'>): string => {
  const slower = speed > 1 ? ` or with --speed ${Math.max(1, Math.round(speed / 4))}` : ''
  return `not judged: this machine paused for ${seconds(pauses.totalMs / speed)} (${seconds(pauses.totalMs)} of the story), run again${slower}`
}

/** What a reader has to know before the timeline begins. */
export const showIntroduction = (
  introduced: Pick<RehearsalResult, 'scenario' | 'promise' | 'updater' | 'plan' | 'speed'>,
  paint: Paint,
): string => {
  const { scenario, promise, updater, plan, speed } = inlineAll(introduced)
  const pace = `Times are ${timesAre(speed)}.`
  const registration = `A registration takes the load balancer ${delays.nlbRegistration.value / 1000} s here (90-300 s on AWS).`
  const aim = updater.kind === 'repoint' ? promise : `The same events as in the scenario ${scenario}: what they cost.`
  return [paint('bold', `${scenario}, ${phraseFor(updater, plan)}`), aim, `${pace} ${registration}`, ''].join('\n')
}

/** How fast the laboratory runs, wherever it prints times. */
export const timesAre = (speed: number): string =>
  speed === 1 ? 'as on AWS, in real time' : `as on AWS; the laboratory runs ${speed} times faster`

/** Columns as wide as their widest cell; the first is text, the others are numbers. */
const showTable = (table: readonly (readonly string[])[], paint: Paint): string[] => {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map(cells => cells[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  const [headings = '', ...rows] = table.map(cells => `  ${cells.map(pad).join('   ')}`)
  return [paint('bold', headings), ...rows]
}

const row = (name: string, value: string): string => `  ${name.padEnd(18)}${value}`

const describeMove = (result: Told): string[] => {
  const { plan, dnsChangedMs, reactionMs, registeredMs, healthyMs, failovers } = result
  if (dnsChangedMs === undefined) return [row('DNS changed', 'no, the writer stayed where it was')]
  const reaction = reactionMs === undefined ? '' : `, ${seconds(reactionMs)} after DNS`
  const selected = plan === 'weighted' ? 'Weight given' : 'Registered'
  return [
    ...(failovers > 1 ? [row('Failovers', `${failovers}; the times below are of the last one`)] : []),
    row('DNS changed', at(dnsChangedMs)),
    ...(plan === 'standby' ? [] : [row(selected, `${at(registeredMs)}${reaction}`)]),
    row('Healthy', healthyMs === undefined && plan === 'weighted' ? 'all the time' : at(healthyMs)),
  ]
}

const at = (ms: number | undefined): string => (ms === undefined ? 'never' : `at ${seconds(ms)}`)

const describeOutages = ({ client }: Told): string => {
  const { fresh, 'long-lived': kept } = client.connections
  const each = `new connections ${fresh.longestOutageSeconds} s, a kept one ${kept.longestOutageSeconds} s`
  const still = fresh.isDown || kept.isDown ? ', and still down at the end' : ''
  return `${client.longestOutageSeconds} s at most (${each})${still}`
}
