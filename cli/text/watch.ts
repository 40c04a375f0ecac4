import type { Limits, ProbedPlace, Run, Verdict } from '../checks/path-health.ts'
import type { Look } from '../migrate/watch/looks.ts'
import type { Paint } from '../output.ts'
import { inline, inlineAll } from '../terminal.ts'
import { showDuration, showSpan, showTime } from './durations.ts'
import { showTable } from './table.ts'
import { showWeights } from './weights.ts'

export interface Shown {
  readonly look: Look
  readonly verdict: Verdict
  /** Until the next step, in milliseconds. */
  readonly dueInMs: number | undefined
}

const titles: Readonly<Record<ProbedPlace, string>> = { nlb: 'load balancer', gateway: 'gateway', name: 'the name' }

/** What it goes back for, before anything is moved. */
export const showLimits = ({ failures, budget, windowMs, resets }: Limits): string =>
  `Goes back when, on the path through the gateway or at the name, ${failures} probes in a row fail, or ${budget} % more of the last ${showSpan(windowMs)} than through the load balancer, ${resets} resets a minute are counted there, or the gateway connects to another address than the writer's; and the path through the load balancer works.`

/** For a terminal: the whole picture. */
export const showLook = (shown: Shown, paint: Paint): string => {
  const { look } = inlineAll(shown)
  const { paths } = look.traffic
  const count = (value: number | undefined) => (value === undefined ? '–' : String(value))
  const rows = placesOf(look).map(place => [
    titles[place],
    ...(place === 'name'
      ? ['', '', '']
      : [count(paths[place].newPerMinute), count(paths[place].active), count(paths[place].resets)]),
    look.runs[place].map(run => showRun(run, paint)).join(', ') || 'not probed',
  ])
  const head = ['WAY', 'NEW/MIN', 'ACTIVE', 'RESETS/MIN', 'OUR PROBES'].map(name => paint('dim', name))
  return [
    `${showTime(look.atMs)} UTC  ${showLive(look)}`,
    '',
    showTable({ head, rows }),
    '',
    showReached(look),
    ...look.traffic.missing,
    showVerdict(shown, paint),
  ].join('\n')
}

/** For a log: one line a look. */
export const showLine = (shown: Shown, paint: Paint): string => {
  const { look } = shown
  const runs = placesOf(look).map(
    place => `${titles[place]} ${look.runs[place].map(run => showRun(run, paint)).join(' ') || 'not probed'}`,
  )
  return inline([showTime(look.atMs), showLive(look), ...runs, showReached(look), showVerdict(shown, paint)].join('; '))
}

const placesOf = ({ paths }: Look): readonly ProbedPlace[] => [...paths, 'name']

const showLive = ({ live }: Look): string =>
  live.kind === 'known' ? `weights: ${showWeights(live.value)}` : `weights not known: ${live.why}`

const showRun = ({ name, attempts, failures, failedInRow, lastError }: Run, paint: Paint): string => {
  if (attempts === 0) return `${name} –`
  const ever = failures === 0 ? '' : ` (${failures} of ${attempts} failed)`
  return failedInRow === 0
    ? `${name} ${paint('green', 'ok')}${ever}`
    : `${name} ${paint('red', `${failedInRow} failed in a row: ${lastError}`)}`
}

const showReached = ({ reached, writer }: Look): string => {
  if (reached.kind !== 'known') return `access log not read: ${reached.why}`
  const by = Object.entries(reached.value).map(
    ([ip, count]) => `${count} to ${ip}${writer?.includes(ip) ? ' (the writer)' : ''}`,
  )
  return `access log, last 5 min: ${by.join(', ') || 'no connection through the gateway'}`
}

const showVerdict = (shown: Shown, paint: Paint): string => {
  const { look, verdict, dueInMs } = inlineAll(shown)
  const due = dueInMs === undefined ? '' : `, next step in ${showDuration(dueInMs)}`
  if (verdict.kind === 'well')
    return paint('green', `${look.paths.length > 1 ? 'both paths work' : 'the path works'}${due}`)
  return verdict.kind === 'pause' ? paint('yellow', `waiting: ${verdict.why}`) : paint('red', verdict.why)
}
