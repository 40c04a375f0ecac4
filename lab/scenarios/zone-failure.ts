import { instanceOf } from '../cloud/blue-green-switchover.ts'
import { delays } from '../delays.ts'
import { zoneOf } from '../fixture.ts'
import {
  outageAtMost,
  registeredInTheEnd,
  registeredWithin,
  reported,
  worksInTheEnd,
  writesKept,
} from './expectations.ts'
import { shownTargets } from './run-queries.ts'
import type { Expectation, NeighbourRecord, RunRecord, Scenario } from './scenario.ts'

/** Beside the registration: until RDS notices, the failover itself, and what health checks need. */
const besideRegistrationSeconds = delays.zoneLossNoticed.value / 1_000 + 70

const limitSeconds = (record: RunRecord): number => record.registrationMs / 1_000 + besideRegistrationSeconds

export const zoneFailure: Scenario = {
  name: 'zone-failure',
  database: 'instance',
  promise:
    'The writer’s zone is lost: RDS fails over by itself, Repoint follows, and nothing waits for the zone to come back.',
  play: async cloud => {
    const instance = instanceOf(cloud)
    const { zone } = instance.writer()
    await instance.loseZone(zone)
  },
  expectations: record => [
    ...registeredWithin(record, 3_000),
    reported(record, 'failover-followed'),
    {
      what: 'the lost zone does not come back meanwhile',
      holds: !record.moments.some(({ what }) => what === 'The zone answers again'),
    },
    outageAtMost(record, limitSeconds(record)),
  ],
}

const writes = ['RegisterTargets', 'DeregisterTargets', 'ModifyListener']

const showDown = ({ client }: Pick<NeighbourRecord, 'client'>): string => `${client.longestOutageSeconds} s`

const zoneIn = (address = ''): string => zoneOf(address) ?? ''

/** What holds for `orders` holds for each. */
const ofEach = (it: NeighbourRecord, record: RunRecord): Expectation[] => {
  const own = { ...record, ...it }
  const [before, after] = it.zones
  return [
    registeredInTheEnd(own),
    worksInTheEnd(own),
    writesKept(own),
    before === after ? leftAlone(it) : outageAtMost(own, limitSeconds(record)),
  ].map(one => ({ ...one, what: `${it.id}: ${one.what}` }))
}

const leftAlone = ({ calls, client }: NeighbourRecord): Expectation => {
  const written = calls.filter(({ action }) => writes.includes(action)).map(({ action }) => action)
  return {
    what: 'with its writer in another zone, nothing is written and nobody fails',
    holds: written.length === 0 && client.longestOutageSeconds === 0,
    found: `${written.join(', ') || 'no writes'}, ${client.longestOutageSeconds} s down`,
  }
}

/**
 * Three databases on three ports of one load balancer, each with its own function. The zone takes two writers and the
 * standby of the third.
 */
export const zoneFailureShared: Scenario = {
  name: 'zone-failure-shared',
  database: 'instance',
  notOn: {
    engine: 'mariadb',
    why: 'the other databases behind the load balancer are PostgreSQL, which one application speaks',
  },
  hasNeighbours: true,
  promise:
    'Three databases share a load balancer, and a zone with two of their writers is lost: each is followed by its own function, and the third is left alone.',
  play: async cloud => {
    const { zone } = instanceOf(cloud).writer()
    await Promise.all([instanceOf(cloud), ...cloud.neighbours.map(it => it.instance)].map(it => it.loseZone(zone)))
  },
  table: record => [
    ['database', 'writer before', 'in the end', 'registered', 'down'],
    ['orders', zoneIn(record.firstTargets[0]), zoneIn(record.writerIp), shownTargets(record.targets), showDown(record)],
    ...record.neighbours.map(it => [it.id, ...it.zones, shownTargets(it.targets), showDown(it)]),
  ],
  expectations: record => [
    ...registeredWithin(record, 3_000),
    reported(record, 'failover-followed'),
    outageAtMost(record, limitSeconds(record)),
    ...record.neighbours.flatMap(it => ofEach(it, record)),
  ],
}
