import type { Call } from '../api/calls.ts'
import type { Application } from '../client/application.ts'
import type { ClientSummary } from '../client/client-summary.ts'
import type { WriteCheck } from '../client/writes-table.ts'
import type { Cloud } from '../cloud/cloud.ts'
import type { Engine, Replication } from '../database/database.ts'
import type { BusEvent } from '../events/bus.ts'
import type { DatabaseKind } from '../fixture.ts'
import type { FailureRecord } from '../lambda/async-queue.ts'
import type { Moment, TargetHealth } from '../model.ts'
import type { DatabaseSettings, Deployment } from '../template/deployment.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'

/** What happens to a database, and what Repoint promises about it. */
export interface Scenario {
  readonly name: string
  readonly database: DatabaseKind
  /** The engines that can play it, where not all can; how a cluster of it replicates. */
  readonly needs?: { readonly engines: readonly Engine[]; readonly replication?: Replication }
  /** A database that cannot play it, and why. */
  readonly notOn?: { readonly engine: Engine; readonly why: string }
  /** It ends with acknowledged writes lost, and has to. */
  readonly losesWrites?: true
  /** How the database is reached when the play begins, by default `swap`; and when it ends, by default as it began. */
  readonly frontDoor?: FrontDoorPlan
  readonly endsWith?: FrontDoorPlan
  /** Other databases stand behind the same load balancer. */
  readonly hasNeighbours?: true
  /** What is deployed during the play. */
  readonly redeploys?: readonly FrontDoorPlan[]
  /** What `repoint.json` says beside that. */
  readonly settings?: DatabaseSettings
  /** One sentence that an operator would agree with. */
  readonly promise: string
  /** Target group attributes that differ from what Repoint deploys. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Before the application starts: puts a consumer in front of both paths, by whose resolver it then finds the database. */
  readonly open?: (cloud: Cloud) => Promise<void>
  /** How old a kept connection of that application gets; as a pool's by default. Scenario time. */
  readonly poolLifetimeMs?: number
  /** Ends when RDS has done its part. */
  play(cloud: Cloud, scene: Scene): Promise<void>
  /** What was found, as a table with a heading a column, where one says more than sentences. */
  readonly table?: (record: RunRecord) => readonly (readonly string[])[]
  /** What this scenario promises beyond what every scenario does. */
  expectations(record: RunRecord): Expectation[]
}

/** What a play may look at beside the lab itself. */
export interface Scene {
  readonly application: Application
  /** The private address of each new connection of the application, in their order. */
  readonly reached: readonly string[]
  /** Of each plan that is deployed during the play. Made before it: synthesis holds this process up for seconds. */
  readonly deployments: ReadonlyMap<FrontDoorPlan, Deployment>
}

export interface Expectation {
  readonly what: string
  readonly holds: boolean
  /** What was found, where it says more than yes or no. */
  readonly found?: string
  /** Of a promise in seconds that is broken: by how much. It may be this machine's fault. Scenario time. */
  readonly lateMs?: number
}

/** What became of a database, its function and its application. */
interface Outcome {
  readonly writerIp: string
  /** What the writer's listener sends to in the end. */
  readonly targets: readonly TargetHealth[]
  /** Of the function, or of the peer that stands in for it, since the play began. */
  readonly calls: readonly Call[]
  readonly client: ClientSummary
  readonly isApplicationWorking: boolean
  readonly writes: WriteCheck
}

/** Of another database behind the same load balancer. */
export interface NeighbourRecord extends Outcome {
  readonly id: string
  /** Where its writer was when the play began, and is in the end. */
  readonly zones: readonly [before: string, after: string]
}

/** Everything that can be said about a run. Times are scenario milliseconds since the play began. */
export interface RunRecord extends Outcome {
  readonly moments: readonly Moment[]
  /** Events that the function published. */
  readonly reports: readonly BusEvent[]
  readonly failures: readonly FailureRecord[]
  /** Registered when the play began. */
  readonly firstTargets: readonly string[]
  /** How long a registration takes the load balancer. */
  readonly registrationMs: number
  /** How the database is reached in the end. */
  readonly plan: FrontDoorPlan
  /** The name of the readers' target group, and what is registered there in the end. */
  readonly readerGroup?: string
  readonly readers?: readonly TargetHealth[]
  /** What a host name gives in the end. */
  readonly addresses: readonly string[]
  /** As RDS calls it. */
  readonly engineName: string
  /** The scenario is one that loses writes. */
  readonly losesWrites: boolean
  /** False where the load balancer was retired. */
  readonly hasFrontDoor: boolean
  /** How long a resource gateway goes by an old answer of the DNS. */
  readonly gatewayKeepsMs: number
  readonly neighbours: readonly NeighbourRecord[]
}
