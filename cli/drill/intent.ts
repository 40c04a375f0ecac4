import type { Config } from '../../functions/reconciler/config.ts'
import { mayBlockTheLoadBalancer } from '../../infra/app/settings/engines.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Context } from '../context.ts'
import type { Dialect } from '../facts/client/credentials.ts'
import type { SqlTarget } from '../facts/client/session.ts'
import type { Detours } from '../facts/client/tunnels.ts'
import { UsageError } from '../failure.ts'
import { type Cause, causeFor, watched } from './cause.ts'
import type { Door } from './door.ts'
import type { Patience } from './steady.ts'

/** What is chosen on the command line, of every drill. */
export interface DrillChoice {
  readonly yes?: boolean
  /** The member of a cluster that is to become the writer. */
  readonly to?: string
  /** Somebody else causes it: a blue/green switchover, maintenance. */
  readonly watch?: boolean
  /** Milliseconds, as the next two. */
  readonly every: number
  readonly steady: number
  readonly limit: number
  /** Rows are written to it through each path. */
  readonly writeTable?: string
  readonly createTable?: boolean
}

const leastEveryMs = 50

/** The part of a plan that the choice decides. @throws UsageError */
export const chosenOf = (context: Context, database: DatabaseSettings, choice: DrillChoice) => {
  const { to, watch: isWatching = false, every: everyMs, steady: steadyMs, limit: limitMs } = choice
  if (everyMs < leastEveryMs) throw new UsageError(`--every is at least ${leastEveryMs / 1000} s.`)
  if (choice.createTable && choice.writeTable === undefined) {
    throw new UsageError('--create-table needs --write-table.')
  }
  return {
    context,
    database,
    cause: isWatching ? watched : causeFor(context.clientsFor(database), database, to),
    isWatching,
    everyMs,
    patience: { steadyMs, limitMs },
    // Bare TCP probes are errors to MySQL, unless somebody has seen to it that they do not block.
    probesTcp: !mayBlockTheLoadBalancer(database),
  }
}

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
