import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetQueryResultsCommand,
  ListLogGroupsForQueryCommand,
  type ResultField,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../cli/aws/clients.ts'
import { openFleetReports } from '../../cli/facts/fleet-reports.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { awsFault } from '../contract/elbv2-double.ts'

const logs = mockClient(CloudWatchLogsClient)
mockClient(STSClient).on(GetCallerIdentityCommand).resolves({ Account: '111122223333' })
const nowMs = Date.parse('2026-11-30T12:00:00Z')
const sinceMs = nowMs - 3_600_000
const orders = { id: 'orders' } as DatabaseSettings
const payments = { id: 'payments' } as DatabaseSettings
const logGroup = (id: string) => `/aws/lambda/repoint-${id}`
const arn = (id: string, account = '111122223333') => `arn:aws:logs:eu-west-1:${account}:log-group:${logGroup(id)}`
const message = (reason: string) => JSON.stringify({ message: 'Reconcile finished', report: { reason } })
const row = (id: string, at: string, reason: string): ResultField[] => [
  { field: '@timestamp', value: at },
  { field: '@message', value: message(reason) },
  { field: '@log', value: `111122223333:${logGroup(id)}` },
]

const notes: string[] = []
const waits: number[] = []
const wait = async (ms: number) => void waits.push(ms)
const europe = createClients({ region: 'eu-west-1' })
const open = (databases: readonly DatabaseSettings[], clientsFor = (_: DatabaseSettings) => europe) =>
  openFleetReports({ databases, clientsFor, sinceMs, untilMs: nowMs, wait, onWithout: why => notes.push(why) })
const reasonsOf = async (reports: ReturnType<typeof open>, database: DatabaseSettings) =>
  (await reports.of(database)).map(({ report }) => report.reason as string)

beforeEach(() => {
  notes.length = 0
  waits.length = 0
  logs.reset()
  logs.onAnyCommand().rejects(new Error('not declared'))
  logs.on(StartQueryCommand).resolves({ queryId: 'q' })
  logs.on(GetQueryResultsCommand).resolves({
    status: 'Complete',
    results: [
      row('orders', '2026-11-30 10:59:59.999', 'before-the-span'),
      row('orders', '2026-11-30 11:00:00.500', 'failover-followed'),
      row('payments', '2026-11-30 11:30:00.000', 'drift-corrected'),
      row('orders', '2026-11-30 11:40:00.000', 'throttled'),
    ],
  })
  logs.on(ListLogGroupsForQueryCommand).resolves({ logGroupIdentifiers: [arn('orders'), arn('payments')] })
  logs.on(FilterLogEventsCommand).resolves({ events: [{ timestamp: nowMs, message: message('own-log') }] })
})

