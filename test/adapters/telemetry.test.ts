import { describe, expect, it } from 'vitest'
import { outcomeOf, type Reason, reasons } from '../../functions/reconciler/core/reasons.ts'
import {
  dimensions,
  logMessages,
  metricNamespace,
  metrics as names,
  outcomeMetrics,
} from '../../functions/reconciler/names.ts'
import { AwsError, type Report, type Telemetry, TransientError } from '../../functions/reconciler/ports.ts'
import { wire } from '../../functions/reconciler/wire.ts'
import { aConfig } from '../fakes/world.ts'
import { capturing, isEmf, valuesOf } from './captured-output.ts'

const aReport = (reason: Reason, timings: Partial<Report['timings']> = {}): Report => ({
  outcome: outcomeOf(reason),
  reason,
  database: 'orders',
  trigger: { kind: 'resync' },
  writer: { kind: 'settled', addresses: ['10.0.2.20'], because: 'answers-agree' },
  before: [],
  plan: [],
  stepsDone: [],
  after: [],
  timings: { startedAt: '2027-01-15T08:00:00.000Z', invokedMs: 250, totalMs: 6000, looks: 7, ...timings },
})

/** What one invocation that ends like this writes, with real Powertools, wired as in the function. */
const telling = async (tell: (telemetry: Telemetry) => void) => {
  const { json, text } = await capturing(() => {
    const { metrics, ports } = wire({ REPOINT_CONFIG: JSON.stringify(aConfig()), AWS_REGION: 'eu-west-1' })
    tell(ports.telemetry)
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
  })
  return { lines: json.filter(line => !isEmf(line)), blobs: json.filter(isEmf), complaints: text }
}

const followed = aReport('failover-followed', { registeredMs: 14_000, repointedMs: 20_000, healthyMs: 170_500 })

describe('the summary', () => {
  it('is one line: a constant sentence, and the report as a field', async () => {
    const { lines } = await telling(telemetry => telemetry.summary(followed))

    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ level: 'INFO', message: logMessages.summary, service: 'orders', report: followed })
  })

  it('is one metrics blob, by database and by database and reason, and by nothing else', async () => {
    const { blobs } = await telling(telemetry => telemetry.summary(followed))

    expect(blobs).toHaveLength(1)
    const [directive] = blobs[0]?._aws.CloudWatchMetrics ?? []
    expect(directive).toMatchObject({
      Namespace: metricNamespace,
      Dimensions: [[dimensions.database], [dimensions.database, dimensions.reason]],
    })
    expect(blobs[0]).toMatchObject({ Database: 'orders', Reason: 'failover-followed' })
    expect(blobs[0]).not.toHaveProperty('service')
  })

  it('counts the outcome and gives the times in milliseconds', async () => {
    const { blobs } = await telling(telemetry => telemetry.summary(followed))

    expect(blobs[0]?._aws.CloudWatchMetrics[0]?.Metrics).toEqual([
      { Name: 'Repointed', Unit: 'Count' },
      { Name: names.timeToRegistered, Unit: 'Milliseconds' },
      { Name: names.timeToHealthy, Unit: 'Milliseconds' },
    ])
    expect(valuesOf(blobs[0])).toEqual({ Repointed: 1, TimeToRegistered: 14_000, TimeToHealthy: 170_500 })
  })

  it('gives no time that was not reached', async () => {
    const { blobs } = await telling(telemetry => telemetry.summary(aReport('already-in-sync')))

    expect(valuesOf(blobs[0])).toEqual({ InSync: 1 })
  })

  it.each(Object.keys(reasons) as Reason[])('counts its own outcome for the reason %s', async reason => {
    const { blobs } = await telling(telemetry => telemetry.summary(aReport(reason)))

    expect(valuesOf(blobs[0])).toEqual({ [outcomeMetrics[outcomeOf(reason)]]: 1 })
    expect(blobs[0]?.Reason).toBe(reason)
  })

  it('makes Powertools complain about nothing', async () => {
    const { complaints } = await telling(telemetry => telemetry.summary(followed))

    expect(complaints).toEqual([])
  })
})

