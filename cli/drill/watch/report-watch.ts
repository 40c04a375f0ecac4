import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import type { Clients } from '../../aws/clients.ts'
import { type LoggedReport, patterns, readReports, timesOf } from '../../facts/log-reports.ts'
import { stepText } from '../../text/core-terms.ts'
import type { Journal } from '../journal.ts'

/** What the deployed function reports in its log, where it may be read. */
export const createReportWatch = (
  clients: Clients,
  database: DatabaseSettings,
  { journal, sinceMs }: { journal: Journal; sinceMs: number },
) => {
  const reports: LoggedReport[] = []
  const known = new Set<string>()
  return {
    reports: reports as readonly LoggedReport[],
    look: async (): Promise<void> => {
      for (const logged of await readReports(clients, database, { pattern: patterns.notable, sinceMs })) {
        const { atMs, report, error } = logged
        const key = `${atMs} ${report.reason} ${report.timings.startedAt}`
        if (known.has(key)) continue
        known.add(key)
        reports.push(logged)
        const { invokedMs, registeredMs = atMs, repointedMs = atMs } = timesOf(logged)
        const { trigger } = report
        if (trigger.eventId !== undefined) {
          journal.tell('event', 'Event delivered', { eventId: trigger.eventId }, { atMs: invokedMs })
        }
        const failed = error === undefined ? {} : { error }
        journal.tell(
          'function',
          'Reconcile finished',
          { report: { outcome: report.outcome, reason: report.reason, trigger }, ...failed },
          { atMs },
        )
        for (const step of report.stepsDone) {
          const doneMs = step.kind === 'register' ? registeredMs : repointedMs
          journal.tell('function', 'Step done', { step: stepText(step) }, { atMs: doneMs })
        }
      }
    },
  }
}
