import { delays } from '../delays.ts'
import { clusterOf } from './cluster.ts'
import { nothingWritten, outageAtMost, reported } from './expectations.ts'
import { accepted, dnsFlips, seconds, shownTargets } from './run-queries.ts'
import type { RunRecord, Scenario } from './scenario.ts'

/** Scenarios on an Aurora cluster whose members stand in target groups of their own, or at a front door for readers. */

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
