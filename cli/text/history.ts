import type { LoggedReport } from '../facts/log-reports.ts'
import type { DatabaseHistory, Incident } from '../history/incidents.ts'
import type { Paint } from '../output.ts'
import { inlineAll } from '../terminal.ts'
import { stepText } from './core-terms.ts'
import { showDuration, showTime } from './durations.ts'

/** Failovers with their answers, then what no failover explains, oldest first. */
export const showHistory = (history: DatabaseHistory, paint: Paint): string => {
  const { database, incidents, others, sinceMs, unread, isRetired } = inlineAll(history)
  const lines = [
    ...incidents.map(incident => ({ atMs: incident.startedMs, text: showIncident(incident, paint) })),
    ...others.map(run => ({ atMs: run.atMs, text: showRun(run, paint) })),
  ].sort((a, b) => a.atMs - b.atMs)
  const isKnown = (source: 'rds-events' | 'function-log') => !unread.some(it => it.source === source)
  const count = (...kinds: readonly Incident['answer']['kind'][]) =>
    incidents.filter(({ answer }) => kinds.includes(answer.kind)).length
  const never = count('never')
  const stayed = count('gateway-stayed')
  const repointed = count('repointed')
  const summary = [
    isKnown('rds-events') ? `${incidents.length} failover${incidents.length === 1 ? '' : 's'}` : 'failovers not known',
    ...(isRetired ? [`${count('gateway-followed')} followed by the gateway`] : []),
    ...(isKnown('function-log')
      ? isRetired && repointed === 0
        ? []
        : [`${repointed} repointed`]
      : ['repoints not known']),
    ...(stayed > 0 ? [paint('red', `${stayed} not followed`)] : []),
    ...(never > 0 ? [paint('red', `${never} never answered`)] : []),
  ].join(', ')
  const title = `${paint('bold', database)}  since ${showTime(sinceMs)} UTC: ${summary}`
  const missing = unread.map(({ source, why }) => `${paint('yellow', 'not read')}  ${sources[source]}: ${why}`)
  const nothing = unread.length > 0 ? 'nothing in what could be read' : 'nothing happened'
  const told = lines.length > 0 ? lines.map(({ text }) => text) : [nothing]
  return [[title, ...missing].join('\n'), ...told].join('\n\n')
}

const sources = { 'rds-events': 'RDS’s events', 'function-log': 'the function’s log' } as const

/** A line of an incident, so many milliseconds after its first event. */
interface Line {
  readonly afterMs: number
  readonly text: string
}

const showIncident = ({ startedMs, events, answer }: Incident, paint: Paint): string => {
  const told = events.map(({ atMs, source, message }) => ({
    afterMs: atMs - startedMs,
    text: `RDS  ${source}: ${message}`,
  }))
  const lines = [...told, ...answerLines(answer, startedMs, paint)].sort((a, b) => a.afterMs - b.afterMs)
  return [
    `${paint('bold', showTime(startedMs))}  failover`,
    ...lines.map(({ afterMs, text }) => `  ${offset(afterMs)}  ${text}`),
  ].join('\n')
}

/** What has no time of its own stands at the end. */
const atEnd = (text: string): readonly Line[] => [{ afterMs: Number.POSITIVE_INFINITY, text }]

const answerLines = (answer: Incident['answer'], startedMs: number, paint: Paint): readonly Line[] => {
  switch (answer.kind) {
    case 'repointed': {
      const { run, registeredAfterMs, healthyAfterMs, wasDrift } = answer
      const how = wasDrift
        ? paint('yellow', 'found by the schedule: no event came in time')
        : `woken by ${run.report.trigger.eventId ?? run.report.trigger.kind}`
      const steps = run.report.stepsDone.map(stepText).join(', ')
      return [
        { afterMs: registeredAfterMs, text: `${paint('green', 'repointed')}  ${steps} (${how})` },
        ...(healthyAfterMs === undefined ? [] : [{ afterMs: healthyAfterMs, text: 'the new target is healthy' }]),
      ]
    }
    case 'nothing-to-do':
      return [{ afterMs: answer.run.atMs - startedMs, text: `nothing to move: ${answer.run.report.reason}` }]
    case 'not-repointed': {
      const { report, error, atMs } = answer.run
      const why = error ?? `${report.outcome}: ${report.reason}`
      return [{ afterMs: atMs - startedMs, text: `${paint('red', 'not repointed')}  ${why}` }]
    }
    case 'open':
      return atEnd('no answer yet; it may still come')
    case 'unknown':
      return atEnd(paint('yellow', 'whether it was answered is not known'))
    case 'gateway-followed': {
      const { from, to, afterMs } = answer
      const text = `${paint('green', 'the gateway followed')}  new connections reach ${to}, before it ${from.join(', ')}`
      return [{ afterMs, text }]
    }
    case 'gateway-stayed': {
      const { at, connections } = answer
      const remedy = '`repoint migrate verify` shows whether that is the writer.'
      const went = `${connections} new ${connections === 1 ? 'connection' : 'connections'} to ${at.join(', ')}, as before`
      return atEnd(`${paint('red', 'the gateway went on')}  ${went}. ${remedy}`)
    }
    case 'gateway-unseen':
      return atEnd(`${paint('yellow', 'whether the gateway followed is not known')}: ${answer.why}`)
    case 'never':
      return atEnd(
        `${paint('red', 'never answered')}: no run of the function within 15 min. \`repoint doctor\` looks for the cause.`,
      )
  }
}

const showRun = ({ atMs, report, error }: LoggedReport, paint: Paint): string => {
  const what = error === undefined ? `${report.outcome}: ${report.reason}` : `${paint('red', 'failed')}: ${error}`
  const done = report.stepsDone.map(stepText).join(', ')
  return `${paint('bold', showTime(atMs))}  ${what} (${report.trigger.eventId ?? report.trigger.kind})${done ? `\n  ${done}` : ''}`
}

const offset = (ms: number): string =>
  (Number.isFinite(ms) ? `${ms < 0 ? '-' : '+'}${showDuration(Math.abs(ms))}` : '').padStart(12)
