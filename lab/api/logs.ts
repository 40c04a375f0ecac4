import type { LogLine } from '../lambda/log-lines.ts'
import type { Account } from './account.ts'
import type { Reply } from './actions.ts'
import { ApiFailure } from './failure.ts'
import { parseFilter } from './filter-pattern.ts'
import { type JsonService, targeted } from './json-service.ts'

interface FilterLogEvents {
  readonly logGroupName?: string
  readonly filterPattern?: string
  readonly startTime?: number
  readonly endTime?: number
  readonly nextToken?: string
  readonly limit?: number
}

/** Log groups and their lines, by name. */
export type LogGroups = Readonly<Record<string, () => readonly LogLine[]>>

/** FilterLogEvents over what the functions really wrote. Other log groups are left to another part of the lab. */
export const logsService = (groups: LogGroups): JsonService => {
  const service = targeted({
    FilterLogEvents: (input: FilterLogEvents): Reply => {
      const lines = groups[input.logGroupName ?? '']?.() ?? []
      return filterEvents(
        input,
        lines.map(({ text, json }) => ({ atMs: Date.parse(String(json?.timestamp ?? '')), text, json })),
      )
    },
  })
  return {
    ...service,
    actionOf: request => {
      const action = service.actionOf(request)
      const { logGroupName = '' } = (action ? JSON.parse(request.body || '{}') : {}) as FilterLogEvents
      return Object.hasOwn(groups, logGroupName) ? action : undefined
    },
  }
}

/** FilterLogEvents over the delivered access log records of resource configurations. */
export const accessLogActions = (account: Account): Readonly<Record<string, (input: unknown) => Reply>> => ({
  FilterLogEvents: asked => {
    const input = asked as FilterLogEvents
    const { logGroupName = '' } = input
    const entries = account.accessLogs?.(logGroupName)
    if (entries === undefined) {
      throw new ApiFailure('ResourceNotFoundException', 'The specified log group does not exist.')
    }
    return filterEvents(
      input,
      entries.map(({ atMs, record }) => ({ atMs, text: JSON.stringify(record), json: record })),
    )
  },
})

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
