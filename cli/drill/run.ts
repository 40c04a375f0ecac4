import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings } from '../../infra/settings.ts'
import type { Context } from '../context.ts'
import { explain } from '../explain.ts'
import { createPorts } from '../ports.ts'
import type { Cause } from './cause.ts'
import type { Detours } from './connect-to.ts'
import type { Door } from './door.ts'
import { openJournal } from './journal.ts'
import { startProbers } from './probers.ts'
import type { Seen } from './record.ts'
import { openSession, type Writing } from './sql/client.ts'
import type { Dialect } from './sql/credentials.ts'
import type { SqlTarget } from './sql/session.ts'
import { awaitSteady, type Patience } from './steady.ts'
import { createDnsWatch, createDoorWatch } from './watch/front-door.ts'
import { poll } from './watch/poll.ts'
import { createRdsWatch } from './watch/rds.ts'
import { createReportWatch } from './watch/reports.ts'

export interface DrillPlan {
  readonly context: Context
  readonly database: DatabaseSettings
  readonly config: Config
  readonly cause: Cause
  readonly isWatching: boolean
  readonly door: Door
  readonly detours: Detours
  readonly everyMs: number
  readonly timeoutMs: number
  readonly patience: Patience
  readonly probesTcp: boolean
  readonly sql?: {
    readonly dialect: Dialect
    readonly target: SqlTarget
    readonly throughDoor: boolean
    readonly table?: string
    readonly createsTable: boolean
  }
  readonly notes: readonly string[]
}

/** Of normal times before the failover, for comparison. */
const longestPreludeMs = 3_000
const lookEveryMs = { dns: 250, door: 1_000, rds: 2_000, events: 5_000, reports: 5_000 }

/**
 * Probes, causes the failover, watches until it is steady, and tells what it saw. Interrupted, it stops probing and still
 * tells what it saw. @throws when the failover cannot be caused; nothing has happened then.
 */
export const runDrill = async (plan: DrillPlan, say: (text: string) => void): Promise<Seen> => {
  const { context, database, config, cause, door, isWatching, sql } = plan
  const { now, signal } = context
  const clients = context.clientsFor(database)
  const beganMs = now()
  const journal = openJournal(now)
  journal.onMoment(({ lane, what, fields }) => say(`${lane.padEnd(8)} ${what} ${briefly(fields)}`.trimEnd()))
  const ending = new AbortController()
  const stop = AbortSignal.any([signal, ending.signal])
  const ports = await createPorts({ clients, config, signal: stop })
  const writing = sql?.table === undefined ? undefined : await prepareWriting(plan, ports.dns, sql.table)
  const probing = startProbers({ plan, dns: ports.dns, signal: stop, ...(writing && { writing }) })
  const doorWatch = createDoorWatch(config, ports, journal)
  const dnsWatch = createDnsWatch(config, ports, journal)
  const rdsWatch = createRdsWatch(clients, database, { journal, sinceMs: beganMs })
  const reportWatch = createReportWatch(clients, database, { journal, sinceMs: beganMs })
  const told = new Set<string>()
  const onError = (error: unknown) => {
    const { message } = explain(error)
    if (!told.has(message)) say(`could not look: ${message}`)
    told.add(message)
  }
  const watch = (look: () => Promise<void>, everyMs: number) => poll(look, { everyMs, signal: stop, onError })
  const watching = [
    watch(dnsWatch.look, Math.min(lookEveryMs.dns, plan.everyMs)),
    watch(doorWatch.look, lookEveryMs.door),
    watch(rdsWatch.lookAtStatus, lookEveryMs.rds),
    watch(rdsWatch.lookAtEvents, lookEveryMs.events),
    watch(reportWatch.look, lookEveryMs.reports),
  ]
  const finish = async () => {
    ending.abort()
    await Promise.all([...watching, ...probing.probers.map(({ done }) => done)])
    probing.close()
  }

  let causedMs = now()
  let ended: Seen['ending'] = 'interrupted'
  try {
    if (!isWatching) await delay(Math.min(longestPreludeMs, plan.patience.steadyMs), undefined, { signal })
    causedMs = now()
    await cause.act()
    journal.tell('rds', cause.name, {}, { atMs: causedMs })
    const isOver = awaitSteady(plan.patience, causedMs)
    for (;;) {
      const signs = {
        hasBegun:
          dnsWatch.first() !== dnsWatch.last() ||
          (!isWatching && probing.probers.some(it => it.attempts.some(({ error }) => error))),
        clientsWork: probing.probers.every(({ last }) => last() === 'works'),
        isInPlace: doorWatch.isInPlace(),
        status: rdsWatch.status(),
      }
      const over = isOver(now(), signs)
      if (over) {
        ended = over
        break
      }
      await delay(200, undefined, { signal })
    }
    // What came last has not been asked for yet.
    await Promise.all([rdsWatch.lookAtEvents(), reportWatch.look()]).catch(onError)
  } catch (error) {
    if (!signal.aborted) {
      await finish()
      throw error
    }
  }
  const endedMs = now()
  await finish()
  const writes = writing && !signal.aborted ? await readBack(plan, ports.dns, writing).catch(onError) : undefined
  const complaints = probing.probers.flatMap(({ about, examples }) =>
    [...examples].map(([kind, example]) => `${about.name}, ${kind}: ${example}`),
  )
  return {
    database,
    door,
    strategy: config.frontDoors[0]?.strategy ?? 'swap',
    cause: cause.name,
    isWatching,
    beganMs,
    causedMs,
    endedMs,
    ending: ended,
    isInPlace: doorWatch.isInPlace(),
    journal,
    probers: probing.probers,
    reports: reportWatch.reports,
    ...(writes && { writes }),
    notes: [...plan.notes, ...complaints],
  }
}

const briefly = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')

const directSession = (
  { database, detours, timeoutMs, sql }: DrillPlan,
  dns: Parameters<typeof openSession>[0]['route']['dns'],
) => {
  if (sql === undefined) throw new Error('there are no credentials')
  const place = { host: database.endpoint, port: database.port }
  return openSession({ dialect: sql.dialect, target: sql.target, route: { place, dns, detours, timeoutMs } })
}

/** A table is made only when the user said so. @throws when it is not there. */
const prepareWriting = async (
  plan: DrillPlan,
  dns: Parameters<typeof directSession>[1],
  table: string,
): Promise<Writing> => {
  const session = await directSession(plan, dns)
  const run = randomUUID()
  try {
    if (plan.sql?.createsTable) await session.createTable(table)
    await session.numbers(table, run)
  } finally {
    session.close()
  }
  let last = 0
  return { table, run, next: () => ++last, acknowledged: new Set() }
}

/** Compares what was acknowledged with what is there, and takes the rows of this run away. */
const readBack = async (
  plan: DrillPlan,
  dns: Parameters<typeof directSession>[1],
  { table, run, acknowledged }: Writing,
) => {
  const session = await directSession(plan, dns)
  try {
    const stored = new Set(await session.numbers(table, run))
    await session.forget(table, run)
    return { acknowledged: acknowledged.size, lost: [...acknowledged].filter(number => !stored.has(number)).length }
  } finally {
    session.close()
  }
}
