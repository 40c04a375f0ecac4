/**
 * The first registration, as a part of the deployment. CloudFormation calls it when the stack is created and whenever
 * something changes that can break the function; it invokes the function and reports its outcome.
 *
 * What can go wrong in between and is tried again: the function is busy (it runs one at a time), its role's permissions
 * have not spread yet, the database's name has no settled answer, the new target group is not yet known to its load
 * balancer. Any other refusal is final.
 */

export interface SeedEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete'
  readonly PhysicalResourceId?: string
  readonly ResourceProperties: {
    readonly FunctionName: string
    readonly TargetGroupArn: string
    /** Reasons, beside those of a success, that a deployment may end with. */
    readonly AcceptedReasons: readonly string[]
    /** Also wait until the writer is healthy in the target group. */
    readonly UntilHealthy?: string
    /** ARN of the load balancer, where AWS does not delete it. */
    readonly ProtectedLoadBalancer?: string
  }
}

export interface Invoked {
  /** `Handled` or `Unhandled` where the function threw. */
  readonly functionError?: string
  readonly payload: string
}

export interface SeedWorld {
  /** Gives up after `limitMs`. @throws where Lambda did not run the function */
  invoke(functionName: string, payload: string, limitMs: number): Promise<Invoked>
  sleep(ms: number): Promise<void>
  /** Milliseconds that the work may still take. */
  remainingMs(): number
}

export interface SeedResult {
  readonly physicalResourceId: string
  readonly outcome: string
}

const pauseMs = 10_000
const triesForMs = 120_000
/**
 * 1. A new target takes minutes to become healthy, and the call stays silent for so long.
 * 2. Something in between forgets the quiet connection; neither side hears of it.
 * 3. Without a limit of our own the deployment would hang until CloudFormation gives up.
 */
const longestCallMs = 420_000

/** @throws Error whose message is the reason that CloudFormation shows */
export const seed = async (event: SeedEvent, world: SeedWorld): Promise<SeedResult> => {
  const { FunctionName, TargetGroupArn } = event.ResourceProperties
  if (event.RequestType === 'Delete') {
    return { physicalResourceId: event.PhysicalResourceId ?? TargetGroupArn, outcome: 'nothing to do' }
  }
  const startedWithMs = world.remainingMs()
  for (;;) {
    const verdict = judge(await attempt(FunctionName, world), event.ResourceProperties)
    if (verdict.kind === 'done') return { physicalResourceId: TargetGroupArn, outcome: verdict.text }
    const spentMs = startedWithMs - world.remainingMs()
    const hasTime = world.remainingMs() > 2 * pauseMs
    const mayTryAgain = hasTime && (verdict.kind === 'busy' || spentMs + pauseMs < triesForMs)
    if (verdict.kind === 'refused' || !mayTryAgain)
      throw new Error(`Repoint could not seed the target group: ${verdict.text}`)
    await world.sleep(pauseMs)
  }
}

interface Verdict {
  readonly kind: 'done' | 'busy' | 'again' | 'refused'
  readonly text: string
}

type Attempt = Invoked | { readonly notInvoked: Error }

const attempt = async (functionName: string, world: SeedWorld): Promise<Attempt> => {
  try {
    const limitMs = Math.min(longestCallMs, world.remainingMs())
    return await world.invoke(functionName, '{"action":"resync"}', limitMs)
  } catch (error) {
    return { notInvoked: error as Error }
  }
}

/** Outcomes with which the writer is registered. */
export const successes: readonly string[] = ['in-sync', 'repointed']

/** Throttled, or cut off while it went on running: asked again it answers with what it has done. */
const busyErrors = ['TooManyRequestsException', 'AbortError', 'TimeoutError']

/** For a moment a new target group's targets are `unused`, as if the load balancer lacked their zone. */
const passingRefusal = 'target-not-in-use'

const judge = (attempted: Attempt, wanted: SeedEvent['ResourceProperties']): Verdict => {
  if ('notInvoked' in attempted) {
    const { name, message } = attempted.notInvoked
    return { kind: busyErrors.includes(name) ? 'busy' : 'again', text: `${name}: ${message}` }
  }
  const reply = parse(attempted.payload)
  if (attempted.functionError)
    return { kind: 'again', text: `${reply.errorType ?? 'Error'}: ${reply.errorMessage ?? attempted.payload}` }
  const { outcome = '', reason = '', remedy } = reply
  const text = `${outcome} (${reason})${remedy ? `. ${remedy}` : ''}`
  if (wanted.AcceptedReasons.includes(reason)) return { kind: 'done', text }
  if (successes.includes(outcome)) {
    // Registered by another run a moment ago, the writer is in place and not yet healthy.
    const isDone = !wanted.UntilHealthy || isWriterHealthy(reply, wanted.TargetGroupArn)
    return isDone ? { kind: 'done', text } : { kind: 'busy', text: `${text}, not healthy yet` }
  }
  return { kind: outcome === 'waiting' || reason === passingRefusal ? 'again' : 'refused', text }
}

/** What is read of the reconciler's report, or of Lambda's account of a failure. */
interface Reply {
  readonly outcome?: string
  readonly reason?: string
  readonly remedy?: string
  readonly errorType?: string
  readonly errorMessage?: string
  readonly writer?: { readonly addresses?: readonly string[] }
  readonly after?: readonly {
    readonly targetGroupArn: string
    readonly registrations: readonly { readonly ip: string; readonly state: string }[]
  }[]
}

const isWriterHealthy = ({ writer, after }: Reply, targetGroupArn: string): boolean =>
  after
    ?.find(door => door.targetGroupArn === targetGroupArn)
    ?.registrations.some(({ ip, state }) => state === 'healthy' && writer?.addresses?.includes(ip)) === true

const parse = (payload: string): Reply => {
  try {
    return JSON.parse(payload)
  } catch {
    return { outcome: 'unreadable', reason: payload.slice(0, 200) }
  }
}
