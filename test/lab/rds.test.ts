import { beforeEach, describe, expect, it } from 'vitest'
import { type AuroraCluster, createAuroraCluster } from '../../lab/database/aurora-cluster.ts'
import { createMultiAzInstance, type MultiAzInstance } from '../../lab/database/multi-az-instance.ts'
import type { RdsEvent } from '../../lab/database/rds-event.ts'
import { resolveIn } from '../../lab/dns/zone.ts'
import type { DatabaseNode } from '../../lab/model.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { aNode } from './a-node.ts'
import { type ManualTime, manualTime } from './manual-time.ts'

let time: ManualTime
let events: RdsEvent[]
const eventIds = () => events.map(event => event.detail.EventID)
const emit = (event: RdsEvent) => void events.push(event)

beforeEach(() => {
  time = manualTime()
  events = []
})

describe('a Multi-AZ instance', () => {
  const endpoint = 'orders.abc123.eu-west-1.rds.amazonaws.com'
  let a: DatabaseNode
  let b: DatabaseNode
  let green: readonly [DatabaseNode, DatabaseNode]
  let database: MultiAzInstance
  const addresses = () => resolveIn([database.zoneView], endpoint)?.addresses
  const shown = () => database.rdsView.instances()[0]

  beforeEach(() => {
    a = aNode('10.0.1.10', 'writer')
    b = aNode('10.0.2.20', 'silent')
    green = [aNode('10.0.3.31', 'silent'), aNode('10.0.1.31', 'silent')]
    const hosts = [
      { node: a, zone: 'eu-west-1a' },
      { node: b, zone: 'eu-west-1b' },
    ] as const
    database = createMultiAzInstance({
      id: 'orders',
      engine: 'postgres',
      endpoint,
      hosts,
      green: [
        { node: green[0], zone: 'eu-west-1c' },
        { node: green[1], zone: 'eu-west-1a' },
      ],
      keepsBlue: true,
      time,
      timeline: startTimeline(time),
      emit,
    })
  })

  it('fails over as observed: silence, 0013, new host, 0006, DNS, 0049', async () => {
    const done = database.failover()
    await time.advance(5_000)
    expect([a.role, b.role, eventIds()]).toEqual(['fenced', 'silent', ['RDS-EVENT-0013']])
    await time.advance(6_000)
    expect([b.role, eventIds().at(-1), addresses()]).toEqual(['writer', 'RDS-EVENT-0006', ['10.0.1.10']])
    await time.advance(4_000)
    expect([addresses(), eventIds()]).toEqual([['10.0.2.20'], ['RDS-EVENT-0013', 'RDS-EVENT-0006']])
    await time.advance(6_000)
    await done
    expect(eventIds().at(-1)).toBe('RDS-EVENT-0049')
  })

  it('shows the new zone minutes later than the failover', async () => {
    const done = database.failover()
    await time.advance(60_000)
    await done
    expect([shown()?.zone, shown()?.status, a.role]).toEqual(['eu-west-1a', 'available', 'silent'])
    await time.advance(240_000)
    expect(shown()?.zone).toBe('eu-west-1b')
  })

  it('can change its DNS long after the completed event', async () => {
    const done = database.failover({ dnsFlipMs: 45_000 })
    await time.advance(30_000)
    expect([eventIds().at(-1), addresses()]).toEqual(['RDS-EVENT-0049', ['10.0.1.10']])
    await time.advance(20_000)
    await done
    expect(addresses()).toEqual(['10.0.2.20'])
  })

  it('switches blue/green over: both silent, green writes while the name still leads to blue, then the rename', async () => {
    const done = database.switchOver()
    await time.advance(1_000)
    expect([a.role, green[0].role, eventIds()]).toEqual(['silent', 'silent', ['RDS-EVENT-0247', 'RDS-EVENT-0250']])
    await time.advance(10_000)
    expect([a.role, green[0].role, addresses()]).toEqual(['reader', 'writer', ['10.0.1.10']])
    await time.advance(30_000)
    expect([addresses(), eventIds().at(-1)]).toEqual([['10.0.3.31'], 'RDS-EVENT-0251'])
    await time.advance(30_000)
    await done
    expect([eventIds().at(-1), shown()?.status]).toEqual(['RDS-EVENT-0248', 'available'])
  })

  it('names the database of a switchover in the text alone, as a deployment of its own', async () => {
    const done = database.switchOver()
    await time.advance(70_000)
    await done
    for (const event of events) {
      expect(event['detail-type']).toBe('RDS Blue Green Deployment Event')
      expect(event.detail.SourceIdentifier).toMatch(/^bgd-/)
      expect(event.resources).not.toContain('arn:aws:rds:eu-west-1:111122223333:db:orders')
    }
    expect(events[2]?.detail.Message).toBe(
      'Switchover from primary orders to orders-green-1a2b31 completed. Renamed orders to orders-old1 and orders-green-1a2b31 to orders.',
    )
  })

  it('switches back to other environments, and fails over within the new one', async () => {
    for (let count = 0; count < 2; count++) {
      const done = database.switchOver()
      await time.advance(70_000)
      await done
    }
    expect([a.role, green[0].role, addresses()]).toEqual(['writer', 'reader', ['10.0.1.10']])
    const done = database.failover()
    await time.advance(30_000)
    await done
    expect([b.role, addresses()]).toEqual(['writer', ['10.0.2.20']])
  })

  it('fails over by itself when its writer’s zone is lost, and has no standby until the zone is back', async () => {
    const done = database.loseZone('eu-west-1a')
    await time.advance(9_000)
    expect([a.role, eventIds()]).toEqual(['fenced', []])
    await time.advance(100_000)
    await done
    expect([a.role, b.role, addresses(), eventIds()[0]]).toEqual(['fenced', 'writer', ['10.0.2.20'], 'RDS-EVENT-0013'])
    await database.restoreZone('eu-west-1a')
    expect([a.role, b.role]).toEqual(['silent', 'writer'])
  })

  it('goes on where it is when the standby’s zone is lost', async () => {
    await database.loseZone('eu-west-1b')
    await time.advance(100_000)
    expect([a.role, b.role, addresses(), eventIds()]).toEqual(['writer', 'fenced', ['10.0.1.10'], []])
  })

  it('fails back to where it was', async () => {
    for (let count = 0; count < 2; count++) {
      const done = database.failover()
      await time.advance(30_000)
      await done
    }
    expect([a.role, addresses()]).toEqual(['writer', ['10.0.1.10']])
    await time.advance(60_000)
    expect([a.role, b.role]).toEqual(['writer', 'silent'])
  })

  it('restarts on the same address', async () => {
    const done = database.rebootWithoutFailover()
    await time.advance(1_000)
    expect(a.role).toBe('silent')
    await time.advance(12_000)
    await done
    expect([a.role, addresses(), eventIds()]).toEqual(['writer', ['10.0.1.10'], ['RDS-EVENT-0004', 'RDS-EVENT-0006']])
  })

  it('sends events of the real shape', async () => {
    const done = database.failover()
    await time.advance(30_000)
    await done
    expect(events[0]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'RDS DB Instance Event',
      source: 'aws.rds',
      account: '111122223333',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'eu-west-1',
      resources: ['arn:aws:rds:eu-west-1:111122223333:db:orders'],
      detail: {
        EventCategories: ['failover'],
        SourceType: 'DB_INSTANCE',
        SourceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
        Date: expect.stringMatching(/\.\d{3}Z$/),
        Message: 'Multi-AZ instance failover started.',
        SourceIdentifier: 'orders',
        EventID: 'RDS-EVENT-0013',
      },
    })
  })

  it('stops where it is when the lab closes', async () => {
    const done = database.failover()
    await time.advance(1_000)
    await database.close()
    await expect(done).rejects.toThrow('closing')
  })
})

