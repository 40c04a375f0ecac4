import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Account } from '../../lab/api/account.ts'
import { type ServedApi, serveApi } from './api-fixture.ts'

const startMs = Date.parse('2026-11-30T10:00:00Z')
const line = (afterMs: number, fields: object) => {
  const json = { timestamp: new Date(startMs + afterMs).toISOString(), ...fields }
  return { text: JSON.stringify(json), json }
}
const group = (id: string) => `/aws/lambda/repoint-${id}`
const query = (filter = 'message = "a" or (report.outcome != "in-sync" and message = "b")') =>
  `SOURCE logGroups(namePrefix: ['/aws/lambda/repoint-'])\n| fields @timestamp, @message, @log\n| filter ${filter}\n| sort @timestamp asc`

describe('a query of the laboratory’s logs', () => {
  let served: ServedApi
  let logs: CloudWatchLogs
  beforeAll(async () => {
    const lines = {
      [group('orders')]: [line(0, { message: 'a' }), line(2000, { message: 'b', report: { outcome: 'in-sync' } })],
      [group('payments')]: [line(1000, { message: 'b', report: { outcome: 'refused' } }), line(5000, { message: 'a' })],
      '/aws/lambda/somebody-else': [line(0, { message: 'a' })],
    }
    const operations = {
      functions: [],
      wake: { rules: [] },
      alarms: () => [],
      logs: Object.fromEntries(Object.entries(lines).map(([name, all]) => [name, () => all])),
    }
    served = await serveApi({}, { operations: operations as unknown as NonNullable<Account['operations']> })
    logs = new CloudWatchLogs(served.client)
  })
  afterAll(async () => {
    logs.destroy()
    await served.api.close()
  })
  const start = (queryString: string, limit?: number) =>
    logs.startQuery({
      ...{ queryString, startTime: startMs / 1000, endTime: startMs / 1000 + 4 },
      ...(limit === undefined ? {} : { limit }),
    })

  it('runs at first, and then has the lines of every log group of the prefix, oldest first', async () => {
    const { queryId } = await start(query())

    expect(await logs.getQueryResults({ queryId })).toMatchObject({ status: 'Running', results: [] })
    const { status, results = [] } = await logs.getQueryResults({ queryId })
    expect(status).toBe('Complete')
    expect(results.map(row => row.slice(0, 3).map(({ field, value }) => `${field} ${value}`))).toEqual([
      [
        '@timestamp 2026-11-30 10:00:00.000',
        '@message {"timestamp":"2026-11-30T10:00:00.000Z","message":"a"}',
        '@log 111122223333:/aws/lambda/repoint-orders',
      ],
      [
        '@timestamp 2026-11-30 10:00:01.000',
        '@message {"timestamp":"2026-11-30T10:00:01.000Z","message":"b","report":{"outcome":"refused"}}',
        '@log 111122223333:/aws/lambda/repoint-payments',
      ],
    ])
  })

  it('names the log groups that it searched', async () => {
    const { queryId } = await start(query())
    const { logGroupIdentifiers } = await logs.listLogGroupsForQuery({ queryId })

    expect(logGroupIdentifiers).toEqual(
      ['orders', 'payments'].map(id => `arn:aws:logs:eu-west-1:111122223333:log-group:${group(id)}`),
    )
  })

  it('has no more lines than asked for', async () => {
    const { queryId } = await start(query(), 1)
    await logs.getQueryResults({ queryId })

    expect((await logs.getQueryResults({ queryId })).results).toHaveLength(1)
  })

  it.each([
    'fields @timestamp',
    'SOURCE logGroups()\n| fields @timestamp, @message, @log\n| filter a = 1\n| sort @timestamp asc',
    query('a = 1\n| stats count(*)'),
  ])('is refused where the laboratory does not know it: %j', async queryString => {
    await expect(start(queryString)).rejects.toMatchObject({ name: 'MalformedQueryException' })
  })

  it('that nobody started is not found', async () => {
    await expect(logs.getQueryResults({ queryId: 'query-99' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })
})
