import { type BucketName, buckets } from '../api/throttle.ts'
import { median } from './figures.ts'
import { openFleetAccount } from './fleet-account.ts'
import { openFleetClock } from './fleet-clock.ts'
import { createFleetDatabase, type FleetDatabase, type FleetStrategy } from './fleet-database.ts'
import { createFleetFunction } from './fleet-function.ts'

/** What became of a fleet of one strategy, quiet and when all of it fails over. */
export interface FleetResult {
  readonly strategy: FleetStrategy
  readonly databases: number
  /** `rememberMs` of each. */
  readonly rememberMs: number
  /** Of each bucket's refill, what is spent while nothing happens; 1 is all of it. */
  readonly quietShare: Readonly<Partial<Record<BucketName, number>>>
  /** Calls of the RDS API a second while nothing happens: no limit is published. */
  readonly quietRdsCallsPerSecond: number
  /** Databases whose writer was followed, and those of them by a run for an event of their own. */
  readonly followed: number
  readonly followedByEvent: number
  /** Seconds after what is known allowed it; absent where nobody was followed, or nothing needs to be written. */
  readonly lastSeconds?: number
  readonly medianSeconds?: number
  /** Seconds in which the account serves the writes that follow all of them. */
  readonly limitSeconds: number
  readonly refusedCalls: number
  readonly gaveUp: number
  /** Seconds from the last writer that was followed (`standby`: from the failover) to the last refused call; 0 where none was. */
  readonly calmAfterSeconds: number
  /** Seconds from the failover to the last deregistration of an address that was replaced. */
  readonly releasedSeconds?: number
  /** Registrations, deregistrations, weights and tags that were written. */
  readonly writes: number
  readonly logLinesADatabase: number
}

const minute = 60_000
/** Deployed at once, all read at once: until each has come to rest. */
const leastWarmUpMs = 10 * minute
const leastQuietMs = 20 * minute
/** All of them fail within this. */
const spreadMs = 5000
const longestMs = 60 * minute
const isCalmMs = 5 * minute

