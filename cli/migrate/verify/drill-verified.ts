import type { Context } from '../../context.ts'
import { askForGo } from '../../drill/ask.ts'
import { goAhead, type ReadyDrill } from '../../drill/go-ahead.ts'
import type { DrillPlan } from '../../drill/intent.ts'
import { exitCodes } from '../../exit-codes.ts'
import { CliError } from '../../failure.ts'
import { showVerified } from '../../text/verification.ts'
import type { DrilledPaths } from './drill-paths.ts'
import { checkDrill, type PathsChoice, planDrill } from './drill-plan.ts'
import type { Examined } from './result.ts'
import { accessLogOf, addressesOf, findWriter, type VerifyPlan } from './verify-paths.ts'

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
