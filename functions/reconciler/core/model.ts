/** The words of the core. Values only: no SDK shape, no clock, no I/O. Times are epoch milliseconds. */

/** One member of a target group is identified by id *and* port: the same address may be registered on several ports. */
export interface Target {
  readonly ip: string
  readonly port: number
}

/** Target states of ELBv2, `DescribeTargetHealth` (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html). */
export type RegistrationState =
  | 'initial'
  | 'healthy'
  | 'unhealthy'
  | 'unhealthy.draining'
  | 'unused'
  | 'draining'
  | 'unavailable'

export interface Registration extends Target {
  readonly state: RegistrationState
  /** ELBv2's reason code, for example `Target.NotInUse`. A healthy target has none. */
  readonly stateReason?: string
}

/** What one look at a name in DNS gave. `none` is *no information*: it never removes anything. */
export type Answer =
  | {
      readonly kind: 'addresses'
      readonly addresses: readonly string[]
      /** The smallest TTL along the chain, in seconds. */
      readonly ttlSeconds: number
      /** The names the answer went through, the endpoint first. */
      readonly chain: readonly string[]
    }
  | { readonly kind: 'none'; readonly why: string }

/** What the RDS API says about a cluster's writer. A second opinion beside DNS, never faster than it by contract. */
export interface ClusterVote {
  readonly atMs: number
  readonly status: string
  readonly memberIds: readonly string[]
  readonly writerId?: string
  /** The writer instance's own endpoint resolved; only looked up when the cluster endpoint says nothing about the instance. */
  readonly writerAddresses?: readonly string[]
}

/** Everything learnt about the writer at one moment. */
export interface Sighting {
  readonly atMs: number
  readonly answer: Answer
  readonly vote?: ClusterVote
}

/** Where we think the writer is, and how sure we are. */
export type WriterView =
  | { readonly kind: 'unknown'; readonly why: 'no-answer' | 'ambiguous'; readonly detail: string }
  | { readonly kind: 'not-allowed'; readonly addresses: readonly string[]; readonly outside: readonly string[] }
  | {
      readonly kind: 'credible'
      readonly addresses: readonly string[]
      readonly missing: 'more-answers' | 'agreement'
    }
  | {
      readonly kind: 'settled'
      readonly addresses: readonly string[]
      readonly because: 'answers-agree' | 'dns-and-rds-agree'
    }

/** A front door's target group as last read. */
export interface DoorView {
  readonly targetGroupArn: string
  readonly port: number
  readonly registrations: readonly Registration[]
}

export interface Observation {
  readonly writer: WriterView
  readonly doors: readonly DoorView[]
}

export type Step =
  | { readonly kind: 'register'; readonly targetGroupArn: string; readonly targets: readonly Target[] }
  | { readonly kind: 'deregister'; readonly targetGroupArn: string; readonly targets: readonly Target[] }

/** How long the trigger asks us to keep looking. */
export type Watch = 'started' | 'completed' | 'restart' | 'check'

export const targetKey = (target: Target): string => `${target.ip}:${target.port}`

export const isSameTarget = (a: Target, b: Target): boolean => a.ip === b.ip && a.port === b.port

/**
 * Draining counts as absent everywhere: the load balancer is about to forget it. `unhealthy.draining` is a registered
 * target in its grace period and counts as present.
 */
export const isRegistered = (registration: Registration): boolean => registration.state !== 'draining'

/** Registered, and in a place that the load balancer can send to. */
export const isUsable = (registration: Registration): boolean =>
  isRegistered(registration) && registration.state !== 'unused'
