import { createDns } from '../../../functions/reconciler/adapters/dns.ts'
import { createClusters } from '../../../functions/reconciler/adapters/rds.ts'
import type { Context } from '../../context.ts'
import { dialectOf, findCredentials } from '../../facts/client/credentials.ts'
import { readCa, type SqlOptions, targetOf } from '../../facts/client/sql-options.ts'
import { type Detours, detoursOf } from '../../facts/client/tunnels.ts'
import type { MigrationFacts } from '../../facts/migration-facts.ts'
import type { Migration } from '../open.ts'
import { pathsOf } from './paths.ts'
import type { VerifyPlan } from './verify-paths.ts'

/** How whoever connects finds the two paths. */
export interface ReachOptions {
  readonly connectTo?: Detours
  /** The consumer's resolvers. */
  readonly dns?: readonly string[]
  /** Those that know the database's own address. */
  readonly providerDns?: readonly string[]
}

export interface VerifyOptions extends SqlOptions, ReachOptions {
  readonly lookups: number
  readonly logWait: number
  /** How long a client waits for an answer, in milliseconds. */
  readonly timeout: number
}

export const dnsVariable = 'REPOINT_CONSUMER_DNS'

/** Everything that a verification works with. @throws UsageError, CliError where there are no paths to verify. */
export const planVerify = async (
  context: Context,
  { database, clients }: Migration,
  { facts, options }: { facts: MigrationFacts; options: VerifyOptions },
): Promise<VerifyPlan> => {
  const { env, out, now, signal } = context
  const dialect = dialectOf(database.engine)
  const credentials = dialect && (await findCredentials(options, { clients, database, env }))
  // As `repoint drill`: to a place that AWS named and nobody proved goes no password.
  const isProven = options.tls === 'verify-full'
  if (credentials !== undefined && !isProven) {
    out.warn(
      `Without --tls verify-full nobody proves that what answers is ${database.id}: verify does not log in, and the password stays here.`,
    )
  }
  const servers = options.dns ?? serversIn(env[dnsVariable] ?? '')
  const detours = detoursOf(options, env)
  return {
    facts,
    paths: pathsOf(facts),
    database,
    clients,
    dns: createDns({ servers }),
    providerDns: createDns({ servers: options.providerDns ?? database.dnsServers }),
    clusters: createClusters(await clients.rds()),
    detours,
    isFromElsewhere: detours.size > 0 && servers.length === 0,
    tls: options.tls,
    ...(options.ca === undefined ? {} : { authorities: readCa(options.ca) }),
    ...(dialect && credentials && isProven
      ? { sql: { dialect, target: targetOf(database, options, { credentials, timeoutMs: options.timeout }) } }
      : {}),
    timeoutMs: options.timeout,
    lookups: options.lookups,
    logWaitMs: options.logWait,
    now,
    signal,
    say: out.note,
  }
}

export const serversIn = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)
