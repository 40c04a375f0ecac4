import type { Dns } from '../../functions/reconciler/ports.ts'
import { dialectOf } from '../facts/client/credentials.ts'
import { attemptFresh, keepSession, type Writing } from '../facts/client/sql-attempt.ts'
import { attemptTcp, type Route } from '../facts/client/tcp.ts'
import type { Door } from './door.ts'
import type { DrillPlan } from './intent.ts'
import { type Prober, type ProberOptions, startProber } from './prober.ts'

/** One client, and the door that it comes through; without one it goes straight to the endpoint. */
export interface DoorProber extends Prober {
  readonly door?: Door
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

/** A client of each kind: through each door as consumers come, and straight to the endpoint for comparison. */
export const startProbers = ({ plan, dns, signal, writings }: ProbingOptions): Probing => {
  const { database, doors, probesEndpoint, detours, timeoutMs, everyMs, sql, probesTcp, context } = plan
  const route = (place: Route['place'], own: Dns = dns): Route => ({ place, dns: own, detours, timeoutMs })
  const endpoint = { host: database.endpoint, port: database.port }
  const paths: readonly { path: 'front-door' | 'database'; route: Route; door?: Door }[] = [
    ...doors.map(door => ({ path: 'front-door' as const, route: route(door.place, door.dns), door })),
    ...(probesEndpoint ? [{ path: 'database' as const, route: route(endpoint) }] : []),
  ]
  const closers: (() => void)[] = []
  const start = (about: Omit<Prober['about'], 'everyMs'>, more: Pick<ProberOptions, 'attempt' | 'isSequential'>) =>
    startProber({ about: { ...about, everyMs }, signal, now: context.now, ...more })

  const probers = paths.flatMap(({ path, route: way, door }) => {
    const own: Prober[] = []
    if (probesTcp) {
      own.push(
        start(
          { id: 'tcp', name: 'TCP, a new connection each time', path },
          { attempt: () => attemptTcp(way, dialectOf(database.engine)) },
        ),
      )
    }
    if (sql !== undefined && (path === 'database' || sql.throughDoor)) {
      const options = { dialect: sql.dialect, target: sql.target, route: way }
      // Writes go the way that consumers come.
      const rows = door && writings.get(door)
      own.push(
        start(
          { id: 'sql-fresh', name: 'SQL, a new connection each time', path },
          { attempt: () => attemptFresh(options, rows) },
        ),
      )
      if (path === 'front-door') {
        const kept = keepSession(options, rows)
        closers.push(kept.close)
        own.push(
          start(
            { id: 'sql-kept', name: 'SQL, one kept connection', path },
            { attempt: kept.attempt, isSequential: true },
          ),
        )
      }
    }
    return own.map(prober => (door ? { ...prober, door } : prober))
  })
  return {
    probers,
    close: () => {
      for (const close of closers) close()
    },
  }
}
