import { logMessages } from '../../functions/reconciler/names.ts'
import type { Report } from '../../functions/reconciler/ports.ts'
import { logGroupName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { everyPage } from './every-page.ts'

/**
 * What the function said of its runs: the summary line of each in its log, whose field is the report. The log is the one
 * place that keeps all of them: the events on the bus go by, and metrics have no plan.
 */
export interface LoggedReport {
  /** When the run ended, epoch milliseconds. */
  readonly atMs: number
  /** Present when the run failed: its report is what it had done until then. */
  readonly error?: string
  readonly report: Report
}

const summaries = `$.message = "${logMessages.summary}"`
const failures = `$.message = "${logMessages.failed}"`

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, JSON filter patterns. */
export const patterns = {
  everything: `{ ${summaries} || ${failures} }`,
  /** Not the runs of the schedule that found everything in place: one a minute, and nothing to tell. */
  notable: `{ (${summaries} && ($.report.outcome != "in-sync" || $.report.trigger.kind = "rds-event" || $.report.trigger.kind = "watch")) || ${failures} }`,
} as const

/** Oldest first. @throws when the log group cannot be read. */
export const readReports = async (
  clients: Clients,
  database: DatabaseSettings,
  { pattern, sinceMs }: { readonly pattern: string; readonly sinceMs: number },
): Promise<readonly LoggedReport[]> => {
  const logs = await clients.logs()
  const events = await everyPage('events', nextToken =>
    logs.filterLogEvents({
      logGroupName: logGroupName(database),
      filterPattern: pattern,
      startTime: Math.floor(sinceMs),
      nextToken,
    }),
  )
  const found = events.flatMap(({ message, timestamp }) => readLine(message, timestamp) ?? [])
  return found.sort((a, b) => a.atMs - b.atMs)
}

/** @param timestamp epoch milliseconds; the line's own where it is absent */
export const readLine = (text: string | undefined, timestamp: number | undefined): LoggedReport | undefined => {
  try {
    const line = JSON.parse(text ?? '') as { timestamp?: string; report?: Report; error?: { message?: string } }
    const atMs = timestamp ?? Date.parse(line.timestamp ?? '')
    if (line.report === undefined || !Number.isFinite(atMs)) return undefined
    return { atMs, report: line.report, ...(line.error === undefined ? {} : { error: line.error.message ?? 'failed' }) }
  } catch {
    return undefined
  }
}

/** When the run that a report is about began and when it did what, epoch milliseconds. */
export const timesOf = ({ report: { timings } }: LoggedReport) => {
  const startMs = Date.parse(timings.startedAt)
  const at = (ms: number | undefined) => (ms === undefined ? undefined : startMs + ms)
  return {
    invokedMs: startMs + timings.invokedMs,
    /** Registered, or selected by weights where it stood in its group beforehand. */
    registeredMs: at(timings.registeredMs ?? timings.repointedMs),
    /** When the last step was done. */
    repointedMs: at(timings.repointedMs),
    endedMs: startMs + timings.totalMs,
  }
}

/** When AWS had accepted the new registration, epoch milliseconds; the end of the run where it did not register. */
export const registeredAt = ({ atMs, report: { timings } }: LoggedReport): number =>
  timings.registeredMs === undefined ? atMs : Date.parse(timings.startedAt) + timings.registeredMs
