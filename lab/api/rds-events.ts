import type { RdsEvent } from '../database/rds-event.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { rdsErrors } from './errors/rds-errors.ts'
import { type Actions, type Parameters, text } from './query-protocol.ts'

/** EventBridge's word for a source, and DescribeEvents'. */
const sourceTypes: Readonly<Record<string, string>> = { DB_INSTANCE: 'db-instance', CLUSTER: 'db-cluster' }

/** RDS's DescribeEvents over what the lab's databases did. It has no event ids: AWS's has none either. */
export const rdsEventActions = (account: Account): Actions => ({
  DescribeEvents: parameters => {
    const { from, to, sourceType, source } = read(parameters)
    const found = (account.rdsEvents?.() ?? []).filter(({ detail }) => {
      const atMs = Date.parse(detail.Date)
      const isMeant = source === undefined || detail.SourceIdentifier === source
      const isOfType = sourceType === undefined || sourceTypes[detail.SourceType] === sourceType
      return isMeant && isOfType && atMs >= from && atMs <= to
    })
    return {
      result: { Events: { Event: found.map(describe) } },
      brief: { source: source ?? 'all', events: found.length },
    }
  },
})

const read = (parameters: Parameters) => {
  const source = text(parameters.SourceIdentifier)
  const sourceType = text(parameters.SourceType)
  if (source !== undefined && sourceType === undefined) {
    throw new ApiFailure(rdsErrors.sourceWithoutType)
  }
  const start = text(parameters.StartTime)
  const end = text(parameters.EndTime)
  const minutes = Number(text(parameters.Duration) ?? 60)
  const to = end === undefined ? Date.now() : Date.parse(end)
  const from = start === undefined ? to - minutes * 60_000 : Date.parse(start)
  if (Date.now() - from > 14 * 86_400_000 + 60_000) {
    throw new ApiFailure(rdsErrors.tooLongAgo)
  }
  return { source, sourceType, from, to }
}

const describe = ({ detail }: RdsEvent) => ({
  SourceIdentifier: detail.SourceIdentifier,
  SourceType: sourceTypes[detail.SourceType],
  Message: detail.Message,
  EventCategories: { EventCategory: detail.EventCategories },
  Date: detail.Date,
  SourceArn: detail.SourceArn,
})
