import * as v from 'valibot'
import type { Config } from './config.ts'
import type { Watch } from './core/model.ts'
import { detailTypes, type EventSource, findEvent } from './rds-event-catalogue.ts'

/**
 * What woke us. The event says "look now", and for how long; where the writer is, is read and never taken from its text.
 */
export type Trigger = RdsEventTrigger | ActionTrigger

/**
 * `watch`: something outside RDS says that the writer is about to move; it is followed as a started failover is.
 * `isTick`: the schedule's, which comes again in a minute. Any other is somebody's wish to have AWS asked now.
 */
export interface ActionTrigger {
  readonly kind: 'resync' | 'watch' | 'plan'
  readonly isTick?: true
}

export interface RdsEventTrigger {
  readonly kind: 'rds-event'
  /** AWS sends some events without. */
  readonly eventId?: string
  readonly meaning: string
  readonly watch: Watch
  /** When RDS says it happened, epoch milliseconds. Events come late and unordered. */
  readonly atMs?: number
  /** Who emitted it: an ARN where the event has one. */
  readonly source: string
  /** `if-member`: ours when `instanceId` is a member of our cluster, which only the RDS API knows. */
  readonly ours: 'yes' | 'no' | 'if-member'
  readonly instanceId?: string
}

export class InvocationError extends Error {
  override readonly name = 'InvocationError'
  constructor(problem: string) {
    super(`${problem}. Accepted: ${accepted}`)
  }
}

const accepted = `{} or {"action":"resync"}, {"action":"tick"}, {"action":"watch"}, {"action":"plan"}, or an EventBridge event of source "aws.rds" with detail-type ${Object.values(
  detailTypes,
)
  .map(name => `"${name}"`)
  .join(', ')}`

const sources = new Map<unknown, EventSource>(
  (Object.keys(detailTypes) as EventSource[]).map(source => [detailTypes[source], source]),
)

const eventSchema = v.object({
  time: v.optional(v.string()),
  resources: v.optional(v.array(v.string()), []),
  detail: v.object({
    EventID: v.optional(v.string()),
    SourceArn: v.optional(v.string()),
    SourceIdentifier: v.optional(v.string()),
    Date: v.optional(v.string()),
    Message: v.optional(v.string(), ''),
  }),
})

/** @throws InvocationError naming what is accepted and what was received. */
export const parseTrigger = (invocation: unknown, config: Config): Trigger => {
  if (!isRecord(invocation)) throw new InvocationError(`Received ${shown(invocation)}`)
  if (Object.hasOwn(invocation, 'action') || Object.keys(invocation).length === 0) return parseAction(invocation)
  const source = invocation.source === 'aws.rds' ? sources.get(invocation['detail-type']) : undefined
  if (source) return parseEvent(invocation, source, config.database)
  if (!Object.hasOwn(invocation, 'detail-type')) throw new InvocationError(`Received ${shown(invocation)}`)
  const { source: from, 'detail-type': detailType } = invocation
  throw new InvocationError(`Received an event, ${shown({ source: from, 'detail-type': detailType })}`)
}

const parseAction = (invocation: Record<string, unknown>): Trigger => {
  const { action = 'resync', ...rest } = invocation
  const unknownKeys = Object.keys(rest)
  if (unknownKeys.length > 0) throw new InvocationError(`Received unknown keys beside "action": ${shown(unknownKeys)}`)
  if (action === 'tick') return { kind: 'resync', isTick: true }
  if (action === 'resync' || action === 'watch' || action === 'plan') return { kind: action }
  throw new InvocationError(`Received the action ${shown(action)}`)
}

