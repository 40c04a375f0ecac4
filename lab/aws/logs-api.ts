import type { LogLine } from '../lambda/log-lines.ts'
import { ApiFailure } from './failure.ts'
import { parseFilter } from './filter-pattern.ts'
import { type JsonReply, type JsonService, targeted } from './json-service.ts'

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

/** CloudWatch Logs' FilterLogEvents over what the functions really wrote. It pages, as the real one does. */
export const logsService = (groups: LogGroups): JsonService =>
  targeted({
    FilterLogEvents: (input: FilterLogEvents): JsonReply => {
      const { logGroupName = '', startTime = 0, endTime = Number.POSITIVE_INFINITY } = input
      const group = groups[logGroupName]
      if (group === undefined) {
        throw new ApiFailure('ResourceNotFoundException', 'The specified log group does not exist.')
      }
      const isMeant = parseFilter(input.filterPattern ?? '')
      const found = group().flatMap((line, index) => {
        const timestamp = Date.parse(String(line.json?.timestamp ?? ''))
        const isInTime = timestamp >= startTime && timestamp <= endTime
        return isInTime && isMeant(line.json)
          ? [{ timestamp, ingestionTime: timestamp, message: line.text, eventId: String(index), logStreamName: 'lab' }]
          : []
      })
      const from = Number(input.nextToken ?? 0)
      const to = from + Math.min(input.limit ?? 10_000, 100)
      return {
        result: { events: found.slice(from, to), ...(to < found.length ? { nextToken: String(to) } : {}) },
        brief: { logGroup: logGroupName, events: found.length },
      }
    },
  })
