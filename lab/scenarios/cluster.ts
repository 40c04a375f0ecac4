import type { Cloud } from '../cloud/cloud.ts'
import type { AuroraCluster } from '../database/aurora-cluster.ts'
import { keepsOldUntil, outageAtMost, registeredWithin, reported } from './expectations.ts'
import { stateChanges } from './run-queries.ts'
import type { Scenario } from './scenario.ts'

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
