import type { Random } from './random.ts'

/** What makes life hard in a world. */
export interface Hardship {
  /** A second resolver lags so far behind the first. */
  readonly resolverLagMs: number
  /** Reads of the front door may be so old. */
  readonly readLagMs: number
  /** In this window, calls fail with this probability. */
  readonly faults: { readonly fromMs: number; readonly toMs: number; readonly probability: number }
  /** The invocations that die, each at a call, before or after it took effect. */
  readonly deaths: ReadonlyMap<number, { readonly call: number; readonly isAfter: boolean }>
  /** How many reconcilers work at once. */
  readonly reconcilers: 1 | 2
  /** How long a call takes, at most. */
  readonly latencyMs: number
  /** Somebody registers an address that is none of ours, or a member where it does not belong. */
  readonly strangers: readonly Stranger[]
  /** The load balancer does not use a third of the addresses until then: their zone is not enabled. */
  readonly unusedUntilMs: number
}

export interface Stranger {
  readonly atMs: number
  /** A member of the beginning, in another's place, instead of an address of nobody. */
  readonly isMember: boolean
  /** The how-manieth group of a `weighted` front door. */
  readonly group: number
}

export const drawHardship = (random: Random): Hardship => {
  const fromMs = random.int(0, 150) * 1000
  const deaths = new Map<number, { call: number; isAfter: boolean }>()
  if (random.chance(0.3)) {
    for (let count = random.int(1, 3); count > 0; count--) {
      deaths.set(random.int(0, 6), { call: random.int(1, 60), isAfter: random.chance(0.5) })
    }
  }
  return {
    resolverLagMs: random.chance(0.3) ? random.int(10, 80) * 100 : 0,
    readLagMs: random.chance(0.5) ? random.int(10, 50) * 100 : 0,
    faults: { fromMs, toMs: fromMs + random.int(0, 40) * 1000, probability: random.chance(0.4) ? random.next() : 0 },
    deaths,
    reconcilers: random.chance(0.2) ? 2 : 1,
    latencyMs: random.chance(0.5) ? random.int(1, 1500) : 0,
    strangers: random.chance(0.4) ? Array.from({ length: random.int(1, 2) }, () => drawStranger(random)) : [],
    unusedUntilMs: random.chance(0.2) ? random.int(10, 150) * 1000 : 0,
  }
}

const drawStranger = (random: Random): Stranger => ({
  atMs: random.chance(0.5) ? 0 : random.int(1, 150) * 1000,
  isMember: random.chance(0.3),
  group: random.int(0, 2),
})
