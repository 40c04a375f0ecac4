import type { ErrorKind } from '../facts/client/errors.ts'
import type { PathName } from '../facts/path-facts.ts'

/** What a look at both paths means for the traffic. */

/** Our own client on one path, over the attempts that have ended. */
export interface Run {
  readonly name: string
  readonly attempts: number
  readonly failures: number
  readonly failedInRow: number
  readonly workedInRow: number
  readonly lastError?: ErrorKind
}

/** A connection of the gateway's to an address that is not the writer's. */
export interface Stray {
  readonly atMs: number
  readonly resourceIp: string
  readonly writer: readonly string[]
}

export interface Health {
  readonly runs: Readonly<Record<PathName, readonly Run[]>>
  /** In the last full minute; absent where nobody counts them. */
  readonly resets: Readonly<Partial<Record<PathName, number>>>
  readonly strays: readonly Stray[]
}

export interface Limits {
  /** So many probes in a row. */
  readonly failures: number
  /** So many resets a minute. */
  readonly resets: number
}

export type Verdict =
  /** Both paths work. */
  | { readonly kind: 'well' }
  /** Not both of them, and it is not the gateway alone: moving weights would help nobody. */
  | { readonly kind: 'pause'; readonly why: string }
  /** The path through the gateway alone has errors. */
  | { readonly kind: 'go-back'; readonly why: string }

/**
 * The gateway alone is at fault only while the other path is known to work: when the database fails over both paths break,
 * and one of them heals first. So the path to go back to has to have worked as often in a row as the other one failed.
 */
export const judge = ({ runs, resets, strays }: Health, limits: Limits): Verdict => {
  const isSound = runs.nlb.length > 0 && runs.nlb.every(({ workedInRow }) => workedInRow >= limits.failures)
  const failing = runs.gateway.find(({ failedInRow }) => failedInRow >= limits.failures)
  const stray = strays[0]
  const { nlb: others = 0, gateway: own = 0 } = resets
  const isReset = own >= limits.resets
  const why =
    failing !== undefined
      ? `${failing.failedInRow} probes in a row failed on the path through the gateway (${failing.name}: ${failing.lastError})`
      : stray !== undefined
        ? `the gateway connected to ${stray.resourceIp}, and the writer is ${stray.writer.join(', ')}`
        : isReset && others < limits.resets
          ? `${own} resets in a minute on the path through the gateway, ${others} on the load balancer's`
          : undefined
  if (why !== undefined) {
    return isSound
      ? { kind: 'go-back', why: `${why}; the path through the load balancer works` }
      : {
          kind: 'pause',
          why: `${why}; and the path through the load balancer does not work either: the database itself, it seems`,
        }
  }
  return judgeBoth(runs, limits, isReset)
}

const judgeBoth = (runs: Health['runs'], limits: Limits, isReset: boolean): Verdict => {
  for (const [path, title] of [
    ['nlb', 'load balancer'],
    ['gateway', 'gateway'],
  ] as const) {
    const broken = runs[path].find(({ failedInRow }) => failedInRow > 0)
    if (broken !== undefined) {
      return {
        kind: 'pause',
        why: `the last probe on the path through the ${title} failed (${broken.name}: ${broken.lastError})`,
      }
    }
    const fresh = runs[path].find(({ workedInRow }) => workedInRow < limits.failures)
    if (fresh !== undefined || runs[path].length === 0) {
      return {
        kind: 'pause',
        why: `the path through the ${title} has not worked ${limits.failures} times in a row yet`,
      }
    }
  }
  return isReset ? { kind: 'pause', why: 'both paths have resets' } : { kind: 'well' }
}
