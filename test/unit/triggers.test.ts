import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Config, parseConfig } from '../../functions/reconciler/config.ts'
import { InvocationError, parseTrigger, type RdsEventTrigger } from '../../functions/reconciler/triggers.ts'

interface RdsEvent {
  source: string
  'detail-type': string
  time?: string | undefined
  resources?: string[] | undefined
  detail: Record<string, unknown>
}

const folder = new URL('../fixtures/events/', import.meta.url)
const captured = (name: string): RdsEvent => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))

/** A capture with the fields changed that matter to the case; `undefined` takes a field away. */
const changed = (event: RdsEvent, { detail, ...top }: Partial<RdsEvent>): RdsEvent =>
  JSON.parse(JSON.stringify({ ...event, ...top, detail: { ...event.detail, ...detail } }))

/** A capture as another source of the same type would have sent it. */
const from = (event: RdsEvent, arn: string, identifier: string, detail: Record<string, unknown> = {}): RdsEvent =>
  changed(event, { resources: [arn], detail: { SourceArn: arn, SourceIdentifier: identifier, ...detail } })

const withoutArn = (event: RdsEvent, identifier: string): RdsEvent =>
  changed(event, { resources: [], detail: { SourceArn: undefined, SourceIdentifier: identifier } })

const aConfig = (database: Partial<Config['database']>): Config =>
  parseConfig(
    'test',
    JSON.stringify({
      database: { kind: 'instance', endpoint: 'db.example.com', port: 5432, ...database },
      frontDoors: [
        {
          role: 'writer',
          strategy: 'swap',
          targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/db/0123456789abcdef',
          port: 5432,
        },
      ],
    }),
  )

const home = 'arn:aws:rds:us-east-1:123456789012'
const instance = (id: string) => aConfig({ id, arn: `${home}:db:${id}` })
const cluster = (id: string) => aConfig({ kind: 'cluster', id, arn: `${home}:cluster:${id}` })
const proxy = (id: string) => aConfig({ kind: 'proxy', id, arn: `${home}:db-proxy:prx-0123456789abcdef0` })
const hostname = aConfig({ kind: 'hostname', id: 'my-db-instance' })

const eventTrigger = (event: unknown, config: Config): RdsEventTrigger => {
  const trigger = parseTrigger(event, config)
  if (trigger.kind !== 'rds-event') throw new Error(`expected an RDS event, got ${trigger.kind}`)
  return trigger
}

const messageOf = (invocation: unknown, config = instance('orders')): string => {
  try {
    parseTrigger(invocation, config)
  } catch (error) {
    if (error instanceof InvocationError) return error.message
    throw error
  }
  throw new Error('the invocation was accepted')
}

const failover = captured('docs-instance-failover-completed')
const clusterFailover = captured('cluster-failover-completed')
const blueGreen = captured('blue-green-tasks-completed')

describe('an invocation without an event', () => {
  it.each([{}, { action: 'resync' }])('%j is a resync', invocation => {
    expect(parseTrigger(invocation, instance('orders'))).toEqual({ kind: 'resync' })
  })

  it('{"action":"tick"} is the schedule\'s resync', () => {
    expect(parseTrigger({ action: 'tick' }, instance('orders'))).toEqual({ kind: 'resync', isTick: true })
  })

  it('{"action":"plan"} is a plan', () => {
    expect(parseTrigger({ action: 'plan' }, instance('orders'))).toEqual({ kind: 'plan' })
  })

  it('{"action":"watch"} is a watch, of a host name too', () => {
    expect(parseTrigger({ action: 'watch' }, hostname)).toEqual({ kind: 'watch' })
  })
})