const parseEvent = (invocation: unknown, source: EventSource, database: Config['database']): RdsEventTrigger => {
  const parsed = v.safeParse(eventSchema, invocation)
  if (!parsed.success) {
    const [issue] = parsed.issues
    throw new InvocationError(`Received an RDS event with ${v.getDotPath(issue)} ${shown(issue.input)}`)
  }
  const { detail, resources, time } = parsed.output
  const arns = [...(detail.SourceArn ? [detail.SourceArn] : []), ...resources].map(arn => arn.toLowerCase())
  const id = detail.SourceIdentifier?.replace(/^rds:/, '').toLowerCase()
  const emitter = arns[0] ?? id
  if (!emitter) throw new InvocationError('Received an RDS event that names no source')

  const known = detail.EventID === undefined ? undefined : findEvent(detail.EventID)
  const { watch = known?.watch ?? 'check', ...whose } = judge({ source, arns, id, message: detail.Message }, database)
  const atMs = [detail.Date, time].map(text => Date.parse(text ?? '')).find(Number.isFinite)
  return {
    kind: 'rds-event',
    ...(detail.EventID !== undefined && { eventId: shorten(detail.EventID) }),
    meaning: known?.meaning ?? 'Not in the catalogue',
    watch,
    ...(atMs !== undefined && { atMs }),
    source: shorten(emitter),
    ...whose,
  }
}

/** Lower case throughout: RDS identifiers have no case. */
interface Emitter {
  readonly source: EventSource
  readonly arns: readonly string[]
  readonly id: string | undefined
  readonly message: string
}

type Judgement = Pick<RdsEventTrigger, 'ours' | 'instanceId'> & { readonly watch?: Watch }

const no: Judgement = { ours: 'no' }

const judge = (emitter: Emitter, database: Config['database']): Judgement => {
  const { kind } = database
  const { source } = emitter
  if (kind === 'hostname') return no
  if (kind === 'proxy') return source === 'proxy' && isOurProxy(emitter, database) ? { ours: 'yes' } : no
  // A deployment and a global cluster have ids of their own, so only the message can name our database. The event of
  // somebody else's costs one look and never a watch.
  const isGlobal = kind === 'cluster' && emitter.arns.some(arn => arn.includes(':global-cluster:'))
  if (source === 'blue-green' || isGlobal) {
    return names(emitter.message, database.id) ? { ours: 'yes' } : { ours: 'yes', watch: 'check' }
  }
  if (source === kind) return isOurs(emitter, database) ? { ours: 'yes' } : no
  return kind === 'cluster' && source === 'instance' ? judgeMember(emitter, database) : no
}

/** ARNs decide: names repeat across regions and accounts. The plain id counts only where there is no ARN. */
const isOurs = ({ arns, id }: Emitter, database: Config['database']): boolean =>
  arns.length > 0 ? arns.includes(database.arn?.toLowerCase() ?? '') : id === database.id.toLowerCase()

/** The proxy's own ARN ends in an id of AWS's (`prx-...`), the event's in AWS's sample ends in the proxy's name. */
const isOurProxy = (emitter: Emitter, database: Config['database']): boolean => {
  const name = database.id.toLowerCase()
  const near = emitter.arns.filter(arn => home(arn) === home(database.arn))
  if (emitter.arns.length > 0 && near.length === 0) return false
  return isOurs(emitter, database) || emitter.id === name || near.some(arn => arn.endsWith(`:db-proxy:${name}`))
}

const judgeMember = ({ arns, id }: Emitter, database: Config['database']): Judgement => {
  const near = arns.filter(arn => home(arn) === home(database.arn))
  if (arns.length > 0 && near.length === 0) return no
  const instanceId = near.find(arn => arn.includes(':db:'))?.split(':db:')[1] ?? id
  return instanceId ? { ours: 'if-member', instanceId } : no
}

/** Partition, service, region and account of an ARN. */
const home = (arn = ''): string => arn.toLowerCase().split(':', 5).join(':')

/** As a whole word: `orders` is not named by `orders-replica`. */
const names = (message: string, id: string): boolean => {
  const literal = id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![A-Za-z0-9-])${literal}(?![A-Za-z0-9-])`, 'i').test(message)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const shown = (value: unknown): string => shorten(JSON.stringify(value) ?? String(value))

/** What others write may have any length; a log line and an event have 256 KB. */
const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text)
