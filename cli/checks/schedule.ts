import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const schedule: Check<DoctorFacts> = {
  name: 'schedule',
  question: 'Is a schedule enabled that calls the function often enough?',
  judge: facts =>
    whenKnown([facts.schedules], schedules => {
      const { id } = facts.settings
      if (schedules.length === 0) {
        return [
          problem(
            'No schedule calls the function: a failover whose event is lost is never found.',
            'Deploy the stack again.',
            sources.eventDelivery,
          ),
        ]
      }
      return schedules.flatMap(found => {
        const { pause, name } = found
        const resume = `repoint resume --database ${id}`
        if (pause !== undefined && !pause.isOverdue) {
          return [
            warning(
              `Paused until ${pause.until}: ${pause.reason}. The schedule checks and does not act.`,
              `When the work is done: ${resume}.`,
            ),
          ]
        }
        if (found.state !== 'ENABLED' || found.hasEnded) {
          const why = pause === undefined ? '' : ` since a pause that ended at ${pause.until} (${pause.reason})`
          return [
            problem(
              `The schedule ${name} ${found.state === 'ENABLED' ? 'has ended' : 'is disabled'}${why}: a failover whose event is lost is never found.`,
              `${resume}.`,
              sources.eventDelivery,
            ),
          ]
        }
        if (!isResync(found.input)) {
          return [
            problem(
              `The schedule ${found.name} sends ${found.input}, which is not a resync.`,
              'Deploy the stack again.',
            ),
          ]
        }
        const minutes = minutesOf(found.expression)
        if (minutes !== undefined && minutes > 5) {
          return [
            warning(
              `The schedule ${found.name} runs every ${minutes} minutes: a lost event may stay unnoticed for that long.`,
              'Set function.everyMinutes to 1.',
              sources.eventDelivery,
            ),
          ]
        }
        return [ok(`The schedule ${found.name} is enabled: ${found.expression}.`)]
      })
    }),
}

const isResync = (input: string): boolean => {
  try {
    const parsed = JSON.parse(input || '{}') as { action?: unknown }
    return parsed.action === undefined || parsed.action === 'resync' || parsed.action === 'tick'
  } catch {
    return false
  }
}

const minutesOf = (expression: string): number | undefined => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  return count === undefined ? undefined : Number(count) * { minute: 1, hour: 60, day: 1440 }[unit as 'minute']
}