describe('an event of our own instance', () => {
  it('carries id, meaning, watch, time and source', () => {
    expect(parseTrigger(failover, instance('my-db-instance'))).toEqual({
      kind: 'rds-event',
      eventId: 'RDS-EVENT-0049',
      meaning: 'Multi-AZ instance failover completed',
      watch: 'completed',
      atMs: Date.UTC(2018, 8, 27, 22, 36, 43, 292),
      source: `${home}:db:my-db-instance`,
      ours: 'yes',
    })
  })

  it('is recognised by its ARN in `SourceArn` alone, or in `resources` alone', () => {
    const config = instance('my-db-instance')
    expect(eventTrigger(changed(failover, { resources: undefined }), config).ours).toBe('yes')
    expect(eventTrigger(changed(failover, { detail: { SourceArn: undefined } }), config).ours).toBe('yes')
  })

  it.each(['my-db-instance', 'rds:my-db-instance', 'My-DB-Instance'])(
    'is recognised by the identifier %s where it has no ARN',
    identifier => {
      const trigger = eventTrigger(withoutArn(failover, identifier), instance('my-db-instance'))
      expect(trigger).toMatchObject({ ours: 'yes', source: 'my-db-instance' })
    },
  )

  it('is recognised by the identifier where it has neither ARN nor list of them', () => {
    const event = changed(withoutArn(failover, 'my-db-instance'), { resources: undefined })
    expect(eventTrigger(event, instance('my-db-instance')).ours).toBe('yes')
  })

  it('is recognised when the configuration writes the name in another case', () => {
    expect(eventTrigger(failover, instance('My-DB-Instance')).ours).toBe('yes')
  })
})

describe("another database's event", () => {
  it('is not ours', () => {
    expect(eventTrigger(captured('docs-instance-stopped'), instance('my-db-instance')).ours).toBe('no')
  })

  it('is not ours when its name begins like ours, or ours like its', () => {
    const deleted = captured('instance-deleted')
    expect(eventTrigger(deleted, instance('testscaling')).ours).toBe('no')
    expect(eventTrigger(deleted, instance('testscaling-old1-copy')).ours).toBe('no')
    expect(eventTrigger(withoutArn(deleted, 'testscaling-old1'), instance('testscaling')).ours).toBe('no')
    expect(eventTrigger(from(deleted, `${home}:db:orders-replica`, 'orders-replica'), instance('orders')).ours).toBe(
      'no',
    )
  })

  it.each([
    'arn:aws:rds:eu-west-1:123456789012:db:my-db-instance',
    'arn:aws:rds:us-east-1:999999999999:db:my-db-instance',
  ])('is not ours when it has our name elsewhere: %s', arn => {
    expect(eventTrigger(from(failover, arn, 'my-db-instance'), instance('my-db-instance')).ours).toBe('no')
  })

  it('is not ours when `SourceArn` alone says that it is elsewhere', () => {
    const arn = 'arn:aws:rds:eu-west-1:123456789012:db:my-db-instance'
    const event = changed(from(failover, arn, 'my-db-instance'), { resources: undefined })
    expect(eventTrigger(event, instance('my-db-instance')).ours).toBe('no')
  })

  it('is not ours when its message names us', () => {
    const event = changed(captured('docs-instance-stopped'), { detail: { Message: 'my-db-instance restarted' } })
    expect(eventTrigger(event, instance('my-db-instance')).ours).toBe('no')
  })

  it('is not ours when a cluster has the name of our instance', () => {
    expect(eventTrigger(clusterFailover, instance('auroratestscaling')).ours).toBe('no')
    expect(eventTrigger(withoutArn(clusterFailover, 'auroratestscaling'), instance('auroratestscaling')).ours).toBe(
      'no',
    )
  })
})

describe('an event of our own cluster', () => {
  it('starts a watch at the start of a failover', () => {
    expect(eventTrigger(captured('cluster-failover-started'), cluster('auroratestscaling'))).toMatchObject({
      eventId: 'RDS-EVENT-0072',
      watch: 'started',
      ours: 'yes',
    })
  })

  it.each([
    'Completed failover to DB instance: auroratestscaling-liqeq',
    'Completed RDS initiated failover to DB instance: auroratestscaling-liqeq.',
    'Completed customer initiated failover to DB instance: auroratestscaling-liqeq',
    '',
    undefined,
  ])('means the same whatever its message says: %j', Message => {
    const config = cluster('auroratestscaling')
    const trigger = parseTrigger(changed(clusterFailover, { detail: { Message } }), config)
    expect(trigger).toEqual(parseTrigger(clusterFailover, config))
    expect(trigger).toMatchObject({ eventId: 'RDS-EVENT-0071', watch: 'completed', ours: 'yes' })
  })

  it('of another cluster is not ours', () => {
    expect(eventTrigger(clusterFailover, cluster('auroratest')).ours).toBe('no')
    expect(eventTrigger(clusterFailover, cluster('auroratestscaling-2')).ours).toBe('no')
  })
})

