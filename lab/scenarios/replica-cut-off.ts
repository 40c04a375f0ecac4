import { clusterOf } from './cluster.ts'
import { registeredWithin, reported } from './expectations.ts'
import type { Scenario } from './scenario.ts'

/** The one way in which a failover loses what was acknowledged: nobody had a copy of it. */
export const replicaCutOff: Scenario = {
  name: 'replica-cut-off',
  database: 'cluster',
  needs: { engine: 'postgres', replication: 'asynchronous' },
  losesWrites: true,
  promise:
    'Replication is asynchronous and is cut before the failover: what the old writer acknowledged since then is lost, and the check counts it.',
  play: async cloud => {
    await cloud.storage.cutReplication?.()
    cloud.timeline.record('rds', 'The replication to the reader is cut')
    await cloud.time.sleep(20_000)
    await clusterOf(cloud).failover()
  },
  expectations: record => [...registeredWithin(record, 3_000), reported(record, 'failover-followed')],
}
