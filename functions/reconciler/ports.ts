import type {
  Answer,
  ClusterVote,
  DoorView,
  MemberView,
  Neighbourhood,
  NetworkInterface,
  Owner,
  Ownership,
  Registration,
  Remembered,
  Step,
  Target,
  Weight,
  WriterView,
} from './core/model.ts'
import type { Outcome, Reason } from './core/reasons.ts'
import type { DetailType } from './names.ts'

/** Resolves names. Never throws for what DNS says or fails to say: that is an `Answer`. */
export interface Dns {
  resolve(name: string): Promise<Answer>
}

/** The RDS API's opinion on a cluster. */
export interface Clusters {
  /** @throws TransientError, AwsError */
  vote(clusterId: string): Promise<Omit<ClusterVote, 'atMs' | 'writerAddresses'>>
  /** The instance's own endpoint; `undefined` while it is being created. @throws TransientError, AwsError */
  endpointOf(instanceId: string): Promise<string | undefined>
  /** The instances of a cluster, those without endpoint too. @throws TransientError, AwsError */
  members(clusterId: string): Promise<readonly Member[]>
}

export type Member = Pick<MemberView, 'id' | 'status'> & { readonly endpoint?: string }

/** Whose an address is, by the network interface that owns it. */
export interface Interfaces {
  /**
   * The interfaces that own the addresses now, in the instance's VPC; an address without owner is not among them.
   * `undefined` is *no information*: RDS names no VPC. @throws TransientError, AwsError
   */
  owners(ips: readonly string[], instanceId: string): Promise<readonly NetworkInterface[] | undefined>
  /** What could be the other one of a Multi-AZ instance's pair; `undefined` as above. @throws TransientError, AwsError */
  neighbourhood(instanceId: string): Promise<Neighbourhood | undefined>
  /** Whether the addresses are the database's; every one of them is answered. @throws TransientError, AwsError */
  ownership(ips: readonly string[], database: ProvedDatabase): Promise<ReadonlyMap<string, Ownership>>
}

/** A database whose interfaces can be told: the RDS API knows it, and EC2 its interfaces. */
export interface ProvedDatabase {
  readonly kind: 'instance' | 'cluster'
  readonly id: string
}

/** Target groups, and the listener over several. Every call is one request; a target that is gone already is deregistered successfully. */
export interface FrontDoor {
  /** @throws TransientError, AwsError */
  registrations(targetGroupArn: string): Promise<readonly Registration[]>
  /** @throws TransientError, AwsError */
  register(targetGroupArn: string, targets: readonly Target[]): Promise<void>
  /** @throws TransientError, AwsError */
  deregister(targetGroupArn: string, targets: readonly Target[]): Promise<void>
  /** The weights of a listener's target groups. @throws TransientError, AwsError */
  weights(listenerArn: string): Promise<readonly Weight[]>
  /**
   * Forwards to exactly these groups. @returns what the listener forwards to now, where AWS's answer to the write says so
   * @throws TransientError, AwsError
   */
  setWeights(listenerArn: string, weights: readonly Weight[]): Promise<readonly Weight[] | undefined>
  /** The pair that tags of the target group remember; empty where there are none. @throws TransientError, AwsError */
  remembered(targetGroupArn: string): Promise<readonly Remembered[]>
  /** @throws TransientError, AwsError */
  remember(targetGroupArn: string, pair: readonly Remembered[]): Promise<void>
}

export interface Publisher {
  publish(detailType: DetailType, report: Report): Promise<void>
}

/** What operators see: log lines, metrics. Never throws. */
export interface Telemetry {
  stepDone(step: Step): void
  retry(error: TransientError, delayMs: number): void
  writerMoved(from: readonly string[], to: readonly string[]): void
  /** AWS did not say whose a new address is, or that it is not the database's. */
  notProved(owner: Owner): void
  reportNotPublished(error: unknown): void
  summary(report: Report): void
  failed(error: unknown, report: Report): void
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  sleep(ms: number): Promise<void>
  /** 0 inclusive to 1 exclusive, for jitter. */
  random(): number
}

export interface Ports {
  readonly dns: Dns
  readonly clusters: Clusters
  readonly interfaces: Interfaces
  readonly frontDoor: FrontDoor
  readonly publisher: Publisher
  readonly telemetry: Telemetry
  readonly clock: Clock
}

/** The reply of an invocation, the detail of the EventBridge event, and the summary log line: one value. */
export interface Report {
  readonly outcome: Outcome
  readonly reason: Reason
  /** What to do about it, where there is something to do. */
  readonly remedy?: string
  readonly database: string
  readonly trigger: TriggerSummary
  readonly writer: WriterView
  readonly before: readonly DoorView[]
  readonly plan: readonly Step[]
  readonly stepsDone: readonly Step[]
  readonly after: readonly DoorView[]
  /** Of new addresses, whether AWS says that they are the database's; absent where none was new. */
  readonly owners?: readonly Owner[]
  /** Whether the load balancer's health check finds the writer; absent where that is not known. */
  readonly isWriterHealthy?: boolean
  /**
   * The front doors are what was read so many milliseconds before: AWS was not asked in this run, or turned away the calls of
   * the last three minutes. Whether the writer is healthy is not said.
   */
  readonly rememberedMs?: number
  readonly timings: Timings
}

export interface TriggerSummary {
  readonly kind: 'rds-event' | 'resync' | 'watch' | 'plan'
  readonly eventId?: string
  readonly meaning?: string
  readonly source?: string
}

/** Milliseconds since `startedAt`, which is the event's own time where an event woke us. */
export interface Timings {
  readonly startedAt: string
  readonly invokedMs: number
  readonly registeredMs?: number
  readonly repointedMs?: number
  readonly healthyMs?: number
  readonly totalMs: number
  readonly looks: number
}

/** AWS or the network could not serve the call now; asking again may help. */
export class TransientError extends Error {
  override readonly name = 'TransientError'
  readonly kind: 'throttled' | 'unavailable'
  constructor(kind: 'throttled' | 'unavailable', message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** AWS refused the call for a reason that waiting does not fix. The message names the remedy. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly kind: 'access-denied' | 'not-found' | 'invalid-target' | 'other'
  constructor(kind: AwsError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