describe('an instance event for a cluster', () => {
  it('is ours if the instance is a member', () => {
    expect(eventTrigger(failover, cluster('orders'))).toMatchObject({ ours: 'if-member', instanceId: 'my-db-instance' })
  })

  it('names the instance without the `rds:` prefix where it has no ARN', () => {
    expect(eventTrigger(withoutArn(failover, 'rds:my-db-instance'), cluster('orders'))).toMatchObject({
      ours: 'if-member',
      instanceId: 'my-db-instance',
    })
  })

  it.each([
    ['where it has no identifier', [`${home}:db:orders-1`]],
    ['where the ARN of the cluster comes first', [`${home}:cluster:orders`, `${home}:db:orders-1`]],
  ])('names the instance by its ARN %s', (_where, resources) => {
    const event = changed(failover, { resources, detail: { SourceArn: undefined, SourceIdentifier: undefined } })
    expect(eventTrigger(event, cluster('orders'))).toMatchObject({ ours: 'if-member', instanceId: 'orders-1' })
  })

  it('is not ours from another account or region', () => {
    expect(eventTrigger(captured('docs-instance-stopped'), cluster('orders'))).toMatchObject({ ours: 'no' })
    const abroad = from(failover, 'arn:aws:rds:eu-west-1:123456789012:db:orders-1', 'orders-1')
    expect(eventTrigger(abroad, cluster('orders')).ours).toBe('no')
  })
})

describe('an event of a blue/green deployment', () => {
  const naming = (Message: string, EventID = 'RDS-EVENT-0250') => changed(blueGreen, { detail: { EventID, Message } })

  it.each([
    ['RDS-EVENT-0250', 'Switchover from primary orders to orders-green-k2x7f1 started.', 'started'],
    [
      'RDS-EVENT-0251',
      'Switchover from primary orders to orders-green-k2x7f1 completed. Renamed orders to orders-old1 and orders-green-k2x7f1 to orders.',
      'completed',
    ],
  ])('is watched when it names our instance: %s', (id, message, watch) => {
    expect(eventTrigger(naming(message, id), instance('orders'))).toMatchObject({ ours: 'yes', watch })
  })

  it('is watched when it names our cluster', () => {
    const event = naming('Switchover from DB cluster orders to orders-green-k2x7f1 started.', 'RDS-EVENT-0259')
    expect(eventTrigger(event, cluster('orders'))).toMatchObject({ ours: 'yes', watch: 'started' })
  })

  it.each([
    'Switchover from primary orders-replica to orders-replica-green-k2x7f1 started.',
    'Switchover from primary my-orders to my-orders-green-k2x7f1 started.',
    'Switchover from primary orders2 to orders2-green-k2x7f1 started.',
    'Switchover from blue to green started.',
    '',
  ])('costs one look when it does not name us: %j', message => {
    expect(eventTrigger(naming(message), instance('orders'))).toMatchObject({ ours: 'yes', watch: 'check' })
  })

  it('is watched when the configuration writes the name in another case', () => {
    expect(eventTrigger(naming('Switchover from primary orders to x started.'), instance('Orders')).watch).toBe(
      'started',
    )
  })

  it('takes the dots of a name for dots', () => {
    const dotted = instance('o.ders')
    expect(eventTrigger(naming('Switchover from primary orders to x started.'), dotted).watch).toBe('check')
    expect(eventTrigger(naming('Switchover from primary o.ders to x started.'), dotted).watch).toBe('started')
  })

  it.each(['blue-green-tasks-completed', 'blue-green-deleted'])('that moves nothing costs one look: %s', name => {
    expect(eventTrigger(captured(name), instance('orders'))).toMatchObject({
      ours: 'yes',
      watch: 'check',
      meaning: 'Not in the catalogue',
    })
  })
})

describe('an event of a global database', () => {
  const switchover = (Message: string) =>
    from(clusterFailover, 'arn:aws:rds::123456789012:global-cluster:shop', 'shop', {
      EventID: 'RDS-EVENT-0181',
      EventCategories: ['global failover'],
      Message,
    })

  it('is watched when it names our cluster', () => {
    const event = switchover('Global switchover to DB cluster orders in Region us-east-1 started.')
    expect(eventTrigger(event, cluster('orders'))).toMatchObject({ ours: 'yes', watch: 'started' })
  })

  it('costs one look when it does not', () => {
    const event = switchover('Global switchover to DB cluster orders-eu in Region eu-west-1 started.')
    expect(eventTrigger(event, cluster('orders'))).toMatchObject({ ours: 'yes', watch: 'check' })
  })

  it('is not ours when we follow an instance', () => {
    const event = switchover('Global switchover to DB cluster orders in Region us-east-1 started.')
    expect(eventTrigger(event, instance('orders')).ours).toBe('no')
  })
})

