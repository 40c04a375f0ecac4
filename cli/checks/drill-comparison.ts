import { sayDuration } from '../../report/chart/window.ts'
import { figuresOf } from '../../report/measure.ts'
import type { Check } from '../../report/record/words.ts'
import type { DrillRecord } from '../../report/record.ts'
import { type AccessRecord, reachedIn } from '../facts/access-log.ts'
import type { WriterNow } from '../facts/writer-now.ts'
import { showTime } from '../text/durations.ts'

/** What one kind of client saw on both paths during one failover. Milliseconds. */
export interface OutagePair {
  readonly id: string
  readonly name: string
  readonly nlbMs: number
  readonly gatewayMs: number
  /** Still failing at the end, on that path. */
  readonly isDown: { readonly nlb: boolean; readonly gateway: boolean }
}

/** Longest outages by kind of client, for kinds that were on both paths. */
export const pairOutages = (nlb: DrillRecord, gateway: DrillRecord): OutagePair[] => {
  const figures = ({ probes, endedMs }: DrillRecord) =>
    probes.filter(({ path }) => path === 'front-door').map(probe => ({ probe, ...figuresOf(probe, endedMs) }))
  const others = figures(nlb)
  return figures(gateway).flatMap(({ probe: { id, name }, longestOutageMs, isDown }) => {
    const other = others.find(({ probe }) => probe.id === id)
    if (other === undefined) return []
    const own = { nlb: other.isDown, gateway: isDown }
    return [{ id, name, nlbMs: other.longestOutageMs, gatewayMs: longestOutageMs, isDown: own }]
  })
}

/** What the access log says of a failover. Epoch milliseconds. */
export interface LogStory {
  /** Connections by the database's address that the gateway reached, in the order of their first. */
  readonly reached: readonly {
    readonly ip: string
    readonly firstMs: number
    readonly lastMs: number
    readonly connections: number
  }[]
  /** Until the failover: absent where the log has nothing of that time. */
  readonly before?: readonly string[]
  /** After the clients got through again: absent where the log has nothing of that time yet. */
  readonly after?: readonly string[]
}

export interface LogTimes {
  /** When the failover began. */
  readonly begunMs: number
  /** When the clients were well again; absent where they are not. */
  readonly recoveredMs: number | undefined
}

export const tellLog = (records: readonly AccessRecord[], { begunMs, recoveredMs }: LogTimes): LogStory => {
  const reached = new Map<string, { ip: string; firstMs: number; lastMs: number; connections: number }>()
  for (const { resourceIp: ip, atMs } of records) {
    const known = reached.get(ip)
    if (known === undefined) reached.set(ip, { ip, firstMs: atMs, lastMs: atMs, connections: 1 })
    else Object.assign(known, { lastMs: atMs, connections: known.connections + 1 })
  }
  const before = reachedIn(records.filter(({ atMs }) => atMs < begunMs))
  const after = recoveredMs === undefined ? [] : reachedIn(records.filter(({ atMs }) => atMs >= recoveredMs))
  return {
    reached: [...reached.values()],
    ...(before.length > 0 ? { before } : {}),
    ...(after.length > 0 ? { after } : {}),
  }
}

export interface DrillEvidence {
  /** Absent where there is no path through a load balancer to compare with. */
  readonly outages?: readonly OutagePair[]
  readonly log: LogStory
  /** Where the writer was before, by the database's own name; absent where that is not known. */
  readonly oldWriter?: string
  readonly writer: WriterNow
  /** How much longer than the load balancer's an outage through the gateway may be. */
  readonly marginMs: number
  /** Two outages that differ by less than this are the same to a prober. */
  readonly resolutionMs: number
}

/** `undefined` where the evidence is not there yet: a log not delivered, a writer not settled. */
export interface PendingCheck extends Omit<Check, 'holds'> {
  readonly holds: boolean | undefined
}

/** What has to hold of the path through the gateway beside what every drill asks of a path. */
export const checkGateway = (evidence: DrillEvidence): PendingCheck[] => {
  const { outages, log, oldWriter, writer } = evidence
  return [
    {
      what: 'the access log shows the old writer before the failover',
      holds: oldWriter === undefined ? undefined : log.before?.every(ip => oldWriter.split(', ').includes(ip)),
      found: saysBefore(log, oldWriter),
    },
    {
      what: 'the access log shows the new writer after the failover',
      holds: writer.kind !== 'settled' ? undefined : log.after?.every(ip => writer.addresses.includes(ip)),
      found: saysLog(log, writer),
    },
    ...(outages === undefined ? [] : [checkOutages(outages, evidence)]),
  ]
}

const checkOutages = (
  outages: readonly OutagePair[],
  { marginMs, resolutionMs }: Pick<DrillEvidence, 'marginMs' | 'resolutionMs'>,
): PendingCheck => {
  const longer = outages.filter(
    ({ nlbMs, gatewayMs, isDown }) => isDown.gateway || (!isDown.nlb && gatewayMs > nlbMs + marginMs + resolutionMs),
  )
  const by = marginMs > 0 ? ` by more than ${sayDuration(marginMs)}` : ''
  return {
    what: `no outage through the gateway is longer than through the load balancer${by}`,
    holds: outages.length > 0 && longer.length === 0,
    found:
      (longer.length > 0 ? longer : outages)
        .map(({ name, nlbMs, gatewayMs }) => `${name}: ${sayDuration(gatewayMs)} against ${sayDuration(nlbMs)}`)
        .join('; ') || 'no client was on both paths',
  }
}

const saysBefore = ({ before }: LogStory, oldWriter: string | undefined): string => {
  if (before === undefined) return 'it has no connection of that time'
  const was = oldWriter === undefined ? 'where the writer was is not known' : `the writer was ${oldWriter}`
  return `${before.join(', ')}; ${was}`
}

const saysLog = ({ reached, after }: LogStory, writer: WriterNow): string => {
  if (writer.kind !== 'settled') return writer.why
  if (after === undefined) return 'nothing of that time has been delivered yet'
  const story = reached.map(({ ip, firstMs, lastMs }) => `${ip} from ${showTime(firstMs)} to ${showTime(lastMs)}`)
  return `${story.join(', then ')}; the writer is ${writer.addresses.join(', ')}`
}

export type DrillOutcome = 'passed' | 'failed' | 'waiting' | 'interrupted'

/** Of the path through the gateway: what is broken outweighs what is not known yet. */
export const judgeDrill = (record: DrillRecord, checks: readonly PendingCheck[]): DrillOutcome => {
  if (record.verdict.outcome === 'interrupted') return 'interrupted'
  const isBroken = checks.some(({ holds }) => holds === false) || record.verdict.outcome === 'failed'
  if (isBroken) return 'failed'
  return checks.some(({ holds }) => holds === undefined) ? 'waiting' : 'passed'
}
