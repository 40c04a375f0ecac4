import type { DoctorFacts } from '../facts/facts.ts'
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
            'No schedule calls the function: an event that RDS loses is never made up for.',
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
              `Paused until ${pause.until}: ${pause.reason}. The schedule looks and does not act.`,
              `When the work is done: ${resume}.`,
            ),
          ]
        }
        if (found.state !== 'ENABLED' || found.hasEnded) {
          const why = pause === undefined ? '' : ` since a pause whose time was up at ${pause.until} (${pause.reason})`
          return [
            problem(
              `The schedule ${name} ${found.state === 'ENABLED' ? 'has ended' : 'is disabled'}${why}: an event that RDS loses is never made up for.`,
              `${resume}.`,
              sources.eventDelivery,
            ),
          ]
        }
        if (!isResync(found.input)) {
          return [
            problem(
              `The schedule ${found.name} sends ${found.input || 'nothing'}, which is no resync.`,
              'Deploy the stack again.',
            ),
          ]
        }
        const minutes = minutesOf(found.expression)
        if (minutes !== undefined && minutes > 5) {
          return [
            warning(
              `The schedule ${found.name} runs every ${minutes} minutes: so long may a lost event stay unnoticed.`,
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
    return parsed.action === undefined || parsed.action === 'resync'
  } catch {
    return false
  }
}

const minutesOf = (expression: string): number | undefined => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  return count === undefined ? undefined : Number(count) * { minute: 1, hour: 60, day: 1440 }[unit as 'minute']
}
