import { phasesBetween } from '../../report/measure.ts'
import type { Check } from '../../report/record/words.ts'
import { type DrillRecord, recordFormat, recordVersion } from '../../report/record.ts'
import { spansOf } from '../../report/spans.ts'
import { delays } from '../delays.ts'
import * as fixture from '../fixture.ts'
import type { Ending, RehearsalResult } from '../rehearsal/rehearsal-result.ts'
import { phraseFor } from '../rehearsal/updater.ts'
import { seconds } from '../scenarios/run-queries.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { invocationsOf, milestonesOf, preludeMs, probesOf, sightsOf } from './story.ts'

/** The record of a rehearsal, in the form that a drill on AWS has. `endedAt` is the wall time of its end. */
export const recordOf = ({ scenario, run, samples, result }: Ending, endedAt: Date): DrillRecord => {
  const { updater, plan, speed, lastedMs } = result
  const kind = scenario.database
  const probes = probesOf(samples)
  const milestones = milestonesOf(run, probes)
  return {
    format: recordFormat,
    version: recordVersion,
    kind: 'rehearsal',
    title: `${scenario.name}, ${phraseFor(updater, plan)}`,
    startedAt: new Date(endedAt.getTime() - lastedMs / speed).toISOString(),
    beganMs: -preludeMs,
    endedMs: Math.round(lastedMs),
    speed,
    cause: `Scenario ${scenario.name}`,
    database: {
      id: 'orders',
      kind,
      engine: run.engineName,
      endpoint: fixture.endpoints[kind],
      port: fixture.port,
      region: fixture.region,
      account: fixture.account,
    },
    frontDoor: {
      kind: 'nlb',
      name: fixture.loadBalancer.name,
      address: fixture.loadBalancer.dnsName,
      strategy: plan === 'reader' ? 'swap' : plan,
      keeper: phraseFor(updater, plan),
    },
    verdict: {
      outcome: updater.kind === 'repoint' ? verdicts[result.outcome] : 'measured',
      sentence: sentenceOf(result),
      checks: result.expectations.map(({ lateMs: _, ...one }): Check => one),
    },
    milestones,
    phases: phasesBetween(milestones, actorOf(updater.kind)),
    probes,
    spans: [...spansOf(sightsOf(run, kind)), ...invocationsOf(run.moments, speed)],
    moments: run.moments.map(one => ({ ...one, atMs: Math.round(one.atMs), fields: { ...one.fields } })),
    reports: run.reports.map(report => ({ ...report })),
    notes: [...notesOf(scenario, speed), ...rowsOf(result.table)],
  }
}

/** What was not judged is measured, and its sentence says so. */
const verdicts = { kept: 'passed', broken: 'failed', 'not-judged': 'measured' } as const

const actorOf = (updater: RehearsalResult['updater']['kind']): string => {
  if (updater === 'repoint') return 'Repoint'
  if (updater === 'nobody') return 'Nobody'
  return updater === 'peer' ? 'The poller' : 'The function'
}

const sentenceOf = ({ scenario, promise, updater, isKept, writes }: RehearsalResult): string => {
  const aim = updater.kind === 'repoint' ? promise : `What the events of the scenario ${scenario} cost.`
  const lost =
    writes.lost.length === 0
      ? 'No acknowledged write was lost.'
      : `${writes.lost.length} acknowledged writes were lost.`
  const broken = isKept || updater.kind !== 'repoint' ? '' : ' This run did not keep the promise.'
  return `${aim} ${lost}${broken}`
}

/** A table as sentences of its own headings, one a row. */
const rowsOf = ([headings = [], ...rows]: NonNullable<RehearsalResult['table']> = []): string[] =>
  rows.map(([name = '', ...cells]) => {
    const shown = cells.flatMap((cell, index) => (cell === '-' ? [] : `${headings[index + 1] ?? ''}: ${cell}`))
    return `${headings[0] ?? ''} ${name}. ${shown.join('; ')}.`
  })

const notesOf = ({ promise }: Scenario, speed: number): string[] => [
  `The promise of this scenario: ${promise}`,
  speed === 1
    ? 'Delays as on AWS.'
    : `Rehearsed ${speed} times faster than AWS; all times are shown as they would be on AWS.`,
  `A registration takes the load balancer ${seconds(delays.nlbRegistration.value)} here (90-300 s on AWS).`,
]
