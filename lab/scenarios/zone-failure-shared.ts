import { instanceOf } from '../cloud/blue-green-switchover.ts'
import { zoneOf } from '../fixture.ts'
import { outageAtMost, registeredWithin, reported } from './expectations.ts'
import type { Expectation, NeighbourRecord, RunRecord, Scenario } from './scenario.ts'
import { besideRegistrationSeconds } from './zone-failure.ts'

const writes = ['RegisterTargets', 'DeregisterTargets', 'ModifyListener']

const showTargets = ({ targets }: Pick<NeighbourRecord, 'targets'>): string =>
  targets.map(({ ip, state }) => `${ip} ${state}`).join(', ') || 'nothing'

const showDown = ({ client }: Pick<NeighbourRecord, 'client'>): string => `${client.longestOutageSeconds} s`

const zoneIn = (address = ''): string => zoneOf(address) ?? ''

const ofEach = (it: NeighbourRecord, record: RunRecord): Expectation[] => {
  const { id, zones, writerIp, targets, client, calls, isApplicationWorking } = it
  const [before, after] = zones
  const live = targets.filter(({ state }) => state !== 'draining' && state !== 'unused')
  const lost = it.writes.lost.length
  const shared: Expectation[] = [
    {
      what: `${id}: its own writer alone is registered in the end, and healthy`,
      holds: live.length === 1 && live[0]?.ip === writerIp && live[0].state === 'healthy',
      found: showTargets(it),
    },
    { what: `${id}: its application works in the end`, holds: isApplicationWorking },
    {
      what: `${id}: no acknowledged write is lost`,
      holds: lost === 0,
      found: `${it.writes.acknowledged} acknowledged, lost: ${lost}`,
    },
  ]
  if (before !== after) {
    const { what, ...judged } = outageAtMost({ ...record, client, isApplicationWorking }, limitSeconds(record))
    return [...shared, { ...judged, what: `${id}: ${what}` }]
  }
  const written = calls.filter(({ action }) => writes.includes(action)).map(({ action }) => action)
  return [
    ...shared,
    {
      what: `${id}: with its writer in another zone, nothing is written and nobody fails`,
      holds: written.length === 0 && client.longestOutageSeconds === 0,
      found: `${written.join(', ') || 'no writes'}, ${client.longestOutageSeconds} s down`,
    },
  ]
}

const limitSeconds = (record: RunRecord): number => record.registrationMs / 1_000 + besideRegistrationSeconds

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
    ['orders', zoneIn(record.firstTargets[0]), zoneIn(record.writerIp), showTargets(record), showDown(record)],
    ...record.neighbours.map(it => [it.id, ...it.zones, showTargets(it), showDown(it)]),
  ],
  expectations: record => [
    ...registeredWithin(record, 3_000),
    reported(record, 'failover-followed'),
    outageAtMost(record, limitSeconds(record)),
    ...record.neighbours.flatMap(it => ofEach(it, record)),
  ],
}
