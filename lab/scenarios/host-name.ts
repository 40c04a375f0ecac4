import { instanceOf } from '../cloud/blue-green-switchover.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { delays } from '../delays.ts'
import * as fixture from '../fixture.ts'
import type { Closable } from '../model.ts'
import { openFront } from '../nlb/acceptor.ts'
import { hop } from '../nlb/pipe.ts'
import { waitUntil } from '../time.ts'
import { outageAtMost, registeredWithin, reported } from './expectations.ts'
import { accepted, reasonsTold } from './run-queries.ts'
import type { Scenario } from './scenario.ts'

/** Names that RDS knows nothing of: nothing but their owner's own event, and the schedule, says that they move. */

/** What the cluster manager's hook sends, and how long before it moves the name. */
const hook = { Source: 'my.cluster', DetailType: 'failover', Detail: '{}' }
const hookBeforeNameMs = 3_000

export const hostNameMoves: Scenario = {
  name: 'host-name-moves',
  database: 'instance',
  settings: { hostName: { wakeOn: [{ source: [hook.Source], 'detail-type': [hook.DetailType] }] } },
  promise:
    'A host name moves, and its cluster manager says so by an event of its own: the watch is there before the name.',
  play: async ({ bus, ownName, time, ...cloud }) => {
    ownName.pointTo([cloud.writerIp()])
    const failover = instanceOf(cloud).failover()
    await time.sleep(delays.multiAzHostReady.value)
    bus.put(hook)
    await time.sleep(hookBeforeNameMs)
    ownName.pointTo([cloud.writerIp()])
    await failover
  },
  expectations: record => [
    ...registeredWithin(record, 3_000),
    reported(record, 'failover-followed'),
    {
      what: 'no event of RDS wakes the function',
      holds: !record.moments.some(({ what, fields }) => what === 'Event delivered' && fields.eventId !== undefined),
    },
    outageAtMost(record, record.registrationMs / 1_000 + 70),
  ],
}

export const hostNameUnannounced: Scenario = {
  name: 'host-name-unannounced',
  database: 'instance',
  settings: { hostName: { wakeOn: [] } },
  promise:
    'A host name moves and nobody says so, as when Redshift relocates a cluster to another zone: the schedule finds it within its minute.',
  play: async ({ ownName, ...cloud }) => {
    ownName.pointTo([cloud.writerIp()])
    await instanceOf(cloud).failover()
    ownName.pointTo([cloud.writerIp()])
  },
  expectations: record => [
    ...registeredWithin(record, 65_000),
    reported(record, 'drift-corrected'),
    {
      what: 'no event wakes the function',
      holds: !record.moments.some(({ what }) => what === 'Event delivered'),
    },
    outageAtMost(record, record.registrationMs / 1_000 + 130),
  ],
}

/** Proxies in front of the database, each at an address of its own. */
const [first, second, third] = [...fixture.greenHosts, fixture.spareHost]

/** A registration, and what health checks need. */
const patienceMs = 400_000

/** As long as the load balancer may go on to send new connections to a target that has left. */
const drainedMs = delays.nlbDeregistration.value + 30_000

export const hostNameWithAddresses: Scenario = {
  name: 'host-name-with-addresses',
  database: 'instance',
  endsWith: 'addresses',
  settings: { hostName: { wakeOn: [] } },
  promise: 'A name with two addresses replaces one of them: both are registered at any time, and nobody notices.',
  play: async cloud => {
    const proxies = new Map<string, Closable>()
    for (const ip of [first, second, third]) proxies.set(ip, await openProxy(cloud, ip))
    const pointTo = async (addresses: readonly string[]) => {
      cloud.ownName.pointTo(addresses)
      await waitUntil(cloud.time, patienceMs, () => areServed(cloud, addresses))
    }
    await pointTo([first, second])
    cloud.timeline.record('lab', 'A proxy is replaced', { from: first, to: third })
    await pointTo([second, third])
    await cloud.time.sleep(drainedMs)
    await proxies.get(first)?.close()
  },
  expectations: record => [
    {
      what: 'what the name gives is registered, and what it no longer gives is deregistered',
      holds: accepted(record, 'RegisterTargets').length >= 2 && accepted(record, 'DeregisterTargets').length === 2,
      found: reasonsTold(record).join(', '),
    },
    outageAtMost(record, 5),
  ],
}

const areServed = ({ targetGroup }: Cloud, addresses: readonly string[]): boolean => {
  const live = targetGroup.describe().filter(({ state }) => state !== 'draining')
  return live.length === addresses.length && live.every(it => it.state === 'healthy' && addresses.includes(it.ip))
}

const openProxy = ({ network, time, writerIp, storage }: Cloud, ip: string): Promise<Closable> =>
  openFront({
    ...{ network, ip, port: fixture.port },
    accept: client =>
      hop(client, { ip: writerIp(), port: fixture.port }, { network, time, isReachable: storage.isReachable }),
  })
