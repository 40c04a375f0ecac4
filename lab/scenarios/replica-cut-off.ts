import type { Cloud } from '../cloud/cloud.ts'
import { clusterOf } from './cluster.ts'
import { registeredWithin, reported } from './expectations.ts'
import type { RunRecord, Scenario } from './scenario.ts'

/** What becomes of commits when the replication to the reader is cut, and the writer fails afterwards. */

const engines = ['postgres', 'mariadb'] as const

const play = async (cloud: Cloud): Promise<void> => {
  await cloud.storage.cutReplication?.()
  cloud.timeline.record('rds', 'The replication to the reader is cut')
  await cloud.time.sleep(20_000)
  await clusterOf(cloud).failover()
}

const followed = (record: RunRecord) => [...registeredWithin(record, 3_000), reported(record, 'failover-followed')]

/** The one way in which a failover loses what was acknowledged: nobody had a copy of it. */
export const replicaCutOff: Scenario = {
  name: 'replica-cut-off',
  database: 'cluster',
  needs: { engines, replication: 'asynchronous' },
  losesWrites: true,
  promise:
    'Replication is asynchronous and is cut before the failover: what the old writer acknowledged since then is lost, and the check counts it.',
  play,
  expectations: followed,
}

export const commitsWait: Scenario = {
  name: 'commits-wait',
  database: 'cluster',
  needs: { engines, replication: 'synchronous' },
  promise:
    'Replication is synchronous and is cut before the failover: commits hang until the failover, and nothing that was acknowledged is lost.',
  play,
  expectations: record => {
    const cut = record.moments.find(({ what }) => what === 'The replication to the reader is cut')
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
