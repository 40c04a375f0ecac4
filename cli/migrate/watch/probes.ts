import { blocksHosts } from '../../../infra/app/settings/engines.ts'
import { mayBlockTheLoadBalancer } from '../../../infra/app/settings.ts'
import type { Run } from '../../checks/path-health.ts'
import { startProber } from '../../drill/prober.ts'
import { dialectOf } from '../../facts/client/credentials.ts'
import { classify, type ErrorKind, isHarmful } from '../../facts/client/errors.ts'
import { attemptFresh } from '../../facts/client/sql-attempt.ts'
import { attemptTcp } from '../../facts/client/tcp.ts'
import type { PathName } from '../../facts/path-facts.ts'
import type { VerifyPlan } from '../verify/verify-paths.ts'

/** Where our own clients connect: each path by its endpoint's name, and the name that everybody uses. */
export type ProbedPlace = PathName | 'name'

export interface Probes {
  /** How they stand now. */
  runs(): Readonly<Record<ProbedPlace, readonly Run[]>>
  /** Ends when the last attempt is over. */
  readonly done: Promise<unknown>
}

export interface ProbesOptions {
  readonly plan: VerifyPlan
  /** What clients connect to. */
  readonly name: { readonly host: string; readonly port: number }
  readonly everyMs: number
  readonly signal: AbortSignal
}

/** New connections by TCP, and by SQL where there are credentials, one after the other on each path. */
export const startProbes = ({ plan, name, everyMs, signal }: ProbesOptions): Probes => {
  const { paths, database, dns, detours, timeoutMs, sql, now } = plan
  const runs: Record<ProbedPlace, (() => Run)[]> = { nlb: [], gateway: [], name: [] }
  const done: Promise<void>[] = []
  const stopsAt = blocksHosts(database.engine) ? { stopsAt: isHarmful } : {}
  const start = (at: ProbedPlace, title: string, attempt: () => Promise<void>) => {
    const counted = countRuns(title, attempt, signal)
    runs[at].push(counted.run)
    const about = { id: `${title} ${at}`, name: title, path: 'front-door', everyMs } as const
    // In turn: "in a row" means the order in which a client would have tried.
    done.push(startProber({ about, isSequential: true, signal, now, attempt: counted.attempt, ...stopsAt }).done)
  }
  const places = [
    ...paths.map(({ path, host, port }) => ({ at: path, place: { host, port } })),
    { at: 'name' as const, place: name },
  ]
  for (const { at, place } of places) {
    const route = { place, dns, detours, timeoutMs }
    // Bare TCP probes are errors to MySQL, unless somebody has seen to it that they do not block.
    if (!mayBlockTheLoadBalancer(database)) start(at, 'TCP', () => attemptTcp(route, dialectOf(database.engine)))
    if (sql) start(at, 'SQL', () => attemptFresh({ ...sql, route }))
  }
  return {
    runs: () => ({
      nlb: runs.nlb.map(run => run()),
      gateway: runs.gateway.map(run => run()),
      name: runs.name.map(run => run()),
    }),
    done: Promise.all(done),
  }
}

/** Counts without keeping every attempt: a watch may last for days. */
export const countRuns = (name: string, attempt: () => Promise<void>, signal: AbortSignal) => {
  let [attempts, failures, failedInRow, workedInRow] = [0, 0, 0, 0]
  let lastError: ErrorKind | undefined
  return {
    run: (): Run => ({
      name,
      attempts,
      failures,
      failedInRow,
      workedInRow,
      ...(lastError === undefined ? {} : { lastError }),
    }),
    attempt: async (): Promise<void> => {
      try {
        await attempt()
      } catch (error) {
        // What was under way at the end says nothing about the way.
        if (!signal.aborted) {
          attempts += 1
          failures += 1
          failedInRow += 1
          workedInRow = 0
          lastError = classify(error)
        }
        throw error
      }
      attempts += 1
      failedInRow = 0
      workedInRow += 1
    },
  }
}
