/**
 * What the parts of the lab know of each other. The lab imports no core: it runs the built artefact and speaks AWS's
 * wire formats, so that a rehearsal exercises what would be deployed.
 */

/** The lanes of a timeline, in the order in which they are shown. */
export type Lane = 'rds' | 'dns' | 'event' | 'function' | 'api' | 'targets' | 'client' | 'lab'

export interface Moment {
  /** Milliseconds of scenario time since the timeline began. */
  readonly atMs: number
  readonly lane: Lane
  /** A constant sentence; everything that varies is a field. */
  readonly what: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Timeline {
  readonly moments: readonly Moment[]
  record(lane: Lane, what: string, fields?: Record<string, unknown>): void
  onMoment(listener: (moment: Moment) => void): void
}

/** Scenario time: wall time multiplied by the speed of the run. Every delay of the lab goes through it. */
export interface LabTime {
  readonly speed: number
  /** Milliseconds of scenario time since the lab was started. */
  now(): number
  /** The wall clock's time that belongs to a scenario time, for timestamps that leave the lab. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Runs `action` after `ms` of scenario time; the answer cancels it. */
  after(ms: number, action: () => void): () => void
}

/**
 * Maps the private addresses that AWS would show (10.0.1.10:5432) to sockets on loopback, so that configuration, DNS
 * and target groups hold realistic values and every TCP connection is real.
 */
export interface Network {
  /** Where a server for this address has to listen. The same answer every time. */
  listenAt(ip: string, port: number): { host: string; port: number }
  /** Where to connect for this address. */
  connectTo(ip: string, port: number): { host: string; port: number }
}

export interface TargetId {
  readonly ip: string
  readonly port: number
  readonly zone?: string
}

export type TargetState =
  | 'initial'
  | 'healthy'
  | 'unhealthy'
  | 'unhealthy.draining'
  | 'unused'
  | 'draining'
  | 'unavailable'

export interface TargetHealth extends TargetId {
  readonly state: TargetState
  readonly reason?: string
  readonly description?: string
}

/** Control plane of one target group with the delays of a real one. The API's ELBv2 handlers are thin over it. */
export interface TargetGroup {
  readonly arn: string
  readonly port: number
  /** All targets, draining ones included. Asking for a target that is not there gives `unused`/`Target.NotRegistered`. */
  describe(only?: readonly TargetId[]): TargetHealth[]
  register(targets: readonly TargetId[]): void
  /** A target that is not there, or is there with another port, is ignored: as ELBv2 does, successfully. */
  deregister(targets: readonly TargetId[]): void
  attributes: Record<string, string>
  readonly healthCheck?: {
    readonly intervalMs: number
    readonly timeoutMs: number
    readonly healthyThreshold: number
    readonly unhealthyThreshold: number
  }
}

/** What a database process on one address does with a connection. */
export type NodeRole =
  /** Nothing listens: a standby of a Multi-AZ instance, or a node that is down. */
  | 'silent'
  /** The host drops every packet, open connections included: clients see timeouts, not refusals (a fenced writer). */
  | 'fenced'
  /** Listens and answers "the database system is starting up". */
  | 'starting'
  | 'writer'
  /** Accepts connections, answers reads, refuses writes (an Aurora reader). */
  | 'reader'

/** One address where a database may answer. All nodes of a database share one data set. */
export interface DatabaseNode {
  readonly ip: string
  readonly port: number
  readonly role: NodeRole
  /** Leaving `writer` or `reader` cuts every open connection without a goodbye. */
  become(role: NodeRole): Promise<void>
}

/** Anything that holds sockets, timers or processes. */
export interface Closable {
  close(): Promise<void>
}