describe('an event of a proxy', () => {
  const modified = captured('docs-proxy-endpoint-modified')

  it('is ours by the name at the end of its ARN', () => {
    expect(eventTrigger(modified, proxy('my-rds-proxy'))).toMatchObject({
      eventId: 'RDS-EVENT-0207',
      watch: 'completed',
      ours: 'yes',
    })
  })

  it("is ours by AWS's own id of the proxy in its ARN, and by the proxy's name", () => {
    const byId = from(modified, `${home}:db-proxy:prx-0123456789abcdef0`, 'my-endpoint')
    expect(eventTrigger(byId, proxy('my-rds-proxy')).ours).toBe('yes')
    expect(eventTrigger(withoutArn(modified, 'my-rds-proxy'), proxy('my-rds-proxy')).ours).toBe('yes')
    expect(eventTrigger(from(modified, `${home}:db-proxy:prx-1`, 'my-rds-proxy'), proxy('my-rds-proxy')).ours).toBe(
      'yes',
    )
  })

  it('is ours by one of several ARNs', () => {
    const resources = [`${home}:db-proxy-endpoint:reporting`, `${home}:db-proxy:my-rds-proxy`]
    const event = changed(modified, { resources, detail: { SourceArn: undefined, SourceIdentifier: 'reporting' } })
    expect(eventTrigger(event, proxy('my-rds-proxy')).ours).toBe('yes')
  })

  it('is not ours from another proxy, or from one of our name elsewhere', () => {
    expect(eventTrigger(modified, proxy('rds-proxy')).ours).toBe('no')
    const abroad = from(modified, 'arn:aws:rds:eu-west-1:123456789012:db-proxy:my-rds-proxy', 'my-rds-proxy')
    expect(eventTrigger(abroad, proxy('my-rds-proxy')).ours).toBe('no')
  })

  it('is not ours when we follow an instance or a cluster', () => {
    expect(eventTrigger(modified, instance('my-rds-proxy')).ours).toBe('no')
    expect(eventTrigger(modified, cluster('my-rds-proxy')).ours).toBe('no')
  })

  it('is the only event that is ours when we follow a proxy', () => {
    for (const event of [failover, clusterFailover, blueGreen, captured('instance-deleted')])
      expect(eventTrigger(event, proxy('my-db-instance')).ours).toBe('no')
  })
})

describe('a host name', () => {
  it('has no RDS event of its own', () => {
    for (const event of [failover, clusterFailover, blueGreen, captured('docs-proxy-endpoint-modified')])
      expect(eventTrigger(event, hostname).ours).toBe('no')
  })
})

describe('an event that the catalogue does not have', () => {
  it('checks when it has no EventID (category `empty`)', () => {
    const trigger = eventTrigger(captured('instance-no-event-id'), instance('testscaling'))
    expect(trigger).toMatchObject({ ours: 'yes', watch: 'check', meaning: 'Not in the catalogue' })
    expect(trigger).not.toHaveProperty('eventId')
  })

  it.each(['RDS-EVENT-9999', 'RDS-EVENT-0078', 'toString', ''])('checks on the id %j', EventID => {
    const event = changed(failover, { detail: { EventID } })
    expect(eventTrigger(event, instance('my-db-instance'))).toMatchObject({
      eventId: EventID,
      ours: 'yes',
      watch: 'check',
      meaning: 'Not in the catalogue',
    })
  })

  it('goes by the id when the catalogue has it under another source', () => {
    const event = changed(clusterFailover, { detail: { EventID: 'RDS-EVENT-0020' } })
    expect(eventTrigger(event, cluster('auroratestscaling'))).toMatchObject({ ours: 'yes', watch: 'started' })
  })
})

describe('the time of an event', () => {
  const config = instance('my-db-instance')

  it.each([undefined, 'yesterday', ''])('is that of the envelope when its own date is %j', Date_ => {
    const event = changed(failover, { detail: { Date: Date_ } })
    expect(eventTrigger(event, config).atMs).toBe(Date.UTC(2018, 8, 27, 22, 36, 43))
  })

  it('is left out when neither says it', () => {
    const event = changed(failover, { time: 'soon', detail: { Date: undefined } })
    expect(eventTrigger(event, config)).not.toHaveProperty('atMs')
    expect(eventTrigger(changed(event, { time: undefined }), config)).not.toHaveProperty('atMs')
  })
})

