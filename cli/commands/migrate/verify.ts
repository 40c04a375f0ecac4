import type { Command } from 'commander'
import { isAgainst } from '../../checks/finding.ts'
import { runWith } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { askForGo } from '../../drill/ask.ts'
import { proveProbes } from '../../drill/proof.ts'
import { refusal, sayState } from '../../drill/readiness.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { addSqlOptions } from '../../facts/client/sql-options.ts'
import { gatherMigration } from '../../facts/migration.ts'
import { CliError, UsageError } from '../../failure.ts'
import { type MigrateOptions, type Migration, openMigration } from '../../migrate/open.ts'
import { recordStep } from '../../migrate/record-step.ts'
import { drillStep, verifyStep } from '../../migrate/recorded-steps.ts'
import { makeFolder, writeDrill } from '../../migrate/verify/drill-files.ts'
import { checkDrill, type DrillChoice, planDrill } from '../../migrate/verify/drill-plan.ts'
import { type Examined, examine } from '../../migrate/verify/result.ts'
import { accessLogOf, addressesOf, findWriter, type VerifyPlan } from '../../migrate/verify/verify-paths.ts'
import { planVerify, type VerifyOptions } from '../../migrate/verify/verify-plan.ts'
import { showCheckList } from '../../text/check-list.ts'
import { showIntent } from '../../text/drill.ts'
import { durationOption, readDuration } from '../../text/durations.ts'
import { showDrilled, showVerified } from '../../text/verification.ts'
import { addMigrateOptions, addReachOptions } from './options.ts'

export interface MigrateVerifyOptions extends MigrateOptions, VerifyOptions, DrillChoice {
  readonly drill?: boolean
  readonly yes?: boolean
  readonly verbose?: boolean
  /** Milliseconds; none by default. */
  readonly margin?: number
  readonly drillRecords?: string
  readonly force?: boolean
}

