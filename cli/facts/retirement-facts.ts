import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { Gathered } from './gathered.ts'
import type { ConsumerFacts, ProviderFacts } from './migration-facts.ts'
import type { MigrationRecord } from './migration-record.ts'

/** What the end of the path through the load balancer is decided upon. Everything is in here; nothing is asked. */
export interface RetireFacts {
  readonly database: DatabaseSettings
  readonly provider: ProviderFacts
  /** Those that this run is about: the one that was named, or all of the settings file. */
  readonly chosen: readonly RetiringConsumer[]
  /** Every consumer of this database in the settings file. */
  readonly entries: readonly ConsumerSettings[]
  /** Of the endpoint service, from whatever account. */
  readonly connections: Gathered<readonly Connection[]>
  /** Through the load balancer, all of its listeners together. Health checks are not among them. */
  readonly flows: Gathered<Flows>
  readonly record: MigrationRecord
  /** Why the settings could not say it; `undefined` where they can. */
  readonly settingsProblem: string | undefined
  readonly quietForMs: number
  readonly nowMs: number
}

export interface RetiringConsumer {
  readonly consumer: ConsumerSettings
  readonly side: ConsumerFacts
  /** Through its interface endpoint; `none` where there is none any more. */
  readonly flows: Gathered<Flows>
}

export interface Connection {
  readonly endpointId: string
  readonly owner: string
  readonly state: string
}

/** `undefined`: nothing was reported in that time. */
export interface Flows {
  /** Connections that began in the quiet time. */
  readonly began: number | undefined
  /** Connections that were open at the last report. */
  readonly open: number | undefined
}
