import type { Weights } from '../../../infra/app/settings/stage-weights.ts'
import type { Health, ProbedPlace, Run } from '../../checks/path-health.ts'
import { findStrays, followWriter, type WriterSince } from '../../checks/strays.ts'
import type { AccessRecord } from '../../facts/access-log.ts'
import { readAccessLog } from '../../facts/access-log.ts'
import { attempt } from '../../facts/attempt.ts'
import { andThen, type Gathered, known } from '../../facts/gathered.ts'
import type { MigrationFacts } from '../../facts/migration-facts.ts'
import type { PathName } from '../../facts/path-facts.ts'
import { type Counted, readTraffic } from '../../facts/path-traffic.ts'
import { liveWeights, readRecords, type WeightedRecords } from '../../facts/weighted-records.ts'
import type { Migration } from '../open.ts'
import { accessLogOf, findWriter, type VerifyPlan } from '../verify/verify-paths.ts'
import type { Probes } from './probes.ts'

/** Both paths at one moment. */
export interface Look extends Health {
  readonly atMs: number
  readonly live: Gathered<Weights>
  readonly runs: Readonly<Record<ProbedPlace, readonly Run[]>>
  readonly traffic: Counted
  /** Connections through the gateway in the log's last minutes, by the database's address. */
  readonly reached: Gathered<Readonly<Record<string, number>>>
  readonly writer: readonly string[] | undefined
}

export interface Looking {
  readonly migration: Migration
  readonly facts: MigrationFacts
  readonly plan: VerifyPlan
  readonly where: Pick<WeightedRecords, 'zoneId' | 'name'>
  readonly probes: Probes
  readonly addresses: Readonly<Record<PathName, readonly string[]>>
}

type Slow = Pick<Look, 'traffic' | 'reached' | 'writer' | 'strays' | 'resets'>

/** The log is told of up to minutes later. */
const logMs = 5 * 60_000
/** A gateway may go on to the old writer for as long as the name's change takes to reach it. */
const strayGraceMs = 60_000

/**
 * Looks again and again. What takes AWS long to answer is asked for beside the looks, once at a time: where the writer is
 * takes more than the TTL of its name to know, and a broken path must not wait for that.
 */
export const createLooks = (looking: Looking) => {
  const { migration, where, probes, plan } = looking
  const paths = plan.paths.map(({ path }) => path)
  const { context, consumerClients } = migration
  const readSlow = createSlow(looking)
  let latest: Slow | undefined
  let asking: Promise<void> | undefined
  let failure: unknown
  const ask = (): Promise<void> => {
    asking ??= readSlow()
      .then(slow => {
        latest = slow
      })
      .catch((error: unknown) => {
        failure = error
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  const glance = (): Health => ({
    paths,
    runs: probes.runs(),
    resets: latest?.resets ?? {},
    strays: latest?.strays ?? [],
  })
  const look = async (): Promise<Look> => {
    const slow = ask()
    const live = await attempt(async () => liveWeights(await readRecords(consumerClients, where)))
    if (latest === undefined) await slow
    if (failure !== undefined) throw failure
    if (latest === undefined) throw new Error('nothing was looked at')
    return { atMs: context.now(), paths, live, ...latest, runs: probes.runs() }
  }
  return { look, glance }
}

const createSlow = ({ migration, facts, plan, addresses }: Looking) => {
  const { context } = migration
  const through = plan.paths.find(({ path }) => path === 'gateway')
  const log = accessLogOf(plan, through?.endpointId ?? '', addresses.gateway)
  const beganMs = context.now()
  let writer: WriterSince | undefined
  return async (): Promise<Slow> => {
    const askedMs = context.now()
    const [traffic, records, found] = await Promise.all([
      readTraffic(migration, facts, askedMs),
      andThen(log, it => attempt(() => readAccessLog(it, askedMs - logMs))),
      findWriter(plan, addresses),
    ])
    // Of the end of the look: it takes seconds, and the writer may have come within them.
    writer = followWriter(writer, found.kind === 'settled' ? found.addresses : undefined, context.now())
    const since = records.kind === 'known' ? records.value.filter(({ atMs }) => atMs >= beganMs) : []
    const { nlb, gateway } = traffic.paths
    return {
      traffic,
      reached: await andThen(records, all => known(countByAddress(all))),
      writer: writer?.addresses,
      strays: findStrays(since, writer, strayGraceMs),
      resets: {
        ...(nlb.resets === undefined ? {} : { nlb: nlb.resets }),
        ...(gateway.resets === undefined ? {} : { gateway: gateway.resets }),
      },
    }
  }
}

const countByAddress = (records: readonly AccessRecord[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { resourceIp } of records) counts[resourceIp] = (counts[resourceIp] ?? 0) + 1
  return counts
}
