import type { ErrorKind } from '../facts/client/errors.ts'
import type { PathName } from '../facts/path-facts.ts'
import { showSpan } from '../text/durations.ts'
import { type Finding, findingsOf, type Judgement, ok, problem, unknown } from './finding.ts'

/** What a look at both paths means for the traffic. */

/** Where our own clients connect: each path by its endpoint's name, and the name that everybody uses. */
export type ProbedPlace = PathName | 'name'

/** Our own client in one place, over the attempts that have ended. */
export interface Run {
  readonly name: string
  readonly attempts: number
  readonly failures: number
  readonly failedInRow: number
  readonly workedInRow: number
  /** Of the last `Limits.windowMs`. */
  readonly recent: { readonly attempts: number; readonly failures: number }
  readonly lastError?: ErrorKind
}

/** A connection of the gateway's to an address that is not the writer's. */
export interface Stray {
  readonly atMs: number
  readonly resourceIp: string
  readonly writer: readonly string[]
}

export interface Health {
  /** Those that there are: at retired the gateway's alone. */
  readonly paths: readonly PathName[]
  readonly runs: Readonly<Record<ProbedPlace, readonly Run[]>>
  /** In the last full minute; absent where nobody counts them. */
  readonly resets: Readonly<Partial<Record<PathName, number>>>
  readonly strays: readonly Stray[]
}

/** What may fail, stated before anything is moved. */
export interface Limits {
  /** So many probes in a row; and of a window so many at least, before a share of them means anything. */
  readonly failures: number
  /** Of a window's probes, in percent, more than on the path through the load balancer. */
  readonly budget: number
  readonly windowMs: number
  /** So many resets a minute. */
  readonly resets: number
}

export type Verdict =
  /** Every path works. */
  | { readonly kind: 'well' }
  /** Not both of them, and it is not the gateway alone: moving weights would help nobody. */
  | { readonly kind: 'pause'; readonly why: string }
  /** The path through the gateway alone has errors. */
  | { readonly kind: 'go-back'; readonly why: string }

const titles: Readonly<Record<ProbedPlace, string>> = {
  nlb: 'on the path through the load balancer',
  gateway: 'on the path through the gateway',
  name: 'at the name that clients use',
}

/** Each place and what AWS shows of it, in the words of every other check. */
export const judgeHealth = (health: Health, limits: Limits): readonly Finding[] => [
  ...[...health.paths, 'name' as const].flatMap(place =>
    findingsOf(`${place}-probes`, judgePlace(place, health, limits)),
  ),
  ...findingsOf(
    'writer',
    health.strays.slice(0, 1).map(stray => judgeStray(stray, health)),
  ),
  ...findingsOf('resets', judgeResets(health, limits)),
]

/**
 * The gateway alone is at fault only while the other path is known to work: when the database fails over both paths break,
 * and one of them heals first. So the path to go back to has to have worked as often in a row as the other one may fail.
 */
export const judge = (health: Health, limits: Limits): Verdict => {
  const findings = judgeHealth(health, limits)
  const isSound =
    health.runs.nlb.length > 0 && health.runs.nlb.every(({ workedInRow }) => workedInRow >= limits.failures)
  const problems = findings.filter(({ check, severity }) => severity === 'problem' && check !== 'nlb-probes')
  const [first] = problems
  if (first !== undefined) {
    const why = first.fact.replace(/\.$/, '')
    if (!hasOther(health)) return { kind: 'pause', why: `${why}; and there is no other path to go back to` }
    return isSound
      ? { kind: 'go-back', why: `${why}; the path through the load balancer works` }
      : {
          kind: 'pause',
          why: `${why}; and the path through the load balancer does not work either: the database itself, it seems`,
        }
  }
  const open = findings.find(({ severity }) => severity !== 'ok')
  return open === undefined ? { kind: 'well' } : { kind: 'pause', why: open.fact.replace(/\.$/, '') }
}

const hasOther = ({ paths }: Pick<Health, 'paths'>): boolean => paths.includes('nlb')

const judgePlace = (place: ProbedPlace, health: Health, limits: Limits): readonly Judgement[] => {
  const { runs } = health
  // The name leads to one of the two; without a client of its own there it is not asked about.
  if (runs[place].length === 0) return place === 'name' ? [] : [unknown(`No client of ours is ${titles[place]}.`)]
  return runs[place].map(run => judgeRun(place, run, { limits, health }))
}

const judgeRun = (
  place: ProbedPlace,
  run: Run,
  { limits, health }: { readonly limits: Limits; readonly health: Health },
): Judgement => {
  const { name, failedInRow, workedInRow, recent, lastError } = run
  const where = titles[place]
  const other = worstRate(health.runs.nlb)
  // A name that means nothing here says nothing about either path.
  if (place === 'name' && run.failures > 0 && run.failures === run.attempts) {
    return unknown(`No probe ${where} has worked from here yet (${name}: ${lastError}).`)
  }
  if (failedInRow >= limits.failures) {
    return problem(`${failedInRow} probes in a row failed ${where} (${name}: ${lastError}).`, remedyOf(place, health))
  }
  const beside = place === 'nlb' ? 0 : other
  const isOver = recent.failures >= limits.failures && rateOf(run) - beside >= limits.budget
  const counted = `${recent.failures} of ${recent.attempts} probes of the last ${showSpan(limits.windowMs)} failed ${where}`
  if (isOver) {
    const compared =
      place === 'nlb' || !hasOther(health) ? '' : `; on the path through the load balancer ${Math.round(other)} %`
    return problem(
      `${counted} (${name}: ${lastError}), and ${limits.budget} % is the budget${compared}.`,
      remedyOf(place, health),
    )
  }
  if (failedInRow > 0) return unknown(`The last probe ${where} failed (${name}: ${lastError}).`)
  if (workedInRow < limits.failures) {
    return unknown(`Probes ${where} have not worked ${limits.failures} times in a row yet (${name}).`)
  }
  return ok(`${counted} (${name}).`)
}

const rateOf = ({ recent: { attempts, failures } }: Run): number => (attempts === 0 ? 0 : (100 * failures) / attempts)

const worstRate = (runs: readonly Run[]): number => Math.max(0, ...runs.map(rateOf))

const remedyOf = (place: ProbedPlace, health: Pick<Health, 'paths'>): string => {
  if (place === 'nlb') return '`repoint status` shows where the load balancer points.'
  return hasOther(health)
    ? 'Go back: `repoint migrate rollback --apply`; then `repoint migrate verify` looks for the cause.'
    : '`repoint migrate verify` looks for the cause.'
}

const judgeStray = ({ resourceIp, writer }: Stray, health: Health): Judgement =>
  problem(
    `The gateway connected to ${resourceIp}, and the writer is ${writer.join(', ')}.`,
    remedyOf('gateway', health),
  )

const judgeResets = (health: Health, limits: Limits): readonly Judgement[] => {
  const { nlb: others = 0, gateway: own = 0 } = health.resets
  if (own < limits.resets) return []
  if (!hasOther(health))
    return [problem(`${own} resets in a minute on the path through the gateway.`, remedyOf('gateway', health))]
  const counted = `${own} resets in a minute on the path through the gateway, ${others} on the load balancer's`
  return [
    others < limits.resets
      ? problem(`${counted}.`, remedyOf('gateway', health))
      : unknown(`Both paths have resets: ${counted}.`),
  ]
}