describe('an Aurora cluster', () => {
  const endpoint = 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com'
  let one: DatabaseNode
  let two: DatabaseNode
  let cluster: AuroraCluster
  const addresses = () => resolveIn([cluster.zoneView], endpoint)?.addresses
  const writerFlag = () => cluster.rdsView.clusters()[0]?.members.find(member => member.isWriter)?.instanceId

  beforeEach(() => {
    one = aNode('10.0.1.11', 'writer')
    two = aNode('10.0.2.22', 'reader')
    const member = (id: string, node: DatabaseNode, zone: string) => ({
      id,
      node,
      zone,
      endpoint: `${id}.abc123.eu-west-1.rds.amazonaws.com`,
    })
    cluster = createAuroraCluster({
      id: 'orders',
      engine: 'postgres',
      endpoint,
      readerEndpoint: 'orders.cluster-ro-abc123.eu-west-1.rds.amazonaws.com',
      members: [member('orders-1', one, 'eu-west-1a'), member('orders-2', two, 'eu-west-1b')],
      time,
      timeline: startTimeline(time),
      emit,
    })
  })

  it("names the writer's instance in a CNAME", () => {
    const chain = resolveIn([cluster.zoneView], endpoint)?.records.map(({ name, record }) => [name, record.type])
    expect(chain).toEqual([
      [endpoint, 'CNAME'],
      ['orders-1.abc123.eu-west-1.rds.amazonaws.com', 'A'],
    ])
  })

  it('brings the old writer back as a reader on its address', async () => {
    const done = cluster.failover()
    await time.advance(9_000)
    expect([one.role, two.role]).toEqual(['silent', 'starting'])
    await time.advance(17_000)
    await done
    expect([one.role, two.role, addresses()]).toEqual(['reader', 'writer', ['10.0.2.22']])
    expect(cluster.writer().id).toBe('orders-2')
  })

  it('sends cluster and instance events in the observed order', async () => {
    const done = cluster.failover()
    await time.advance(30_000)
    await done
    expect(events.map(event => [event.detail.EventID, event.detail.SourceIdentifier])).toEqual([
      ['RDS-EVENT-0073', 'orders'],
      ['RDS-EVENT-0004', 'orders-2'],
      ['RDS-EVENT-0006', 'orders-2'],
      ['RDS-EVENT-0006', 'orders-1'],
      ['RDS-EVENT-0071', 'orders'],
    ])
    expect(events.at(-1)?.detail).toMatchObject({
      SourceType: 'CLUSTER',
      Message: expect.stringMatching(/: orders-2$/),
    })
  })

  it('keeps naming the old writer in the API for a while', async () => {
    const done = cluster.failover()
    await time.advance(26_000)
    await done
    expect([addresses(), writerFlag()]).toEqual([['10.0.2.22'], 'orders-1'])
    await time.advance(5_000)
    expect(writerFlag()).toBe('orders-2')
  })

  it('can flap between both writers before it stays on the new one', async () => {
    const done = cluster.failover({ flapping: true })
    const seen: string[] = []
    for (let second = 0; second < 60; second++) {
      await time.advance(1_000)
      const now = addresses()?.[0] ?? ''
      if (now !== seen.at(-1)) seen.push(now)
    }
    await done
    expect(seen.length).toBeGreaterThanOrEqual(5)
    expect(seen.at(-1)).toBe('10.0.2.22')
  })

  it('cannot fail over to its writer', async () => {
    await expect(cluster.failover({ to: 'orders-1' })).rejects.toThrow('cannot become the writer')
  })
})