export const runFleet = async (strategy: FleetStrategy, databases: number, seed: number): Promise<FleetResult> => {
  const random = createFleetRandom(seed)
  const rememberMs = rememberMsFor(strategy, databases)
  const warmUpMs = Math.max(leastWarmUpMs, rememberMs)
  const quietMs = Math.max(leastQuietMs, rememberMs)
  const clock = openFleetClock(random)
  const byPlace = new Map<string, { readonly database: FleetDatabase; readonly running: () => string | undefined }>()
  const byAddress = new Map<string, FleetDatabase>()
  const followed = new Map<FleetDatabase, { readonly afterMs: number; readonly isByEvent: boolean }>()
  let lastFollowedMs = 0
  let releasedMs: number | undefined
  let writes = 0
  const account = openFleetAccount({
    clock,
    isHealthy: ip => byAddress.get(keyOf(ip))?.isHealthy(ip) ?? false,
    onWrite: (kind, place, ips) => {
      writes += 1
      if (kind === 'deregister') releasedMs = clock.now()
      const found = byPlace.get(place)
      if (!found?.database || followed.has(found.database) || !ips.includes(found.database.nextWriter)) return
      if (kind === 'deregister') return
      lastFollowedMs = clock.now()
      const { database, running } = found
      followed.set(database, { afterMs: clock.now() - database.evidenceMs, isByEvent: running() === 'rds-event' })
    },
  })
  const fleet = Array.from({ length: databases }, (_, index) => {
    const database = createFleetDatabase(index, { strategy, rememberMs, account, clock })
    const lambda = createFleetFunction(database, { account, clock })
    byAddress.set(keyOf(database.nextWriter), database)
    for (const door of database.config.frontDoors) {
      const place = door.strategy === 'weighted' ? door.listenerArn : door.targetGroupArn
      byPlace.set(place, { database, running: lambda.running })
    }
    return { database, lambda }
  })
  for (const { lambda } of fleet) {
    for (let atMs = Math.floor(random() * minute); atMs < warmUpMs + quietMs + longestMs + minute; atMs += minute) {
      clock.at(atMs, lambda.tick)
    }
  }

  await clock.runUntil(warmUpMs)
  const before = new Map(account.served)
  await clock.runUntil(warmUpMs + quietMs)
  const perSecond = (name: string) => ((account.served.get(name) ?? 0) - (before.get(name) ?? 0)) / (quietMs / 1000)
  const quietShare = Object.fromEntries(
    Object.entries(buckets).map(([name, { refillPerSecond }]) => [name, perSecond(name) / refillPerSecond]),
  )
  const quietRdsCallsPerSecond = perSecond('rds')

  const failsMs = clock.now()
  const count = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, value) => sum + value, 0)
  const refusedBefore = count(account.refused)
  const logLines = () => fleet.reduce((sum, { lambda }) => sum + lambda.logLines(), 0)
  const logLinesBefore = logLines()
  const gaveUpBefore = fleet.reduce((sum, { lambda }) => sum + lambda.gaveUp(), 0)
  lastFollowedMs = failsMs
  releasedMs = undefined
  writes = 0
  for (const { database, lambda } of fleet) {
    database.failAt(failsMs + Math.floor(random() * spreadMs))
    clock.at(database.startedEventMs, () => lambda.event('started'))
    clock.at(database.completedEventMs, () => lambda.event('completed'))
  }
  const isOver = () =>
    fleet.every(({ lambda }) => lambda.openEvents() === 0) &&
    clock.now() - Math.max(lastFollowedMs, releasedMs ?? 0, account.lastRefusedMs() ?? 0) >= isCalmMs
  do await clock.runUntil(clock.now() + minute)
  while (!isOver() && clock.now() < failsMs + longestMs)

  const afterMs = [...followed.values()].map(it => it.afterMs)
  const lastRefusedMs = account.lastRefusedMs() ?? 0
  return {
    strategy,
    databases,
    rememberMs,
    quietShare,
    quietRdsCallsPerSecond,
    followed: followed.size,
    followedByEvent: [...followed.values()].filter(it => it.isByEvent).length,
    ...(afterMs.length > 0 && { lastSeconds: Math.max(...afterMs) / 1000, medianSeconds: median(afterMs) / 1000 }),
    limitSeconds: limitOf(strategy, databases),
    refusedCalls: count(account.refused) - refusedBefore,
    gaveUp: fleet.reduce((sum, { lambda }) => sum + lambda.gaveUp(), 0) - gaveUpBefore,
    calmAfterSeconds: Math.max(0, lastRefusedMs - lastFollowedMs) / 1000,
    ...(releasedMs !== undefined && { releasedSeconds: (releasedMs - failsMs) / 1000 }),
    writes,
    logLinesADatabase: (logLines() - logLinesBefore) / databases,
  }
}

/** The addresses of one database differ in the second number. */
const keyOf = (ip: string): string => ip.split('.').slice(2).join('.')

/**
 * As docs/deploying.md recommends it: 5 minutes, or so long that reading it all once takes a fifth of what the account
 * serves. A memory lasts at least three quarters of the setting.
 */
const rememberMsFor = (strategy: FleetStrategy, databases: number): number => {
  const reads = strategy === 'swap' ? 1 : strategy === 'standby' ? 2 : Number(strategy.replace(/\D/g, '')) + 1
  const seconds = (databases * reads) / (0.2 * buckets['non-mutating'].refillPerSecond) / (3 / 4)
  return Math.min(60 * minute, Math.max(5 * minute, Math.ceil(seconds / 60) * minute))
}

/** Writes needed over what the account serves: one registration, or one change of weights, each. */
const limitOf = (strategy: FleetStrategy, databases: number): number => {
  if (strategy === 'standby') return 0
  const { capacity, refillPerSecond } = buckets[strategy === 'swap' ? 'registration' : 'mutating']
  return Math.max(0, databases - capacity) / refillPerSecond
}

/** The same numbers for the same seed, 0 inclusive to 1 exclusive (mulberry32, public domain). */
const createFleetRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
