import { pairTag } from '../../functions/reconciler/names.ts'
import { instanceOf } from '../cloud/blue-green-switchover.ts'
import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'
import { waitUntil } from '../time.ts'
import { concluded, nothingWritten, outageAtMost } from './expectations.ts'
import { accepted, momentOf, seconds, stateChanges } from './run-queries.ts'
import type { Scenario } from './scenario.ts'
import { listenAsStranger, strangerMet } from './stranger.ts'

/** Scenarios on a Multi-AZ instance whose two addresses are both registered. */

/**
 * The failover itself, two probes of the new writer, and the time until the data plane follows: nothing of it is a
 * registration.
 */
const standbyOutageSeconds = 75

export const failoverStandby: Scenario = {
  name: 'failover-standby',
  database: 'instance',
  frontDoor: 'standby',
  promise: 'Both addresses stand in the target group: the health check selects, and nothing has to be registered.',
  play: cloud => instanceOf(cloud).failover(),
  expectations: record => [nothingWritten(record), outageAtMost(record, standbyOutageSeconds)],
}

const [, standbyIp] = fixture.hosts.instance

/** A new database takes minutes to come up, and has its address from the start. */
const strangerListensMs = 300_000

export const standbyAddressReused: Scenario = {
  name: 'standby-address-reused',
  database: 'instance',
  frontDoor: 'standby',
  promise:
    "RDS has replaced the standby, and its address is another database's: it is dropped before that one listens.",
  play: async cloud => {
    giveBack(cloud)
    await cloud.time.sleep(strangerListensMs)
    const stranger = await listenAsStranger(cloud, standbyIp)
    await cloud.time.sleep(60_000)
    await stranger.close()
    await waitUntil(cloud.time, 60_000, () => rememberedPair(cloud).includes(fixture.spareHost))
  },
  expectations: record => {
    const dropped = stateChanges(record).find(change => change.target.startsWith(`${standbyIp}:`))
    const remembered = accepted(record, 'AddTags')
    return [
      {
        what: 'the address is deregistered when the schedule has run and the writer is settled',
        holds: dropped !== undefined && dropped.atMs <= 80_000 && ['draining', 'unused'].includes(dropped.state),
        found: dropped ? `${dropped.state} at ${seconds(dropped.atMs)}` : 'never',
      },
      { what: 'the other database is never connected to', holds: momentOf(record, strangerMet) === undefined },
      {
        what: 'the new standby is registered in its place, and remembered',
        holds: remembered.length > 0 && record.targets.some(({ ip }) => ip === fixture.spareHost),
      },
      concluded(record, 'foreign-removed'),
      outageAtMost(record, 0),
    ]
  },
}

/** The standby moves to the spare host; its address is a new database's from now on. */
const giveBack = (cloud: Cloud): void => {
  const { interfaces, storage } = cloud
  const { spareHost, stranger, rdsInterface, zoneOf } = fixture
  const index = interfaces.findIndex(({ ip }) => ip === standbyIp)
  interfaces.splice(
    index,
    1,
    rdsInterface('eni-0lab8', standbyIp, stranger.securityGroupId),
    rdsInterface('eni-0lab2', spareHost, fixture.networkNames.databaseGroup),
  )
  const node = storage.nodeAt(spareHost, fixture.port)
  instanceOf(cloud).replaceStandby({ node, zone: zoneOf(spareHost) ?? '' })
}

const rememberedPair = ({ tags }: Cloud): string => tags.get(fixture.targetGroupArn)?.get(pairTag) ?? ''
