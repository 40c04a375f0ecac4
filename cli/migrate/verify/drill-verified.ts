import { type Finding, findingsOf, ok, problem, unknown } from '../../checks/finding.ts'
import type { Context } from '../../context.ts'
import { askForGo, goAhead, type ReadyDrill } from '../../drill/go-ahead.ts'
import { chosenOf, type DrillChoice, type DrillPlan } from '../../drill/intent.ts'
import { checkReadiness } from '../../drill/readiness.ts'
import { exitCodes } from '../../exit-codes.ts'
import { readDeployedOrRetired } from '../../facts/deployed.ts'
import { isShadowed } from '../../facts/writer-now.ts'
import { CliError, UsageError } from '../../failure.ts'
import { showVerified } from '../../text/verification.ts'
import { type DrilledPaths, doorOf } from './drill-paths.ts'
import type { Examined } from './result.ts'
import { accessLogOf, addressesOf, findWriter, type VerifyPlan } from './verify-paths.ts'
import type { ReachOptions } from './verify-plan.ts'

/** @throws CliError where the verification has not passed: no failover is spent on a path that is not proved */
export const refuseUnverified = ({ out }: Context, { database }: VerifyPlan, examined: Examined): void => {
  out.note(showVerified(examined, out))
  if (examined.outcome === 'passed') return
  if (out.isJson) out.result('', { outcome: 'refused', verify: examined.json })
  throw new CliError(
    `${database.id} is not drilled, and nothing was done: ${examined.outcome === 'failed' ? 'fix what was found' : 'what is not known has to be seen, and the access log to show connections, before a failover is spent on it'}.`,
    examined.exitCode,
  )
}

/** Shows what it will do and whether it may. @throws CliError where something stands against it; nothing was done then */
export const readyDrill = async (
  context: Context,
  { plan, examined, choice }: { plan: VerifyPlan; examined: Examined; choice: PathsChoice },
): Promise<ReadyDrill> => {
  const wanted = await planDrill(context, plan, choice)
  const ready = await checkDrill(context, plan, { drill: wanted, choice })
  return goAhead(context, { wanted, ready, dns: plan.providerDns, about: { verify: examined.json } })
}

/** Asks, fails over once with clients on every path, and reads the access log of it. */
export const drillVerified = async (
  context: Context,
  { plan, drill, choice }: { plan: VerifyPlan; drill: DrillPlan; choice: PathsChoice },
): Promise<DrilledPaths> => {
  const { out, signal } = context
  if (!choice.yes && !drill.isWatching) await askForGo(plan.database.id, signal)
  const { drillPaths } = await import('./drill-paths.ts')
  const through = plan.paths.find(({ path }) => path === 'gateway')
  const addresses = await addressesOf(plan.paths, plan.dns)
  const log = accessLogOf(plan, through?.endpointId ?? '', addresses.gateway)
  if (log.kind !== 'known') throw new CliError(`The access log is not known: ${log.why}`)
  out.note('Probing. What changes is told as it happens; Ctrl-C stops.')
  return drillPaths({
    plan: drill,
    log: log.value,
    findWriter: () => findWriter(plan, addresses),
    logWaitMs: plan.logWaitMs,
    marginMs: choice.margin ?? 0,
    say: out.note,
    screen: out.screen(),
  })
}

export const exitCodeOfDrill = {
  passed: exitCodes.ok,
  failed: exitCodes.failure,
  waiting: exitCodes.waiting,
  interrupted: exitCodes.interrupted,
} as const

export interface PathsChoice extends DrillChoice, Pick<ReachOptions, 'providerDns'> {
  /** Whether the database's own endpoint can be reached from here too. */
  readonly endpoint?: boolean
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
const checkDrill = async (
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
