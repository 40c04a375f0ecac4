import type { LogLine } from '../lambda/log-lines.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { logErrors } from './errors/service-errors.ts'
import { parseFilter } from './filter-pattern.ts'
import type { Reply } from './service.ts'

interface FilterLogEvents {
  readonly logGroupName?: string
  readonly filterPattern?: string
  readonly startTime?: number
  readonly endTime?: number
  readonly nextToken?: string
  readonly limit?: number
}

/** FilterLogEvents over what the functions really wrote, and over the delivered access log records of configurations. */
export const logOperations = (account: Account) => ({
  FilterLogEvents: (input: FilterLogEvents): Reply => {
    const events = eventsIn(account, input.logGroupName ?? '')
    if (events === undefined) {
      throw new ApiFailure(logErrors.groupNotFound)
    }
    return filterEvents(input, events)
  },
})

const eventsIn = ({ operations, accessLogs }: Account, logGroup: string): readonly LogEvent[] | undefined => {
  const lines = operations && Object.hasOwn(operations.logs, logGroup) ? operations.logs[logGroup]?.() : undefined
  if (lines) return lines.map(({ text, json }) => ({ atMs: Date.parse(String(json?.timestamp ?? '')), text, json }))
  return accessLogs?.(logGroup)?.map(({ atMs, record }) => ({ atMs, text: JSON.stringify(record), json: record }))
}

interface LogEvent {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly text: string
  readonly json?: LogLine['json'] | undefined
}

/** It pages, as the real one does. */
const filterEvents = (input: FilterLogEvents, all: readonly LogEvent[]): Reply => {
  const { logGroupName = '', startTime = 0, endTime = Number.POSITIVE_INFINITY } = input
  const isMeant = parseFilter(input.filterPattern ?? '')
  const found = all.flatMap(({ atMs: timestamp, text, json }, index) => {
    const isInTime = timestamp >= startTime && timestamp <= endTime
    return isInTime && isMeant(json)
      ? [{ timestamp, ingestionTime: timestamp, message: text, eventId: String(index), logStreamName: 'lab' }]
      : []
  })
  const from = Number(input.nextToken ?? 0)
  const to = from + Math.min(input.limit ?? 10_000, 100)
  return {
    result: { events: found.slice(from, to), ...(to < found.length ? { nextToken: String(to) } : {}) },
    brief: { logGroup: logGroupName, events: found.length },
  }
}
