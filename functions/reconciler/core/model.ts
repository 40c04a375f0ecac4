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
      readonly kind: 'not-proved'
      readonly addresses: readonly string[]
      /** `disproved`: AWS says that an address is not the database's. `unanswered`: it did not say, and a proof is required. */
      readonly proof: 'disproved' | 'unanswered'
      readonly why: string
    }
  | {
      readonly kind: 'credible'
      readonly addresses: readonly string[]
      readonly missing: 'more-answers' | 'agreement'
    }
  | {
      readonly kind: 'settled'
      readonly addresses: readonly string[]
      /** `dns-outlasts-rds`: the API still names another writer, but DNS has agreed with itself for longer than it flaps. */
      readonly because: 'answers-agree' | 'dns-and-rds-agree' | 'dns-outlasts-rds'
    }

export type Role = 'writer' | 'reader'
export type Strategy = 'swap' | 'standby' | 'weighted'

/** A target group as last read, and what it is for. A `weighted` front door has several of them behind one listener. */
export interface DoorView {
  readonly role: Role
  readonly strategy: Strategy
  readonly targetGroupArn: string
  readonly port: number
  readonly registrations: readonly Registration[]
  /** `weighted`: the listener whose weights select one of its target groups, and this group's weight. */
  readonly listenerArn?: string
  readonly weight?: number
  /** `weighted`: the listener also sends to a target group that is none of ours. */
  readonly hasStrays?: boolean
  /** `weighted`: keep the old writer's weight until the new one is healthy. Both may then be written to. */
  readonly overlap?: boolean
  /** `standby`: who owns the addresses of the pair. */
  readonly pair?: PairView
  /** `reader`: register the writer when there is no reader. */
  readonly writerWhenAlone?: boolean
  /** `weighted`, `reader`: members to leave out, by id. */
  readonly exclude?: readonly string[]
}

/** A network interface of the VPC; one of RDS has the requester `amazon-rds`. */
export interface NetworkInterface {
  readonly ip: string
  readonly interfaceId: string
  readonly subnetId: string
  readonly requesterId: string
  readonly securityGroupIds: readonly string[]
}

/** An address that belonged to our database, and the interface that owned it then. */
export interface Remembered extends Pick<NetworkInterface, 'ip' | 'interfaceId' | 'subnetId'> {
  /** It answered beside the writer: another database's. Not registered again until its interface changes. */
  readonly isDisproved?: true
}

/** What is known of the pair of a Multi-AZ instance. `undefined` is *no information*. */
export interface PairView {
  readonly remembered: readonly Remembered[]
  /** Who owns the remembered, the registered and the writer's addresses now. */
  readonly owners?: readonly NetworkInterface[]
  /**
   * More than one registration is healthy: for how long, in milliseconds, and for how long it takes to prove that the
   * other one of the pair is another database's.
   */
  readonly bothHealthy?: { readonly forMs: number; readonly enoughMs: number }
  /** Every interface of RDS that could be the other one of the pair. */
  readonly neighbourhood?: Neighbourhood
}

/** Evidence for adopting an interface that has never been the writer. */
export interface Neighbourhood {
  readonly isMultiAz: boolean
  /** Other databases that use one of our security groups; absent where it was not asked for. */
  readonly sharedWith?: readonly string[]
  /** Interfaces of RDS in our security groups, ours included. */
  readonly interfaces: readonly NetworkInterface[]
}

/** A member of the cluster, located through its own endpoint: RDS's own name proves whose the address is. */
export interface MemberView {
  readonly id: string
  readonly status: string
  /** What the RDS API says; it may lag behind DNS. */
  readonly isWriter: boolean
  /** Empty while the endpoint is missing or does not resolve. */
  readonly addresses: readonly string[]
}

export interface Observation {
  readonly writer: WriterView
  readonly doors: readonly DoorView[]
  /** Read for `weighted` and `reader` front doors; absent is *no information*. */
  readonly members?: readonly MemberView[]
  /** Addresses that DNS names and that must not be registered: they are not the database's, or that is not proved. */
  readonly refused?: readonly Owner[]
}

/** What AWS says about who has an address, compared with the database. */
export type Ownership =
  | { readonly proof: 'proved'; readonly interfaceId: string }
  /** It is not the database's, or nobody's at all. */
  | { readonly proof: 'disproved'; readonly why: string }
  /** *No information*. */
  | { readonly proof: 'unanswered'; readonly why: string }

export type Owner = Ownership & { readonly ip: string }

export interface Weight {
  readonly targetGroupArn: string
  readonly weight: number
}

/** Steps at one place, a target group or the listener over several, are taken one after the other. */
export type Step =
  | {
      readonly kind: 'register' | 'deregister'
      readonly targetGroupArn: string
      readonly listenerArn?: string
      readonly targets: readonly Target[]
    }
  | { readonly kind: 'set-weights'; readonly listenerArn: string; readonly weights: readonly Weight[] }
  | { readonly kind: 'remember'; readonly targetGroupArn: string; readonly pair: readonly Remembered[] }

/** The target group of a step or a view, or the listener over several. */
export const placeOf = (at: { readonly targetGroupArn?: string; readonly listenerArn?: string }): string =>
  String(at.listenerArn ?? at.targetGroupArn)

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
