import { type Finding, findingsOf, ok, problem, unknown } from '../../checks/finding.ts'
import type { Context } from '../../context.ts'
import { chosenOf, type DrillChoice, type DrillPlan } from '../../drill/intent.ts'
import { checkReadiness } from '../../drill/readiness.ts'
import { exitCodes } from '../../exit-codes.ts'
import { readDeployedOrRetired } from '../../facts/deployed.ts'
import { isShadowed } from '../../facts/writer-now.ts'
import { CliError, UsageError } from '../../failure.ts'
import { doorOf } from './drill-paths.ts'
import { addressesOf, type VerifyPlan } from './verify-paths.ts'

export interface PathsChoice extends DrillChoice {
  /** Whether the database's own endpoint can be reached from here too. */
  readonly endpoint?: boolean
  readonly providerDns?: readonly string[]
  /** Milliseconds that an outage through the gateway may be longer; none by default. */
  readonly margin?: number
}

/** One failover with probers on every path of the consumer's: at retired that is the gateway's alone. @throws UsageError */
export const planDrill = async (context: Context, plan: VerifyPlan, choice: PathsChoice): Promise<DrillPlan> => {
  const { database, clients, dns, detours, timeoutMs } = plan
  const { endpoint = false, providerDns, writeTable: table, createTable: createsTable = false } = choice
  const chosen = chosenOf(context, database, choice)
  // These names come from AWS and not from the user: a password goes to whom has proved to be the database, alone.
  const sql = plan.sql && { ...plan.sql, throughDoor: plan.tls === 'verify-full', createsTable }
  if (table !== undefined && sql === undefined) {
    throw new UsageError(
      '--write-table needs credentials (--secret, --iam-user, or REPOINT_SQL_USER) and --tls verify-full.',
    )
  }
  const [first, ...others] = plan.paths.map(path => doorOf(path, dns))
  if (first === undefined) throw new CliError(`${database.id} has no path that could be drilled.`, exitCodes.notFound)
  const deployed = await readDeployedOrRetired(clients, database)
  const dnsServers = providerDns ?? deployed?.dnsServers ?? database.dnsServers
  return {
    ...chosen,
    ...(deployed === undefined ? {} : { keeper: { ...deployed, dnsServers: [...dnsServers] } }),
    dnsServers,
    doors: [first, ...others],
    probesEndpoint: endpoint,
    detours,
    timeoutMs,
    ...(sql && { sql: table === undefined ? sql : { ...sql, table } }),
    notes: ['Times are of the machine that probed; RDS events, reports and the access log carry the clocks of AWS.'],
  }
}

/** What has to hold before the failover: all that a drill asks, and that the writer can be seen from here. */
export const checkDrill = async (
  context: Context,
  plan: VerifyPlan,
  { drill, choice }: { drill: DrillPlan; choice: PathsChoice },
): Promise<readonly Finding[]> => {
  const { database, paths, dns, providerDns, sql } = plan
  const [addresses, answer] = await Promise.all([addressesOf(paths, dns), providerDns.resolve(database.endpoint)])
  const isHidden = isShadowed(answer, [...addresses.nlb, ...addresses.gateway])
  const servers = choice.providerDns
  const hidden = isHidden
    ? problem(
        `Here the hosted zone answers for ${database.endpoint}, so the writer's own address is not known.`,
        'Name a resolver outside it with --provider-dns: a public one knows the names of RDS.',
      )
    : answer.kind === 'addresses'
      ? ok(`The writer's own address is known here: ${answer.addresses.join(', ')}.`)
      : unknown(`The writer's own address is not known here: ${answer.why}.`, 'Name a resolver with --provider-dns.')
  return [
    ...findingsOf('writer-address', [hidden]),
    ...(await checkReadiness(context, {
      database,
      isWatching: drill.isWatching,
      hasSql: sql !== undefined,
      isKept: drill.keeper !== undefined,
      ...(servers === undefined ? {} : { dnsServers: servers }),
    })),
  ]
}
