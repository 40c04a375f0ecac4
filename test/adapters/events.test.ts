import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createPublisher } from '../../functions/reconciler/adapters/events.ts'
import { detailTypes } from '../../functions/reconciler/names.ts'
import { AwsError, type Report, TransientError } from '../../functions/reconciler/ports.ts'
import { awsFault } from '../contract/elbv2-double.ts'

const client = new EventBridgeClient({ region: 'eu-west-1' })
const eventBridge = mockClient(client)
const arn = 'arn:aws:rds:eu-west-1:111122223333:db:orders'
const publisher = createPublisher(client, 'ops', arn)

const report: Report = {
  outcome: 'repointed',
  reason: 'failover-followed',
  database: 'orders',
  trigger: { kind: 'resync' },
  writer: { kind: 'settled', addresses: ['10.0.2.20'], because: 'answers-agree' },
  before: [],
  plan: [],
  stepsDone: [],
  after: [],
  timings: { startedAt: '2027-01-15T08:00:00.000Z', invokedMs: 0, totalMs: 6000, looks: 7 },
}

const entries = () => eventBridge.commandCalls(PutEventsCommand).map(call => call.args[0].input.Entries)

beforeEach(() => {
  eventBridge.reset()
  eventBridge.onAnyCommand().rejects(new Error('a command that this test does not expect'))
})

describe('a report', () => {
  it('is one entry: bus, source, detail-type, the report as detail, the database as resource', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e-1' }] })

    await publisher.publish(detailTypes.repointed, report)

    expect(entries()).toEqual([
      [
        {
          EventBusName: 'ops',
          Source: 'repoint',
          DetailType: 'Repoint Repointed',
          Detail: expect.any(String),
          Resources: [arn],
        },
      ],
    ])
    expect(JSON.parse(entries()[0]?.[0]?.Detail ?? '')).toEqual(report)
  })

  it('names no resource for a database without ARN', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e-1' }] })

    await createPublisher(client, 'ops', undefined).publish(detailTypes.waiting, report)

    expect(entries()[0]?.[0]).not.toHaveProperty('Resources')
  })

  it('fails when the bus answers 200 and refuses the entry', async () => {
    eventBridge.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'NotAuthorizedForSource', ErrorMessage: 'Not authorized for the source.' }],
    })

    await expect(publisher.publish(detailTypes.repointed, report)).rejects.toThrow(
      'events:PutEvents on ops: NotAuthorizedForSource: Not authorized for the source.',
    )
  })

  it.each([
    ['AwsError', 'access is denied', awsFault('AccessDeniedException', 'not authorized', 400), AwsError],
    ['TransientError', 'the bus is throttled', awsFault('ThrottlingException', 'Rate exceeded'), TransientError],
    ['TransientError', 'the service fails', awsFault('InternalException', 'internal', 500), TransientError],
  ])('fails with an %s when %s', async (_class, _when, fault, expected) => {
    eventBridge.on(PutEventsCommand).rejects(fault)

    await expect(publisher.publish(detailTypes.repointed, report)).rejects.toThrow(expected)
    expect(entries()).toHaveLength(1)
  })
})
