import type { Dns } from '../../functions/reconciler/ports.ts'
import { blocksHosts } from '../../infra/app/settings/engines.ts'
import { dialectOf } from '../facts/client/credentials.ts'
import { isHarmful } from '../facts/client/errors.ts'
import { attemptFresh, keepSession, type SqlOptions, type Writing } from '../facts/client/sql-attempt.ts'
import { attemptTcp, type Route, tcpName } from '../facts/client/tcp.ts'
import type { Door } from './door.ts'
import type { DrillPlan } from './intent.ts'
import { type Prober, type ProberOptions, startProber } from './prober.ts'

/** One client, and the door that it comes through; without one it connects straight to the endpoint. */
export interface DoorProber extends Prober {
  readonly door?: Door
}

/** How one kind of client attempts, before anything is started. */
export interface Probe extends Pick<ProberOptions, 'attempt'> {
  readonly about: Omit<Prober['about'], 'everyMs' | 'patienceMs'>
  readonly place: Route['place']
  readonly door?: Door
  readonly close?: () => void
}

export interface Probing {
  readonly probers: readonly DoorProber[]
  close(): void
}

export interface ProbingOptions {
  readonly plan: DrillPlan
  readonly dns: Dns
  readonly signal: AbortSignal
  readonly writings: ReadonlyMap<Door, Writing>
}

interface Path {
  readonly path: 'front-door' | 'database'
  readonly route: Route
  readonly door?: Door
}

/** A client of each kind: through each door as consumers come, and straight to the endpoint for comparison. */
export const probesOf = ({ plan, dns, writings }: Omit<ProbingOptions, 'signal'>): readonly Probe[] => {
  const { database, doors, probesEndpoint, detours, timeoutMs } = plan
  const route = (place: Route['place'], own: Dns = dns): Route => ({ place, dns: own, detours, timeoutMs })
  const paths: readonly Path[] = [
    ...doors.map(door => ({ path: 'front-door' as const, route: route(door.place, door.dns), door })),
    ...(probesEndpoint
      ? [{ path: 'database' as const, route: route({ host: database.endpoint, port: database.port }) }]
      : []),
  ]
  return paths.flatMap(path => {
    // Writes take the path that consumers take.
    const rows = path.door && writings.get(path.door)
    const own = [...tcpProbes(plan, path), ...sqlProbes(plan, path, rows)]
    return own.map(it => ({ ...it, place: path.route.place, ...(path.door ? { door: path.door } : {}) }))
  })
}

const tcpProbes = ({ probesTcp, database }: DrillPlan, { path, route }: Path): Omit<Probe, 'place'>[] => {
  if (!probesTcp) return []
  const dialect = dialectOf(database.engine)
  const caveat = dialect === undefined ? ' (whether the database answers is not checked)' : ''
  const name = `${tcpName(dialect)}, a new connection each time${caveat}`
  return [{ about: { id: 'tcp', name, path }, attempt: () => attemptTcp(route, dialect) }]
}

const sqlProbes = ({ sql }: DrillPlan, { path, route }: Path, rows: Writing | undefined): Omit<Probe, 'place'>[] => {
  if (sql === undefined || (path !== 'database' && !sql.throughDoor)) return []
  const options: SqlOptions = { dialect: sql.dialect, target: sql.target, route }
  const fresh = {
    about: { id: 'sql-fresh', name: 'SQL, a new connection each time', path },
    attempt: () => attemptFresh(options, rows),
  }
  if (path === 'database') return [fresh]
  const kept = keepSession(options, rows)
  return [
    fresh,
    {
      about: { id: 'sql-kept', name: 'SQL, one kept connection', path, isSequential: true },
      attempt: kept.attempt,
      close: kept.close,
    },
  ]
}

/** Starts them all. */
export const startProbers = (options: ProbingOptions): Probing => {
  const { plan, signal } = options
  const { everyMs, timeoutMs: patienceMs, context, database } = plan
  const probes = probesOf(options)
  const stopsAt = blocksHosts(database.engine) ? { stopsAt: isHarmful } : {}
  const probers = probes.map(({ about, attempt, door }) => {
    const own = { about: { ...about, everyMs, patienceMs }, attempt, signal, now: context.now, ...stopsAt }
    const prober = startProber(own)
    return door ? { ...prober, door } : prober
  })
  return {
    probers,
    close: () => {
      for (const { close } of probes) close?.()
    },
  }
}
