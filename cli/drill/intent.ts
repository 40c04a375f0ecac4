import type { Config } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Context } from '../context.ts'
import type { Dialect } from '../facts/client/credentials.ts'
import type { SqlTarget } from '../facts/client/session.ts'
import type { Detours } from '../facts/client/tunnels.ts'
import type { Cause } from './cause.ts'
import type { Door } from './door.ts'
import type { Patience } from './steady.ts'

/** What a drill is going to do. */
export interface DrillPlan {
  readonly context: Context
  readonly database: DatabaseSettings
  /** What keeps the load balancer right; absent where there is none any more. */
  readonly keeper?: Config
  /** Whom to ask where the database itself is. */
  readonly dnsServers: readonly string[]
  readonly cause: Cause
  readonly isWatching: boolean
  /** The ways in that are probed, the load balancer's before the gateway's. */
  readonly doors: readonly [Door, ...Door[]]
  /** Whether the endpoint itself can be reached from here, for comparison. */
  readonly probesEndpoint: boolean
  readonly detours: Detours
  readonly everyMs: number
  readonly timeoutMs: number
  readonly patience: Patience
  readonly probesTcp: boolean
  readonly sql?: {
    readonly dialect: Dialect
    readonly target: SqlTarget
    readonly throughDoor: boolean
    readonly table?: string
    readonly createsTable: boolean
  }
  readonly notes: readonly string[]
}
