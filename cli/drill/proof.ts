import { setTimeout as delay } from 'node:timers/promises'
import type { Dns } from '../../functions/reconciler/ports.ts'
import { blocksHosts } from '../../infra/app/settings/engines.ts'
import {
  type Finding,
  findingsOf,
  isAgainst,
  type Judgement,
  notice,
  ok,
  problem,
  unknown,
  warning,
} from '../checks/finding.ts'
import { exitCodes } from '../exit-codes.ts'
import { classify, type ErrorKind, isHarmful, remedies } from '../facts/client/errors.ts'
import type { Writing } from '../facts/client/sql-attempt.ts'
import { endSocket, openTcp } from '../facts/client/tcp.ts'
import { CliError, messageOf } from '../failure.ts'
import { showAgainst } from '../text/findings.ts'
import type { Door } from './door.ts'
import type { DrillPlan } from './intent.ts'
import type { Prober } from './prober.ts'
import { type Probe, probesOf } from './probers.ts'
import { prepareWritings, readBack } from './writings.ts'

/** What a drill measures with has to have worked before anything is caused: a wrong password is no outage. */

const name = 'probes'

/** Attempts that may fail for another reason than the one that counts are made again. */
const attempts = 3
const pauseMs = 500
const isWorthAgain = (kind: ErrorKind): boolean => ['timeout', 'connection reset', 'connection refused'].includes(kind)

export interface Proof {
  readonly findings: readonly Finding[]
  /** Without the endpoint where that cannot be reached from here: its figures are for comparison alone. */
  readonly plan: DrillPlan
}

/** One attempt of every client, a real INSERT where a write table is given. Nothing stays behind. */
export const proveProbes = async (wanted: DrillPlan, dns: Dns, probes = probesOf): Promise<Proof> => {
  const beyond = await whyBeyond(wanted, dns)
  const plan = beyond === undefined ? wanted : { ...wanted, probesEndpoint: false }
  const noEndpoint =
    beyond === undefined
      ? []
      : [
          warning(
            `The endpoint cannot be reached from here, so it is not probed: ${beyond}.`,
            'Run the drill where it can be reached to have its figures for comparison.',
          ),
        ]
  return { findings: findingsOf(name, [...noEndpoint, ...(await proveEach(plan, dns, probes))]), plan }
}

/** Why the endpoint is out of reach from here; `undefined` where a connection to it opens. */
const whyBeyond = async (plan: DrillPlan, dns: Dns): Promise<string | undefined> => {
  const { probesEndpoint, database, detours, timeoutMs } = plan
  if (!probesEndpoint) return undefined
  try {
    const place = { host: database.endpoint, port: database.port }
    endSocket(await openTcp({ place, dns, detours, timeoutMs }))
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

const proveEach = async (plan: DrillPlan, dns: Dns, clientsOf: typeof probesOf): Promise<readonly Judgement[]> => {
  const { table, createsTable } = plan.sql ?? {}
  // A table that is created later cannot be written to now.
  const isLater = table !== undefined && createsTable === true
  let writings: ReadonlyMap<Door, Writing> = new Map()
  const found: Judgement[] = []
  if (isLater)
    found.push(
      notice(`The INSERT into ${table} is tried once the drill has created the table, before it causes anything.`),
    )
  else {
    try {
      writings = await prepareWritings(plan, dns)
    } catch (error) {
      found.push(failed(`The table ${table} cannot be read`, error, plan))
    }
  }
  const probes = clientsOf({ plan, dns, writings })
  // One after the other: what harms MySQL at the first attempt is not made worse by the others.
  let hasHarmed = false
  for (const probe of probes) {
    if (hasHarmed) {
      found.push(unknown(`${titleOf(probe)} was not tried.`, 'Fix the probe that failed, then check again.'))
      continue
    }
    const error = await failureOf(probe, plan)
    hasHarmed = error !== undefined && blocksHosts(plan.database.engine) && isHarmful(classify(error))
    found.push(error === undefined ? ok(`${titleOf(probe)} works.`) : failed(`${titleOf(probe)} fails`, error, plan))
  }
  for (const { close } of probes) close?.()
  for (const writing of writings.values()) await readBack(plan, dns, writing)
  return found
}

/** The last error, where no attempt worked. */
const failureOf = async (probe: Probe, plan: DrillPlan): Promise<unknown> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await probe.attempt()
      return undefined
    } catch (error) {
      if (attempt >= attempts || !isWorthAgain(classify(error))) return error
      await delay(pauseMs, undefined, { signal: plan.context.signal })
    }
  }
}

/** While somebody else causes a failover, a probe may fail because it has begun; a harmful one is never let on. */
const failed = (what: string, error: unknown, { isWatching }: DrillPlan): Judgement => {
  const kind = classify(error)
  const judge = isWatching && !isHarmful(kind) ? warning : problem
  return judge(`${what}: ${messageOf(error)}.`, remedies[kind])
}

const titleOf = ({ about, place, door }: Pick<Probe, 'about' | 'place' | 'door'>): string =>
  `${about.name}, ${door === undefined ? 'at the endpoint' : `through ${door.name}`} (${place.host}:${place.port})`

/** A prober, and what it comes through; without one it connects straight to the endpoint. */
export interface Proving extends Prober {
  readonly door?: Pick<Door, 'name'>
}

export interface Awaiting {
  /** What is not done where the proof fails, in a sentence without its end. */
  readonly undone: string
  /** What there is to do about that. */
  readonly remedy?: string
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** Three attempts of the slowest probe. */
export const proofLimitMs = ({ timeoutMs, everyMs }: { readonly timeoutMs: number; readonly everyMs: number }) =>
  3 * Math.max(timeoutMs, everyMs) + 2_000

/** No further attempt comes out otherwise, until somebody does something about it. */
const lasting: readonly ErrorKind[] = [
  'login refused',
  'unsupported login method',
  'no credentials',
  'not trusted',
  'clock',
]

const isHopeless = ({ hasStopped, examples }: Proving): boolean =>
  hasStopped() || lasting.some(kind => examples.has(kind))

/**
 * Until every prober has had its first success. @throws CliError with exit code 5 where one has none in time, or will
 * have none; nothing has been caused then.
 */
export const awaitProof = async (probers: readonly Proving[], awaiting: Awaiting): Promise<void> => {
  const { limitMs, signal } = awaiting
  const endMs = performance.now() + limitMs
  for (;;) {
    const left = probers.filter(({ hasWorked }) => !hasWorked())
    if (left.length === 0) return
    const hopeless = left.filter(isHopeless)
    if (hopeless.length > 0) throw notProved(hopeless, awaiting)
    if (performance.now() > endMs) throw notProved(left, awaiting)
    await delay(50, undefined, { signal })
  }
}

const notProved = (left: readonly Proving[], { undone, remedy }: Awaiting): CliError => {
  const findings = findingsOf(name, left.map(judgeSilent)).filter(isAgainst)
  const lines = [
    `${undone}: not every probe has worked before.`,
    showAgainst(findings),
    ...(remedy === undefined ? [] : [remedy]),
  ]
  return new CliError(lines.join('\n'), exitCodes.refused)
}

const judgeSilent = ({ about, examples, door }: Proving): Judgement => {
  const where = door === undefined ? 'at the endpoint' : `through ${door.name}`
  const [example] = [...examples].toReversed()
  if (example === undefined) return problem(`${about.name}, ${where}: no answer yet.`, remedies.timeout)
  const [kind, message] = example
  return problem(`${about.name}, ${where}: ${message}.`, remedies[kind])
}
