import { blocksHosts, mayBlockTheLoadBalancer } from '../../../infra/app/settings/engines.ts'
import type { ProbedPlace, Run } from '../../checks/path-health.ts'
import { startProber } from '../../drill/prober.ts'
import { awaitProof, type Proving, proofLimitMs } from '../../drill/proof.ts'
import { dialectOf } from '../../facts/client/credentials.ts'
import { classify, type ErrorKind, isHarmful } from '../../facts/client/errors.ts'
import { attemptFresh, keepSession } from '../../facts/client/sql-attempt.ts'
import { attemptTcp, type Route, tcpName } from '../../facts/client/tcp.ts'
import { pathTitles } from '../../text/path-titles.ts'
import type { VerifyPlan } from '../verify/verify-paths.ts'

export interface Probes {
  /** How they stand now. */
  runs(): Readonly<Record<ProbedPlace, readonly Run[]>>
  /** The same clients, to be proved before anything goes by them. */
  readonly probers: readonly Proving[]
  /** Ends when the last attempt is over. */
  readonly done: Promise<unknown>
}

export interface ProbesOptions {
  readonly plan: VerifyPlan
  /** What clients connect to. */
  readonly name: { readonly host: string; readonly port: number }
  readonly everyMs: number
  /** Of what is counted as recent. */
  readonly windowMs: number
  readonly signal: AbortSignal
}

interface Place {
  readonly at: ProbedPlace
  readonly place: Route['place']
  /** Whoever reads of a failure knows it by this name. */
  readonly through: string
}

type Probed = Pick<VerifyPlan, 'paths' | 'database' | 'sql'>

/** What a watch that is to go back has to be able to see. `undefined`: it can. */
export const whyNotGuarded = (plan: Probed): string | undefined => {
  const missing = (['nlb', 'gateway'] as const).find(it => !plan.paths.some(({ path }) => path === it))
  const whyMissing = `There is no ${missing === 'nlb' ? 'path through the load balancer to go back to' : 'path through the gateway to watch'}.`
  return whyNotProbed(plan) ?? (missing === undefined ? undefined : whyMissing)
}

/** `undefined`: our own clients may connect. */
export const whyNotProbed = ({ database, sql }: Omit<Probed, 'paths'>): string | undefined =>
  sql === undefined && mayBlockTheLoadBalancer(database)
    ? `${database.id} is ${database.engine}, which counts bare TCP probes as errors and then blocks their address: without a login no path is probed, and nothing would be noticed. Give credentials (--secret, --iam-user, REPOINT_SQL_USER) with --tls verify-full, or set what keeps the server from it (mysqlHostBlocking in the settings; accepted does not).`
    : undefined

/**
 * New connections by TCP; with credentials by SQL, new ones and one that is kept, as a pool has. One after the other in each
 * place.
 */
export const startProbes = ({ plan, name, everyMs, windowMs, signal }: ProbesOptions): Probes => {
  const { paths, database, dns, detours, timeoutMs, sql, now } = plan
  const runs: Record<ProbedPlace, (() => Run)[]> = { nlb: [], gateway: [], name: [] }
  const probers: Proving[] = []
  const dialect = dialectOf(database.engine)
  const stopsAt = blocksHosts(database.engine) ? { stopsAt: isHarmful } : {}
  const start = ({ at, through }: Place, title: string, attempt: () => Promise<void>) => {
    const counted = countRuns(title, attempt, { signal, windowMs, now })
    runs[at].push(counted.run)
    // In turn: "in a row" means the order in which a client would have tried.
    const manner = { everyMs, patienceMs: timeoutMs, isSequential: true } as const
    const about = { id: `${title} ${at}`, name: title, path: 'front-door', ...manner } as const
    const prober = startProber({ about, signal, now, attempt: counted.attempt, ...stopsAt })
    probers.push({ ...prober, door: { name: through } })
  }
  const places: readonly Place[] = [
    ...paths.map(({ path, host, port, endpointId }) => ({
      at: path,
      place: { host, port },
      through: `the ${pathTitles[path]} (${endpointId})`,
    })),
    // Through tunnels the name means here what it means to nobody else.
    ...(plan.isFromElsewhere ? [] : [{ at: 'name' as const, place: name, through: `the name ${name.host}` }]),
  ]
  for (const where of places) {
    const route = { place: where.place, dns, detours, timeoutMs }
    // Bare TCP probes are errors to MySQL, unless somebody has seen to it that they do not block.
    if (!mayBlockTheLoadBalancer(database)) start(where, tcpName(dialect), () => attemptTcp(route, dialect))
    if (!sql) continue
    start(where, 'SQL', () => attemptFresh({ ...sql, route }))
    const kept = keepSession({ ...sql, route })
    signal.addEventListener('abort', kept.close, { once: true })
    start(where, 'SQL kept', kept.attempt)
  }
  return {
    runs: () => ({
      nlb: runs.nlb.map(run => run()),
      gateway: runs.gateway.map(run => run()),
      name: runs.name.map(run => run()),
    }),
    probers,
    done: Promise.all(probers.map(({ done }) => done)),
  }
}

export interface Guarding {
  readonly plan: Pick<VerifyPlan, 'database' | 'timeoutMs' | 'signal'>
  readonly everyMs: number
  /** The gateway's now, in percent. */
  readonly share: number
}

/**
 * What may move weights has to have seen every client of its own work once: with a wrong password no path is ever found to
 * work, and it would not go back whatever breaks. @throws CliError with exit code 5; nothing was moved then
 */
export const proveGuard = (
  { probers }: Pick<Probes, 'probers'>,
  { plan: { database, timeoutMs, signal }, everyMs, share }: Guarding,
): Promise<void> => {
  const remedy = `The gateway has ${share} % of new connections, and nothing guards them: watch again, or \`repoint migrate rollback -d ${database.id} --apply\` takes them back.`
  return awaitProof(probers, {
    undone: `${database.id} is not guarded, and nothing was moved`,
    ...(share === 0 ? {} : { remedy }),
    limitMs: proofLimitMs({ timeoutMs, everyMs }),
    signal,
  })
}

export interface Counting {
  readonly signal: AbortSignal
  readonly windowMs: number
  readonly now: () => number
}

/** Counts without keeping more attempts than those of the window: a watch may last for days. */
export const countRuns = (name: string, attempt: () => Promise<void>, { signal, windowMs, now }: Counting) => {
  let [attempts, failures, failedInRow, workedInRow] = [0, 0, 0, 0]
  let lastError: ErrorKind | undefined
  let recent: { readonly atMs: number; readonly hasFailed: boolean }[] = []
  const count = (hasFailed: boolean) => {
    attempts += 1
    failures += hasFailed ? 1 : 0
    failedInRow = hasFailed ? failedInRow + 1 : 0
    workedInRow = hasFailed ? 0 : workedInRow + 1
    recent = [...recent.filter(isRecent), { atMs: now(), hasFailed }]
  }
  const isRecent = ({ atMs }: { readonly atMs: number }) => atMs > now() - windowMs
  return {
    run: (): Run => {
      const counted = recent.filter(isRecent)
      return {
        name,
        attempts,
        failures,
        failedInRow,
        workedInRow,
        recent: { attempts: counted.length, failures: counted.filter(it => it.hasFailed).length },
        ...(lastError === undefined ? {} : { lastError }),
      }
    },
    attempt: async (): Promise<void> => {
      try {
        await attempt()
        count(false)
      } catch (error) {
        // What was under way at the end says nothing about the path.
        if (signal.aborted) throw error
        lastError = classify(error)
        count(true)
        throw error
      }
    },
  }
}
