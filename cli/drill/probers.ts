import type { Dns } from '../../functions/reconciler/ports.ts'
import { type Prober, type ProberOptions, startProber } from './prober.ts'
import type { DrillPlan } from './run.ts'
import { attemptFresh, keepSession, type Writing } from './sql/client.ts'
import { dialectOf } from './sql/credentials.ts'
import { attemptTcp, type Route } from './tcp.ts'

export interface Probing {
  readonly probers: readonly Prober[]
  close(): void
}

export interface ProbingOptions {
  readonly plan: DrillPlan
  readonly dns: Dns
  readonly signal: AbortSignal
  readonly writing?: Writing
}

/** A client of each kind: through the front door as consumers come, and straight to the endpoint for comparison. */
export const startProbers = ({ plan, dns, signal, writing }: ProbingOptions): Probing => {
  const { database, door, detours, timeoutMs, everyMs, sql, probesTcp, context } = plan
  const route = (place: Route['place']): Route => ({ place, dns, detours, timeoutMs })
  const paths = [
    { path: 'front-door', route: route(door.place) },
    { path: 'database', route: route({ host: database.endpoint, port: database.port }) },
  ] as const
  const closers: (() => void)[] = []
  const start = (about: Omit<Prober['about'], 'everyMs'>, more: Pick<ProberOptions, 'attempt' | 'isSequential'>) =>
    startProber({ about: { ...about, everyMs }, signal, now: context.now, ...more })

  const probers = paths.flatMap(({ path, route: way }) => {
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
      const rows = path === 'front-door' ? writing : undefined
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
    return own
  })
  return {
    probers,
    close: () => {
      for (const close of closers) close()
    },
  }
}