describe('a failure', () => {
  const error = new AwsError('access-denied', 'Allow elasticloadbalancing:RegisterTargets', {
    cause: new Error('AccessDenied'),
  })

  it('is one error line with the error, its cause and the report', async () => {
    const { lines } = await telling(telemetry => telemetry.failed(error, followed))

    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      level: 'ERROR',
      message: logMessages.failed,
      error: { name: 'AwsError', message: error.message, cause: { message: 'AccessDenied' } },
      report: followed,
    })
  })

  it('gives the times that were reached, and counts the failure and no outcome', async () => {
    const { blobs } = await telling(telemetry => telemetry.failed(error, aReport('throttled', { registeredMs: 900 })))

    expect(valuesOf(blobs[0])).toEqual({ Failed: 1, TimeToRegistered: 900 })
    expect(blobs[0]?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([[dimensions.database]])
  })
})

describe('on the way', () => {
  it.each<[string, string, (telemetry: Telemetry) => void, object]>([
    [
      'a step',
      'INFO',
      telemetry =>
        telemetry.stepDone({ kind: 'register', targetGroupArn: 'arn', targets: [{ ip: '10.0.2.20', port: 5432 }] }),
      { message: logMessages.stepDone, step: { kind: 'register', targets: [{ ip: '10.0.2.20', port: 5432 }] } },
    ],
    [
      'a pause that AWS asked for',
      'WARN',
      telemetry => telemetry.retry(new TransientError('throttled', 'Rate exceeded'), 750.4),
      { message: logMessages.retry, delayMs: 750, error: { name: 'TransientError', message: 'Rate exceeded' } },
    ],
    [
      'a writer that moved',
      'INFO',
      telemetry => telemetry.writerMoved(['10.0.1.10'], ['10.0.2.20']),
      { message: logMessages.writerMoved, from: ['10.0.1.10'], to: ['10.0.2.20'] },
    ],
    [
      'an address that is not proved',
      'WARN',
      telemetry => telemetry.notProved({ ip: '10.0.2.20', proof: 'disproved', why: 'it is nobody’s' }),
      { message: logMessages.notProved, owner: { ip: '10.0.2.20', proof: 'disproved', why: 'it is nobody’s' } },
    ],
    [
      'a report that nobody took',
      'WARN',
      telemetry => telemetry.reportNotPublished(new Error('no route to the bus')),
      { message: logMessages.reportNotPublished, error: { message: 'no route to the bus' } },
    ],
  ])('%s is one line of level %s', async (_what, level, tell, fields) => {
    const { lines } = await telling(tell)

    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ level, ...fields })
  })

  it('a report that nobody took is counted', async () => {
    const { blobs } = await telling(telemetry => telemetry.reportNotPublished(new Error('no route to the bus')))

    expect(valuesOf(blobs[0])).toEqual({ [names.reportNotPublished]: 1 })
  })

  it('something that is not an error and was thrown is written all the same', async () => {
    const { lines } = await telling(telemetry => telemetry.failed('out of paper', followed))

    expect(lines[0]).toMatchObject({ message: logMessages.failed, error: 'out of paper' })
  })
})

describe('the health of the writer', () => {
  it.each([
    [true, 1],
    [false, 0],
  ])('is a metric of every run that knows it (%s)', async (isWriterHealthy, value) => {
    const report = { ...aReport('already-in-sync'), isWriterHealthy }

    const summary = await telling(telemetry => telemetry.summary(report))
    const failure = await telling(telemetry => telemetry.failed(new Error('denied'), report))

    expect(valuesOf(summary.blobs[0])).toMatchObject({ WriterHealthy: value })
    expect(valuesOf(failure.blobs[0])).toMatchObject({ WriterHealthy: value })
  })
})

describe('a call that AWS did not serve', () => {
  it.each([
    ['throttled', logMessages.retry],
    ['unavailable', logMessages.unreachable],
  ] as const)('is told as what it was: %s', async (kind, message) => {
    const { lines } = await telling(telemetry => telemetry.retry(new TransientError(kind, 'no'), 1000))

    expect(lines).toMatchObject([{ level: 'WARN', message, delayMs: 1000 }])
  })
})
