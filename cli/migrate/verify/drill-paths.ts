import type { Check, Moment } from '../../../report/record/words.ts'
import type { DrillRecord } from '../../../report/record.ts'
import { explain } from '../../aws/explain.ts'
import {
  checkGateway,
  type DrillOutcome,
  judgeDrill,
  type LogStory,
  type OutagePair,
  type PendingCheck,
  pairOutages,
  tellLog,
} from '../../checks/drill-comparison.ts'
import type { Door } from '../../drill/door.ts'
import { runDrill } from '../../drill/drill-run.ts'
import type { DrillPlan } from '../../drill/intent.ts'
import { recordOf, zeroOf } from '../../drill/recording.ts'
import type { Seen } from '../../drill/seen.ts'
import { type AccessLog, awaitAccessLog } from '../../facts/access-log.ts'
import { laboratoryOf, withLaboratory } from '../../facts/laboratory.ts'
import type { PathTarget } from '../../facts/path-facts.ts'
import type { WriterNow } from '../../facts/writer-now.ts'
import type { Screen } from '../../output.ts'
import { showDuration } from '../../text/durations.ts'
import { slackMs } from './verify-paths.ts'

export interface PathsDrill {
  /** With the doors of `doorOf`: of both paths, or of the gateway's alone. */
  readonly plan: DrillPlan
  readonly log: AccessLog
  readonly findWriter: () => Promise<WriterNow>
  readonly logWaitMs: number
  readonly marginMs: number
  readonly say: (text: string) => void
  readonly screen: Screen
}

export interface DrilledPaths {
  readonly outcome: DrillOutcome
  /** Absent where there is no path through a load balancer. */
  readonly nlb?: DrillRecord
  readonly gateway: DrillRecord
  /** Of the two side by side; none without the load balancer's. */
  readonly outages: readonly OutagePair[]
  readonly checks: readonly PendingCheck[]
  readonly log: LogStory
  readonly writer: WriterNow
}

/** The paths as doors of one drill, the load balancer's first. Their names come from AWS, not from the user. */
export const doorOf = ({ path, host, port, endpointId }: PathTarget, dns: NonNullable<Door['dns']>): Door => ({
  kind: path === 'nlb' ? 'nlb' : 'resource-gateway',
  place: { host, port },
  name: endpointId,
  isNamed: false,
  dns,
})

/** One failover, seen by clients on every path at once, and then by the gateway's access log. */
export const drillPaths = async (drill: PathsDrill): Promise<DrilledPaths> => {
  const { plan, screen, marginMs } = drill
  const seen = await runDrill(plan, screen)
  const door = plan.doors.find(({ kind }) => kind === 'resource-gateway') ?? plan.doors[0]
  const other = plan.doors.find(({ kind }) => kind === 'nlb')
  const { id } = seen.database
  const evidence = (record: DrillRecord) => withLaboratory(record, laboratoryOf(plan.context.env))
  const nlb = other && evidence(recordOf(seen, { door: other, title: `${id}: failover through the load balancer` }))
  const title = `${id}: failover through the resource gateway`
  const plain = recordOf(seen, { door, title })
  const { story, moments, writer } = await readAfter(drill, seen, door)
  const compared = nlb && pairOutages(nlb, plain)
  const resolutionMs = 2 * plan.everyMs
  const checks = checkGateway({
    ...(compared && { outages: compared }),
    ...{ log: story, writer, marginMs, resolutionMs },
    ...oldWriterOf(seen),
  })
  const notes = compared && [
    `Both paths were probed every ${showDuration(plan.everyMs)} during one and the same failover; outages that differ by less than ${showDuration(resolutionMs)} count as the same.`,
  ]
  const gateway = recordOf(seen, { door, title, moments, ...(notes && { notes }), checks: checks.map(asCheck) })
  return {
    outcome: judgeDrill(plain, checks),
    ...(nlb && { nlb }),
    gateway: evidence(gateway),
    ...{ outages: compared ?? [], checks, log: story, writer },
  }
}

/** Where the database's own name led before it led elsewhere. */
const oldWriterOf = ({ journal }: Seen): { readonly oldWriter?: string } => {
  const from = journal.moments.find(({ lane }) => lane === 'dns')?.fields.from
  return typeof from === 'string' ? { oldWriter: from } : {}
}

const asCheck = ({ what, holds, found }: PendingCheck): Check => ({
  what,
  holds: holds === true,
  ...(holds === undefined ? { isUnknown: true } : {}),
  ...(found === undefined ? {} : { found }),
})

/** When the last client on this path got through again, epoch milliseconds; `undefined` while one does not. */
export const recoveredAt = (seen: Pick<Seen, 'probers' | 'causedMs'>, door: Door): number | undefined => {
  const own = seen.probers.filter(prober => prober.door === door)
  if (own.length === 0 || own.some(prober => prober.last() !== 'works')) return undefined
  const failed = own.flatMap(({ attempts }) =>
    attempts.filter(({ error }) => error).map(({ atMs, tookMs }) => atMs + tookMs),
  )
  return Math.max(seen.causedMs, ...failed)
}

/**
 * From when on a connection through the gateway has to reach the new writer. Before the drill was steady a name may flip
 * back and forth, and the old writer of a cluster may answer as a reader.
 */
const wellSince = (seen: Seen, door: Door, steadyMs: number): number | undefined => {
  const recoveredMs = recoveredAt(seen, door)
  if (recoveredMs === undefined || seen.ending !== 'steady') return recoveredMs
  return Math.max(recoveredMs, seen.endedMs - steadyMs)
}

/** One that was only watched is seen when it has begun, and the log has its own clock. */
const begunAt = (seen: Seen): number => (seen.isWatching ? zeroOf(seen) - slackMs : seen.causedMs)

const readAfter = async (
  { log, findWriter, logWaitMs, say, plan }: PathsDrill,
  seen: Seen,
  door: Door,
): Promise<{ story: LogStory; moments: readonly Moment[]; writer: WriterNow }> => {
  const { signal } = plan.context
  const recoveredMs = wellSince(seen, door, plan.patience.steadyMs)
  const times = { begunMs: begunAt(seen), recoveredMs }
  const nothing = (why: string) => ({
    story: { reached: [] },
    moments: [],
    writer: { kind: 'unsettled', why } as const,
  })
  if (signal.aborted) return nothing('interrupted')
  try {
    const writer = await findWriter()
    // Who never got through has nothing in the log to wait for.
    const limitMs = recoveredMs === undefined ? 0 : logWaitMs
    if (limitMs > 0) say(`Waiting for the gateway's access log (${log.logGroup}), up to ${showDuration(limitMs)}.`)
    const { records } = await awaitAccessLog(
      log,
      all => recoveredMs === undefined || tellLog(all, times).after !== undefined,
      { sinceMs: seen.beganMs - slackMs, limitMs, signal },
    )
    return { story: tellLog(records, times), moments: movesOf(records), writer }
  } catch (error) {
    // The drill has happened, and its records are worth more than the sentence that says why the log is missing.
    const { message } = explain(error)
    say(`could not look: ${message}`)
    return nothing(message)
  }
}

const movesOf = (records: Parameters<typeof tellLog>[0]): Moment[] => {
  let last: string | undefined
  return records.flatMap(({ atMs, resourceIp }) => {
    const from = last
    last = resourceIp
    if (from === undefined || from === resourceIp) return []
    return [
      { atMs, lane: 'targets' as const, what: 'The gateway reaches another address', fields: { ip: resourceIp, from } },
    ]
  })
}
