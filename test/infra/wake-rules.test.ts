import { readFileSync } from 'node:fs'
import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { catalogue, detailTypes, type EventSource } from '../../functions/reconciler/rds-event-catalogue.ts'
import { longestPattern } from '../../infra/app/settings/wake-fields.ts'
import { matchesPattern, type Pattern } from '../../lab/events/pattern.ts'
import { aCluster, anInstance, onlyResource, synthesizeEntries } from './settings-fixture.ts'

const proxy = {
  arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0a1b2c3d4e5f60718',
  ...anInstance({ id: 'orders-proxy', arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0a1b2c3d4e5f60718' }),
}
const global = aCluster({
  arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:named',
  members: ['writer-one', 'reader-*'],
})
const hostname = anInstance({
  id: 'elsewhere',
  kind: 'hostname',
  arn: undefined,
  region: 'eu-west-1',
  account: '111122223333',
})
const home = 'arn:aws:rds:eu-west-1:111122223333'
const cutover = { source: ['patroni'], $or: [{ 'detail-type': ['failover'] }, { detail: { role: ['leader'] } }] }
const woken = {
  ...hostname,
  id: 'woken',
  wakeOn: [`${home}:cluster:ledger`, cutover],
}
const templates = synthesizeEntries([anInstance(), aCluster(), proxy, global, hostname, woken])

const patternsOf = (template: Template | undefined): Pattern[] =>
  Object.values(template?.findResources('AWS::Events::Rule') ?? {}).map(rule => rule.Properties.EventPattern)

const isWoken = (stack: string, event: unknown) =>
  patternsOf(templates[stack]).some(pattern => matchesPattern(pattern, event))

const anEvent = (source: EventSource, id: string, arn: string) => ({
  source: 'aws.rds',
  'detail-type': detailTypes[source],
  account: '111122223333',
  resources: [arn],
  detail: { EventID: id },
})

const of = (source: EventSource) => catalogue.filter(event => event.source === source)

describe('an instance', () => {
  it.each(of('instance'))('is woken by its own $id, $meaning', ({ id }) => {
    expect(isWoken('Repoint-orders', anEvent('instance', id, `${home}:db:orders`))).toBe(true)
  })

  it.each(of('instance'))('sleeps through $id of another instance', ({ id }) => {
    expect(isWoken('Repoint-orders', anEvent('instance', id, `${home}:db:orders-replica`))).toBe(false)
  })

  const deployment = (id: string, message: string) => {
    const event = anEvent('blue-green', id, `${home}:deployment:bgd-0123456789abcdef`)
    return { ...event, detail: { ...event.detail, Message: message } }
  }
  const switchover = 'Switchover from primary orders to orders-green-k2x7f1 started.'

  it.each(of('blue-green'))('is woken by $id of a blue/green deployment that names it', ({ id }) => {
    expect(isWoken('Repoint-orders', deployment(id, switchover))).toBe(true)
  })

  it.each(of('blue-green'))('sleeps through $id of a deployment that names another database, or none', ({ id }) => {
    expect(isWoken('Repoint-orders', deployment(id, switchover.replaceAll('orders', 'users')))).toBe(false)
    expect(isWoken('Repoint-orders', deployment(id, 'Switchover completed on blue/green deployment.'))).toBe(false)
  })

  it.each(of('blue-green'))('sleeps through $id that another account passes on to the bus', ({ id }) => {
    expect(isWoken('Repoint-orders', { ...deployment(id, switchover), account: '444455556666' })).toBe(false)
  })

  it('sleeps through events that are not in the catalogue', () => {
    expect(isWoken('Repoint-orders', anEvent('instance', 'RDS-EVENT-0001', `${home}:db:orders`))).toBe(false)
  })

  it('sleeps through the same name in another Region', () => {
    const elsewhere = 'arn:aws:rds:us-east-1:111122223333:db:orders'
    expect(isWoken('Repoint-orders', anEvent('instance', 'RDS-EVENT-0049', elsewhere))).toBe(false)
  })
})

describe('a cluster', () => {
  it.each(of('cluster'))('is woken by its own $id, $meaning', ({ id }) => {
    expect(isWoken('Repoint-ledger', anEvent('cluster', id, `${home}:cluster:ledger`))).toBe(true)
  })

  it.each(of('instance'))('is woken by $id of an instance whose name begins with the cluster’s', ({ id }) => {
    expect(isWoken('Repoint-ledger', anEvent('instance', id, `${home}:db:ledger-instance-1`))).toBe(true)
  })

  it('sleeps through another cluster and another instance', () => {
    expect(isWoken('Repoint-ledger', anEvent('cluster', 'RDS-EVENT-0071', `${home}:cluster:other`))).toBe(false)
    expect(isWoken('Repoint-ledger', anEvent('instance', 'RDS-EVENT-0006', `${home}:db:orders`))).toBe(false)
  })

  it('is woken by global clusters of its account, whose names its settings do not know', () => {
    const arn = 'arn:aws:rds::111122223333:global-cluster:world'
    expect(isWoken('Repoint-ledger', anEvent('cluster', 'RDS-EVENT-0185', arn))).toBe(true)
  })

  it('is woken by the members that its settings name, exactly or by their beginning', () => {
    const woken = (name: string) =>
      isWoken('Repoint-named', anEvent('instance', 'RDS-EVENT-0006', `${home}:db:${name}`))
    expect(['writer-one', 'reader-7', 'writer-two', 'named-1'].filter(woken)).toEqual(['writer-one', 'reader-7'])
  })
})

describe('a proxy', () => {
  it.each(of('proxy'))('is woken by $id under its id and under its name', ({ id }) => {
    expect(isWoken('Repoint-orders-proxy', anEvent('proxy', id, proxy.arn))).toBe(true)
    expect(isWoken('Repoint-orders-proxy', anEvent('proxy', id, `${home}:db-proxy:orders-proxy`))).toBe(true)
    expect(isWoken('Repoint-orders-proxy', anEvent('proxy', id, `${home}:db-proxy:other`))).toBe(false)
  })
})

describe('rules', () => {
  it('match events as they were captured', () => {
    const captured = (name: string) =>
      JSON.parse(readFileSync(new URL(`../fixtures/events/${name}.json`, import.meta.url), 'utf8'))
    const failover = captured('cluster-failover-completed')
    const ours = { ...failover, resources: [`${home}:cluster:ledger`] }
    expect(isWoken('Repoint-ledger', ours)).toBe(true)
    expect(isWoken('Repoint-ledger', failover)).toBe(false)
    expect(isWoken('Repoint-orders', captured('instance-no-event-id'))).toBe(false)
  })

  it('are on the default bus, where AWS services send', () => {
    for (const template of Object.values(templates)) {
      for (const rule of Object.values(template.findResources('AWS::Events::Rule'))) {
        expect(rule.Properties).not.toHaveProperty('EventBusName')
      }
    }
  })

  it('are one for each database', () => {
    const counts = Object.values(templates).map(template => patternsOf(template).length)
    // The host name has none but those of `wakeOn`.
    expect(counts).toEqual([1, 1, 1, 1, 0, 2])
  })

  it('of a cluster wake for a few events more than the catalogue has, which begin alike', () => {
    const ids = Array.from({ length: 600 }, (_, index) => `RDS-EVENT-${`${index}`.padStart(4, '0')}`)
    const known = new Set(catalogue.map(it => it.id))
    const more = (source: 'instance' | 'cluster', arn: string) =>
      ids.filter(id => !known.has(id) && isWoken('Repoint-ledger', anEvent(source, id, arn))).length
    expect(more('instance', `${home}:db:ledger-1`)).toBeLessThan(30)
    expect(more('cluster', `${home}:cluster:ledger`)).toBeLessThan(30)
  })

  it('keep what Lambda did not take', () => {
    const [rule] = Object.values(templates['Repoint-orders']?.findResources('AWS::Events::Rule') ?? {})
    expect(rule?.Properties.Targets).toEqual([
      expect.objectContaining({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^DeadLetters/), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 60 },
      }),
    ])
  })

  it('have patterns within the 2048 characters that EventBridge takes', () => {
    const lengths = Object.values(templates)
      .flatMap(patternsOf)
      .map(pattern => JSON.stringify(pattern).length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(longestPattern)
  })

  it('are not there for a host name, of which RDS says nothing', () => {
    expect(patternsOf(templates['Repoint-elsewhere'])).toEqual([])
  })

  describe('whose members are too many for a pattern', () => {
    const clusterOf = (name: string, members: readonly string[]) =>
      synthesizeEntries([aCluster({ arn: `${home}:cluster:${name}`, members })])[`Repoint-${name}`]
    const memberRule = (template: Template | undefined): Pattern =>
      onlyResource(template as Template, 'AWS::Events::Rule').properties.EventPattern as Pattern
    const membersIn = (pattern: unknown) => (pattern as { $or: { resources?: unknown }[] }).$or[1]?.resources
    const wakes = (pattern: Pattern, name: string) =>
      matchesPattern(pattern, anEvent('instance', 'RDS-EVENT-0006', `${home}:db:${name}`))
    // A cluster has up to 16 instances, whose identifiers have up to 63 characters.
    const longNames = (stem: string) => Array.from({ length: 16 }, (_, index) => `${stem}${index + 10}`.padEnd(63, 'x'))

    it.each([
      ['begin alike', longNames('ledger-'), 'ledger-', 'shop-1'],
      ['begin alike, one with a star', [...longNames('ledger-'), 'ledger-1*'], 'ledger-', 'shop-1'],
      ['have nothing in common', [...longNames('ledger-'), 'shop-1'], '', undefined],
    ])('and %s, is shortened to what they have in common, and wakes for each of them', (what, members, stem, other) => {
      const pattern = memberRule(clusterOf(`wide-${what.length}`, members))
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(longestPattern)
      expect(membersIn(pattern)).toEqual([{ prefix: `${home}:db:${stem}` }])
      expect(members.filter(name => !wakes(pattern, name.replace('*', '7')))).toEqual([])
      if (other !== undefined) expect(wakes(pattern, other)).toBe(false)
    })

    it('or just not, asks for each by name, up to the last character', () => {
      const lengthOf = (members: readonly string[]) =>
        JSON.stringify(memberRule(clusterOf(`edge-${`${members.join('').length}`.padStart(4, '0')}`, members))).length
      const names = (last: number) => [...longNames('ledger-').slice(0, 5), 'y'.repeat(last)]
      const room = longestPattern - lengthOf(names(1))
      expect(room).toBeGreaterThan(0)
      expect(lengthOf(names(1 + room))).toBe(longestPattern)
      const beyond = memberRule(clusterOf('edge-over', names(2 + room)))
      expect(membersIn(beyond)).toEqual([{ prefix: `${home}:db:` }])
      expect(wakes(memberRule(clusterOf('edge-upto', names(1 + room))), 'ledger-10')).toBe(false)
    })
  })

  it('of `wakeOn` start a watch on the events of another database and on a pattern as it is written', () => {
    const rules = Object.values(templates['Repoint-woken']?.findResources('AWS::Events::Rule') ?? {})
    expect(rules.map(({ Properties }) => Properties.Name)).toEqual([
      'repoint-woken-wake-on-1',
      'repoint-woken-wake-on-2',
    ])
    expect(rules.map(({ Properties }) => Properties.Targets[0].Input)).toEqual(Array(2).fill('{"action":"watch"}'))
    const [others, own] = rules.map(({ Properties }) => Properties.EventPattern)
    expect(matchesPattern(others, anEvent('cluster', 'RDS-EVENT-0073', `${home}:cluster:ledger`))).toBe(true)
    expect(matchesPattern(others, anEvent('cluster', 'RDS-EVENT-0073', `${home}:cluster:other`))).toBe(false)
    expect(own).toEqual(cutover)
  })
})
