import type { Cloud } from '../cloud/cloud.ts'
import type { AuroraCluster } from '../database/aurora-cluster.ts'
import { delays } from '../delays.ts'
import { keepsOldUntil, nothingWritten, outageAtMost, registeredWithin, reported } from './expectations.ts'
import { accepted, dnsFlips, momentOf, seconds, shownTargets, stateChanges } from './run-queries.ts'
import type { RunRecord, Scenario } from './scenario.ts'

/** Scenarios on an Aurora cluster, whose old writer comes back as a reader. */

export const clusterOf = (cloud: Cloud): AuroraCluster => {
  if (cloud.database.kind !== 'cluster') throw new Error(`this scenario plays on a cluster, not on an ${cloud.kind}`)
  return cloud.database
}

export const auroraFailover: Scenario = {
  name: 'aurora-failover',
  database: 'cluster',
  promise: 'The old writer comes back as a reader that health checks like: it is removed all the same.',
  play: cloud => clusterOf(cloud).failover(),
  expectations: record => {
    const old = record.firstTargets[0] ?? ''
    const left = stateChanges(record).find(({ target, state }) => target === old && state === 'draining')
    return [
      ...registeredWithin(record, 3_000),
      {
        what: 'the old writer is removed although its health check passes',
        holds: left?.from === 'healthy',
        found: left ? `it was ${left.from}` : 'it was not removed',
      },
      reported(record, 'failover-followed'),
      outageAtMost(record, record.registrationMs / 1_000 + 50),
    ]
  },
}

export const flappingDns: Scenario = {
  name: 'flapping-dns',
  database: 'cluster',
  promise:
    'The cluster endpoint alternates between both writers for 25 s: nothing is lost, and it ends on the new one.',
  play: cloud => clusterOf(cloud).failover({ flapping: true }),
  expectations: record => [
    ...registeredWithin(record, 3_000),
    keepsOldUntil(record),
    reported(record, 'failover-followed'),
  ],
}

/** Members in target groups of their own, or at a front door for readers. */

/**
 * The failover itself, the time until the RDS API agrees with DNS (weights are for a settled writer alone), and the time
 * until the data plane follows: nothing of it is a registration.
 */
const weightedOutageSeconds = (delays.auroraDnsFlip.value + delays.nlbWeightChange.value) / 1000 + 30

/** The RDS API names the new writer late, and is asked every few seconds. */
const mostSettlingMs = delays.auroraWriterFlagLag.value - delays.auroraDnsFlip.value + 10_000

export const auroraWeighted: Scenario = {
  name: 'aurora-weighted',
  database: 'cluster',
  frontDoor: 'weighted',
  promise: 'Each member stands in a target group of its own: one call gives the weight to the new writer.',
  play: cloud => clusterOf(cloud).failover(),
  expectations: record => {
    const changes = accepted(record, 'ModifyListener')
    const [flip] = dnsFlips(record)
    const tookMs = flip && changes[0] ? changes[0].atMs - flip.atMs : undefined
    return [
      {
        what: `one call changes the weights, within ${seconds(mostSettlingMs)} of the DNS change`,
        holds: changes.length === 1 && tookMs !== undefined && tookMs <= mostSettlingMs,
        found: `${changes.length} calls${tookMs === undefined ? '' : `, after ${seconds(tookMs)}`}`,
      },
      nothingWritten(record),
      reported(record, 'failover-followed'),
      outageAtMost(record, weightedOutageSeconds),
    ]
  },
}

export const auroraReader: Scenario = {
  name: 'aurora-reader',
  database: 'cluster',
  frontDoor: 'reader',
  promise: 'The promoted reader leaves the front door for readers, and the old writer joins it.',
  play: cloud => clusterOf(cloud).failover(),
  expectations: record => [readersInTheEnd(record), reported(record, 'failover-followed')],
}

const readersInTheEnd = ({ readers = [], writerIp, firstTargets }: RunRecord) => {
  const live = readers.filter(({ state }) => state !== 'draining')
  return {
    what: 'the old writer alone is registered for readers in the end, and healthy',
    holds:
      live.length === 1 &&
      live[0]?.ip !== writerIp &&
      live[0]?.state === 'healthy' &&
      firstTargets.includes(`${live[0].ip}:${live[0].port}`),
    found: shownTargets(live),
  }
}

/** What becomes of commits when the replication to the reader is cut, and the writer fails afterwards. */

const replicationCut = 'The replication to the reader is cut'

const realServers = ['postgres', 'mariadb'] as const

const cutAndFail = async (cloud: Cloud): Promise<void> => {
  await cloud.storage.cutReplication?.()
  cloud.timeline.record('rds', replicationCut)
  await cloud.time.sleep(20_000)
  await clusterOf(cloud).failover()
}

const followed = (record: RunRecord) => [...registeredWithin(record, 3_000), reported(record, 'failover-followed')]

/** The one way in which a failover loses what was acknowledged: nobody had a copy of it. */
export const replicaCutOff: Scenario = {
  name: 'replica-cut-off',
  database: 'cluster',
  needs: { engines: realServers, replication: 'asynchronous' },
  losesWrites: true,
  promise:
    'Replication is asynchronous and is cut before the failover: what the old writer acknowledged since then is lost, and the check counts it.',
  play: cutAndFail,
  expectations: followed,
}

export const commitsWait: Scenario = {
  name: 'commits-wait',
  database: 'cluster',
  needs: { engines: realServers, replication: 'synchronous' },
  promise:
    'Replication is synchronous and is cut before the failover: commits hang until the failover, and nothing that was acknowledged is lost.',
  play: cutAndFail,
  expectations: record => {
    const cut = momentOf(record, replicationCut)
    const hung = record.moments.find(
      ({ what, atMs, fields }) =>
        what === 'The application fails' && fields.error === 'timeout' && cut !== undefined && atMs >= cut.atMs,
    )
    const began = record.moments.find(({ lane, fields }) => lane === 'rds' && fields.eventId === 'RDS-EVENT-0073')
    return [
      {
        what: 'commits hang before the failover, since no copy of them comes to be',
        holds: hung !== undefined && began !== undefined && hung.atMs < began.atMs,
        found: `${record.client.errorsByKind.timeout ?? 0} timeout`,
      },
      ...followed(record),
    ]
  },
}