describe('anything else', () => {
  const accepted =
    'Accepted: {} or {"action":"resync"}, {"action":"tick"}, {"action":"watch"}, {"action":"plan"}, or an EventBridge event of source "aws.rds" with detail-type ' +
    '"RDS DB Instance Event", "RDS DB Cluster Event", "RDS DB Proxy Event", "RDS Blue Green Deployment Event"'

  it.each([
    [null, 'Received null'],
    [undefined, 'Received undefined'],
    ['resync', 'Received "resync"'],
    [42, 'Received 42'],
    [[], 'Received []'],
    [[failover], 'Received [{'],
    [{ Records: [] }, 'Received {"Records":[]}'],
    [{ action: 'failover' }, 'Received the action "failover"'],
    [{ action: null }, 'Received the action null'],
    [{ action: 'plan', dryRun: true }, 'Received unknown keys beside "action": ["dryRun"]'],
    [{ action: 'resync', ...failover }, 'Received unknown keys beside "action": ['],
  ])('is an error that says what came and what is accepted: %j', (invocation, received) => {
    const message = messageOf(invocation)
    expect(message.startsWith(received)).toBe(true)
    expect(message.endsWith(`. ${accepted}`)).toBe(true)
  })

  it.each([
    [{ source: 'aws.events', 'detail-type': 'Scheduled Event' }],
    [{ source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification' }],
    [{ source: 'aws.ec2', 'detail-type': 'RDS DB Instance Event' }],
    [{ source: 'aws.rds', 'detail-type': 'RDS DB Cluster Snapshot Event' }],
  ])('is an error when it is an event of %j', changes => {
    const message = messageOf(changed(failover, changes), instance('my-db-instance'))
    expect(message).toBe(`Received an event, ${JSON.stringify(changes)}. ${accepted}`)
  })

  it.each(['docs-snapshot-deleted', 'docs-parameter-changed'])('is an error when it is the RDS event %s', name => {
    expect(messageOf(captured(name))).toMatch(/^Received an event, \{"source":"aws\.rds","detail-type":"RDS DB /)
  })

  it.each([
    [{ ...failover, detail: undefined }, 'Received an RDS event with detail undefined'],
    [{ ...failover, detail: 'x' }, 'Received an RDS event with detail "x"'],
    [{ ...failover, resources: 'x' }, 'Received an RDS event with resources "x"'],
    [changed(failover, { detail: { EventID: 49 } }), 'Received an RDS event with detail.EventID 49'],
    [{ ...failover, resources: [], detail: {} }, 'Received an RDS event that names no source'],
  ])('is an error when it is no whole RDS event', (event, received) => {
    expect(messageOf(event)).toBe(`${received}. ${accepted}`)
  })

  it('is never printed at length', () => {
    const long = 'x'.repeat(100_000)
    for (const invocation of [
      long,
      { [long]: 1 },
      { action: long },
      { action: 'plan', [long]: 1 },
      { source: long, 'detail-type': long },
    ])
      expect(messageOf(invocation).length).toBeLessThan(accepted.length + 260)
  })

  it('is an InvocationError by name', () => {
    expect(() => parseTrigger('x', hostname)).toThrowError(expect.objectContaining({ name: 'InvocationError' }))
  })
})

describe('the captured events', () => {
  it('are all named with their source in the README beside them', () => {
    const readme = readFileSync(new URL('README.md', folder), 'utf8')
    const files = readdirSync(folder).filter(file => file.endsWith('.json'))
    expect(files.filter(file => !readme.includes(`\`${file}\``))).toEqual([])
    expect(files.length).toBeGreaterThan(0)
  })
})

describe('what somebody else wrote at length', () => {
  it.each([
    [200, 'x'.repeat(200)],
    [201, `${'x'.repeat(199)}…`],
  ])('of %i characters is reported with 200', (length, expected) => {
    const event = changed(failover, { detail: { EventID: 'x'.repeat(length) } })
    expect(eventTrigger(event, hostname).eventId).toBe(expected)
  })

  it('is shortened before it is reported', () => {
    const long = 'x'.repeat(900_000)
    const trigger = parseTrigger(
      {
        source: 'aws.rds',
        'detail-type': 'RDS DB Instance Event',
        resources: [],
        detail: { EventID: long, SourceIdentifier: long, Message: long },
      },
      aConfig({ kind: 'hostname', id: 'my-db-instance' }),
    )

    expect(JSON.stringify(trigger).length).toBeLessThan(1000)
  })
})
