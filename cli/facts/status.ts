import type { Config } from '../../functions/reconciler/config.ts'
import type { DoorView, Sighting } from '../../functions/reconciler/core/model.ts'
import { isSameTarget } from '../../functions/reconciler/core/model.ts'
import { outcomeOf } from '../../functions/reconciler/core/reasons.ts'
import { remedies } from '../../functions/reconciler/core/remedies.ts'
import { candidateOf, isSameSet } from '../../functions/reconciler/core/settle.ts'
import { failureOf, type Inspection, inspect } from '../../functions/reconciler/inspect.ts'
import { createMemory } from '../../functions/reconciler/memory.ts'
import { createObserver } from '../../functions/reconciler/observe.ts'
import { nothingRemembered } from '../../functions/reconciler/observe-doors.ts'
import type { Ports } from '../../functions/reconciler/ports.ts'
import { begin } from '../../functions/reconciler/progress.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import type { AlarmState } from './alarms.ts'
import { attempt } from './attempt.ts'
import type { DatabaseStatus, DoorStatus } from './database-status.ts'
import { readDeployed } from './deployed.ts'
import { type Gathered, known } from './gathered.ts'
import { type LoggedReport, patterns, readReports, registeredAt } from './log-reports.ts'
import { createPorts } from './reconciler-ports.ts'
import { readWake } from './wake.ts'

export interface Question {
  readonly clients: Clients
  readonly signal: AbortSignal
  readonly database: DatabaseSettings
  readonly nowMs: number
  /** How far back to look for the last repoint, in milliseconds. */
  readonly lookBackMs: number
  readonly readAlarms: () => Promise<readonly AlarmState[]>
  /** Instead of the function's: where its name means something else here. */
  readonly dnsServers?: readonly string[]
}

/** The schedule's runs of this long are evidence of where the writer is. */
const evidenceMs = 10 * 60_000

/**
 * How one database stands: read, never written, by the same functions that decide in the deployed code. The function's
 * own looks of the last minutes are the evidence, with one more look from here.
 *
 * @throws when the function's configuration or a target group cannot be read; anything less is told as a part unknown.
 */
export const gatherStatus = async (question: Question): Promise<DatabaseStatus> => {
  const { clients, database, nowMs, lookBackMs, signal } = question
  const deployed = await readDeployed(clients, database)
  const { dnsServers = deployed.dnsServers } = question
  const config = { ...deployed, dnsServers: [...dnsServers] }
  // The function's own looks of the last minutes are evidence for ours.
  const recent = await attempt(() =>
    readReports(clients, database, { pattern: patterns.everything, sinceMs: nowMs - evidenceMs }),
  )
  const earlier = recent.kind === 'known' ? recent.value.flatMap(it => sightingOf(it, config)) : []
  const [ports, notable, wake, alarms] = await Promise.all([
    createPorts({ clients, config, signal }),
    attempt(() => readReports(clients, database, { pattern: patterns.notable, sinceMs: nowMs - lookBackMs })),
    attempt(() => readWake(clients, database, nowMs)),
    attempt(question.readAlarms),
  ])
  const isPaused = wake.kind === 'known' && wake.value.pause !== undefined
  const { look, steps, verdict } = await lookOnce(config, ports, { earlier, isPaused })
  const { reason } = verdict
  const remedy = remedies[reason]
  return {
    database: database.id,
    kind: config.database.kind,
    account: database.env.account,
    region: clients.region,
    endpoint: config.database.endpoint,
    outcome: outcomeOf(reason),
    reason,
    ...(remedy && { remedy }),
    writer: look.writer,
    answer: look.sighting.answer,
    evidence: agreement(look.sightings),
    frontDoors: look.doors.map(door => doorStatus(door, notable)),
    plan: steps,
    policies: config.policies,
    lastRun: mapped(recent, reports => reports.at(-1)),
    lastRepoint: mapped(notable, reports => reports.findLast(({ report }) => report.outcome === 'repointed')),
    lookedBackMs: lookBackMs,
    wake,
    alarms,
  }
}

/**
 * One look by the reconciler's own inspection. It writes nothing: what is to be done is withheld, by the pause where
 * there is one. @throws when a front door cannot be read.
 */
const lookOnce = async (
  config: Config,
  ports: Ports,
  { earlier, isPaused }: { readonly earlier: readonly Sighting[]; readonly isPaused: boolean },
): Promise<Inspection> => {
  const { clock } = ports
  const nowMs = clock.now()
  const inspection = await inspect(begin({ invokedMs: nowMs, startMs: nowMs, isEvent: false }), {
    observer: createObserver(config, ports, { ...createMemory(), sightings: earlier }),
    trigger: { kind: 'plan' },
    config,
    clock,
    policies: [...(isPaused ? ['paused' as const] : []), 'dry-run', ...config.policies],
    ages: nothingRemembered,
  })
  const failure = failureOf(inspection.look)
  if (failure !== undefined) throw failure
  return inspection
}

/** What the function saw at the end of a run, as a look of ours. */
const sightingOf = ({ atMs, report }: LoggedReport, config: Config): readonly Sighting[] => {
  const { writer } = report
  if (!('addresses' in writer)) return []
  const answer = {
    kind: 'addresses',
    addresses: writer.addresses,
    ttlSeconds: 0,
    chain: [config.database.endpoint],
  } as const
  return [{ atMs, answer }]
}

const agreement = (sightings: readonly Sighting[]): DatabaseStatus['evidence'] => {
  const answered = sightings.filter(({ answer }) => answer.kind === 'addresses')
  const last = answered.at(-1)
  if (last === undefined) return { looks: 0, overMs: 0 }
  const begin = answered.findLastIndex(it => !isSameSet(candidateOf(it), candidateOf(last))) + 1
  return { looks: answered.length - begin, overMs: last.atMs - (answered[begin]?.atMs ?? last.atMs) }
}

const doorStatus = (door: DoorView, notable: Gathered<readonly LoggedReport[]>): DoorStatus => ({
  ...door,
  registrations: door.registrations.map(registration => {
    const registered =
      notable.kind === 'known'
        ? notable.value.findLast(({ report }) =>
            report.stepsDone.some(
              step =>
                step.kind === 'register' &&
                step.targetGroupArn === door.targetGroupArn &&
                step.targets.some(target => isSameTarget(target, registration)),
            ),
          )
        : undefined
    return { ...registration, ...(registered && { registeredAtMs: registeredAt(registered) }) }
  }),
})

const mapped = <A, B>(fact: Gathered<A>, map: (value: A) => B): Gathered<B> =>
  fact.kind === 'known' ? known(map(fact.value)) : fact