describe('the functions’ logs of several databases', () => {
  it('are read by one query for the account and Region', async () => {
    const reports = open([orders, payments])
    const [ofOrders, ofPayments] = await Promise.all([reasonsOf(reports, orders), reasonsOf(reports, payments)])

    expect(ofOrders).toEqual(['failover-followed', 'throttled'])
    expect(ofPayments).toEqual(['drift-corrected'])
    expect(logs.commandCalls(FilterLogEventsCommand)).toEqual([])
    expect(logs.commandCalls(StartQueryCommand).map(({ args }) => args[0].input)).toEqual([
      {
        queryString: `SOURCE logGroups(namePrefix: ['/aws/lambda/repoint-orders', '/aws/lambda/repoint-payments'])
| fields @timestamp, @message, @log
| filter (message = "Reconcile finished" and (report.outcome != "in-sync" or report.trigger.kind = "rds-event" or report.trigger.kind = "watch")) or message = "Reconcile failed"
| sort @timestamp asc`,
        startTime: sinceMs / 1000,
        endTime: nowMs / 1000,
        limit: 10_000,
      },
    ])
  })

  it('have nothing to tell where the query searched a log and found no line', async () => {
    logs.on(GetQueryResultsCommand).resolves({ status: 'Complete', results: [] })

    expect(await reasonsOf(open([orders, payments]), orders)).toEqual([])
  })

  it('are waited for while the query runs, longer each time; what it has by then is not the answer', async () => {
    const half = [row('orders', '2026-11-30 11:30:00.000', 'half')]
    logs
      .on(GetQueryResultsCommand)
      .resolvesOnce({ status: 'Scheduled' })
      .resolvesOnce({ status: 'Running', results: half })
      .resolves({ status: 'Complete', results: [row('orders', '2026-11-30 11:30:00.000', 'throttled')] })

    expect(await reasonsOf(open([orders, payments]), orders)).toEqual(['throttled'])
    expect(waits).toEqual([750, 1125])
  })

  it('are asked once for each account and Region', async () => {
    const america = createClients({ region: 'us-east-1' })
    const others = [{ id: 'stock' }, { id: 'users' }] as DatabaseSettings[]
    const reports = open([orders, payments, ...others], database => (others.includes(database) ? america : europe))
    logs
      .on(ListLogGroupsForQueryCommand)
      .resolves({ logGroupIdentifiers: ['orders', 'payments', 'stock', 'users'].map(id => arn(id)) })
    await Promise.all([orders, payments, ...others].map(database => reports.of(database)))

    expect(logs.commandCalls(StartQueryCommand)).toHaveLength(2)
  })

  it('is read without a query where it is the only one of its account and Region', async () => {
    expect(await reasonsOf(open([orders]), orders)).toEqual(['own-log'])
    expect(logs.commandCalls(StartQueryCommand)).toEqual([])
  })

  it('is read by itself where the query did not search it: that it has no line is not known', async () => {
    logs.on(ListLogGroupsForQueryCommand).resolves({ logGroupIdentifiers: [arn('orders')] })
    const reports = open([orders, payments])

    expect(await reasonsOf(reports, payments)).toEqual(['own-log'])
    expect(await reasonsOf(reports, orders)).toEqual(['failover-followed', 'throttled'])
    expect(notes).toEqual([])
  })

  it('are searched by the prefix of all where there are more than SOURCE takes', async () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map(id => ({ id }) as DatabaseSettings)
    await open(many).of(many[0] as DatabaseSettings)

    expect(logs.commandCalls(StartQueryCommand)[0]?.args[0].input.queryString).toMatch(
      /^SOURCE logGroups\(namePrefix: \['\/aws\/lambda\/repoint-'\]\)\n/,
    )
  })

  it('are not taken for those of another account, which a monitoring account’s query searches too', async () => {
    const elsewhere = row('orders', '2026-11-30 11:50:00.000', 'of-another-account')
    const foreign = elsewhere.map(field => ({
      ...field,
      value: field.value?.replace(/^111122223333:/, '444455556666:'),
    }))
    logs.on(GetQueryResultsCommand).resolves({
      status: 'Complete',
      results: [row('orders', '2026-11-30 11:30:00.000', 'ours'), foreign as ResultField[]],
    })
    logs.on(ListLogGroupsForQueryCommand).resolves({
      logGroupIdentifiers: [arn('orders'), arn('orders', '444455556666'), arn('payments', '444455556666')],
    })
    const reports = open([orders, payments])

    expect(await reasonsOf(reports, orders)).toEqual(['ours'])
    expect(await reasonsOf(reports, payments)).toEqual(['own-log'])
  })

  it.each<[string, () => void, RegExp]>([
    [
      'may not be started',
      () => logs.on(StartQueryCommand).rejects(awsFault('AccessDeniedException', 'no')),
      /^Not allowed: (logs:StartQuery|AccessDenied\w*)\.$/,
    ],
    [
      'has no answer for two minutes',
      () => logs.on(GetQueryResultsCommand).resolves({ status: 'Running' }),
      /no answer after 120 s/,
    ],
    ['fails', () => logs.on(GetQueryResultsCommand).resolves({ status: 'Failed' }), /ended as Failed/],
    [
      'has more lines than an answer holds',
      () =>
        logs.on(GetQueryResultsCommand).resolves({
          status: 'Complete',
          results: Array.from({ length: 10_000 }, () => row('orders', '2026-11-30 11:30:00.000', 'one-of-many')),
        }),
      /more than 10000 lines/,
    ],
  ])('are read one by one where the query %s, which is told once', async (_what, prepare, why) => {
    prepare()
    const reports = open([orders, payments])

    expect(await reasonsOf(reports, orders)).toEqual(['own-log'])
    expect(await reasonsOf(reports, payments)).toEqual(['own-log'])
    expect(notes).toEqual([expect.stringMatching(why)])
  })
})