export const addMigrateVerify = (migrate: Command): void => {
  const command = addMigrateOptions(migrate.command('verify'))
    .summary('connect both paths as a client, and prove where the gateway goes')
    .description(
      "Runs where a client runs, in the consumer's VPC or through tunnels. Along each path: the endpoint's name, TCP, TLS with the certificate's name, and with credentials a login that asks who answers; then the gateway's access log has to show that it reached the current writer. With --drill it fails the database over once, with clients on both paths, and puts the outages side by side. The exit code is 6 where something is wrong and 3 where the log has proved nothing yet.",
    )
  addReachOptions(command)
    .option('-v, --verbose', 'say what is in order, too')
    .option('--lookups <number>', "how often to look the endpoint's own name up", readLookups, 20)
    .addOption(durationOption('--timeout <duration>', 'how long a client waits for an answer', '3s'))
    .addOption(
      durationOption(
        '--log-wait <duration>',
        'how long to wait for the access log; all of it where a tunnel gives another port',
        '5m',
      ),
    )
  addSqlOptions(command)
    .option('--drill', 'fail the database over once, and compare both paths')
    .option('-y, --yes', 'do not ask')
    .option('--watch', 'with --drill: cause nothing, watch a failover or switchover that somebody else causes')
    .option('--to <member>', 'the member of a cluster that is to become the writer')
    .option('--endpoint', "probe the database's own endpoint too: it can be reached from here")
    .addOption(durationOption('--every <duration>', 'time between two probes of a kind', '250ms'))
    .addOption(durationOption('--steady <duration>', 'how long everything has to be well at the end', '15s'))
    .addOption(durationOption('--limit <duration>', 'how long to wait for that', '20m'))
    .option(
      '--margin <duration>',
      "how much longer than the load balancer's the gateway's outage may be (default: not at all)",
      readDuration,
    )
    .option('--drill-records <folder>', 'write nlb.json, gateway.json and comparison.html of the drill there')
    .option('--force', 'replace the files of --drill-records where they exist')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate verify -d orders --ca global-bundle.pem
  $ repoint migrate verify -d orders --ca global-bundle.pem --secret orders/probe --drill --drill-records drill
  $ repoint migrate verify -d orders --provider-dns 1.1.1.1        where the hosted zone hides the database's address

Interrupted (Ctrl-C), it stops probing and says how things stand; a failover that has begun goes on by itself.`,
    )
    .action((options: MigrateVerifyOptions) => runWith(options, runMigrateVerify))
}

export const runMigrateVerify = async (context: Context, options: MigrateVerifyOptions): Promise<ExitCode> => {
  const { out } = context
  const migration = openMigration(context, options)
  const facts = await gatherMigration(migration)
  const plan = await planVerify(context, migration, { facts, options })
  const examined = await examine(plan)
  if (!options.drill) {
    out.result(showVerified(examined, out, options.verbose), examined.json)
    await recordStep(migration, verifyStep(examined))
    return examined.exitCode
  }
  await recordStep(migration, verifyStep(examined))
  out.note(showVerified(examined, out))
  if (examined.outcome !== 'passed') {
    if (out.isJson) out.result('', { outcome: 'refused', verify: examined.json })
    throw new CliError(
      `${plan.database.id} is not drilled, and nothing was done: ${examined.outcome === 'failed' ? 'fix what was found' : 'what is not known has to be seen, and the access log to show connections, before a failover is spent on it'}.`,
      examined.exitCode,
    )
  }
  return drill(context, { migration, plan, examined, options })
}

interface Drilling {
  readonly migration: Migration
  readonly plan: VerifyPlan
  readonly examined: Examined
  readonly options: MigrateVerifyOptions
}

const drill = async (context: Context, { migration, plan, examined, options }: Drilling): Promise<ExitCode> => {
  const { out, signal } = context
  const { database } = plan
  const wanted = await planDrill(context, plan, options)
  const ready = await checkDrill(context, plan, { drill: wanted, choice: options })
  const { findings, plan: drilled } = ready.some(isAgainst)
    ? { findings: [], plan: wanted }
    : await proveProbes(wanted, plan.providerDns)
  const checks = [...ready, ...findings]
  out.note(showIntent(drilled))
  out.note(showCheckList(checks, out.paint))
  const against = checks.filter(isAgainst)
  if (against.length > 0) {
    if (out.isJson) out.result('', { outcome: 'refused', verify: examined.json, checks })
    throw new CliError(refusal(database.id, against), exitCodes.refused)
  }
  // Before the failover, so that nothing that it tells is lost.
  if (options.drillRecords !== undefined) makeFolder(options.drillRecords, options)
  if (!options.yes && !options.watch) await askForGo(database.id, signal)

  const { drillBothPaths } = await import('../../migrate/verify/drill-both-paths.ts')
  const through = plan.paths.find(({ path }) => path === 'gateway')
  const addresses = await addressesOf(plan.paths, plan.dns)
  const log = accessLogOf(plan, through?.endpointId ?? '', addresses.gateway)
  if (log.kind !== 'known') throw new CliError(`The access log is not known: ${log.why}`)
  out.note('Probing. What changes is told as it happens; Ctrl-C stops.')
  const result = await drillBothPaths({
    plan: drilled,
    log: log.value,
    findWriter: () => findWriter(plan, addresses),
    logWaitMs: plan.logWaitMs,
    marginMs: options.margin ?? 0,
    say: out.note,
    screen: out.screen(),
  })
  if (options.drillRecords !== undefined) {
    for (const file of await writeDrill(result, options.drillRecords, options)) out.note(`Wrote ${file}`)
  }
  const { isWatching } = drilled
  const step = drillStep(result, { marginMs: options.margin ?? 0, isWatching, about: examined.about })
  out.result(showDrilled(result, out), { outcome: result.outcome, ...step.evidence, verify: examined.json })
  await recordStep(migration, step)
  if (result.outcome === 'interrupted') out.note(await sayState(context, database))
  return exitCodeOfDrill[result.outcome]
}

const exitCodeOfDrill = {
  passed: exitCodes.ok,
  failed: exitCodes.failure,
  waiting: exitCodes.waiting,
  interrupted: exitCodes.interrupted,
} as const

const readLookups = (text: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value
  throw new UsageError(`--lookups ${text} is not a whole number from 1 to 1000.`)
}
