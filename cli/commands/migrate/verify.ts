import type { Command } from 'commander'
import { runWith, wholeNumber } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { sayState } from '../../drill/readiness.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { addSqlOptions, refuseSqlOptions } from '../../facts/client/sql-options.ts'
import { gatherMigration } from '../../facts/migration.ts'
import { type MigrateOptions, type Migration, openMigration } from '../../migrate/open.ts'
import { recordStep } from '../../migrate/record-step.ts'
import { drillStep, verifyStep } from '../../migrate/recorded-steps.ts'
import { makeFolder, writeDrill } from '../../migrate/verify/drill-files.ts'
import type { PathsChoice } from '../../migrate/verify/drill-verified.ts'
import { drillVerified, exitCodeOfDrill, readyDrill, refuseUnverified } from '../../migrate/verify/drill-verified.ts'
import { type Examined, examine } from '../../migrate/verify/result.ts'
import type { VerifyPlan } from '../../migrate/verify/verify-paths.ts'
import { planVerify, type VerifyOptions } from '../../migrate/verify/verify-plan.ts'
import { durationOption, readDuration } from '../../text/durations.ts'
import { showDrilled, showVerified } from '../../text/verification.ts'
import { addMigrateOptions, addReachOptions } from './options.ts'

export interface MigrateVerifyOptions extends MigrateOptions, VerifyOptions, PathsChoice {
  readonly drill?: boolean
  readonly verbose?: boolean
  readonly drillRecords?: string
  readonly force?: boolean
}

export const addMigrateVerify = (migrate: Command): void => {
  const command = addMigrateOptions(migrate.command('verify'))
    .summary('connect both paths as a client, and prove where the gateway goes')
    .description(
      "Runs where a client runs, in the consumer's VPC or through tunnels. Along each path: the endpoint's name, TCP, TLS with the certificate's name, and with credentials a login that asks who answers; then the gateway's access log has to show that it reached the current writer. With --drill it fails the database over once, with clients on every path, and puts the outages side by side; the log has to show the old writer before and the new one after. The exit code is 6 where something is wrong and 3 where the log has proved nothing yet.",
    )
  addReachOptions(command)
    .option('-v, --verbose', 'say what is in order, too')
    .option(
      '--lookups <number>',
      "how often to look the endpoint's own name up",
      wholeNumber('--lookups', 1, 1_000),
      20,
    )
    .addOption(durationOption('--timeout <duration>', 'how long a client waits for an answer', '3s'))
    .addOption(
      durationOption(
        '--log-wait <duration>',
        'how long to wait for the access log; all of it where a tunnel gives another port',
        '5m',
      ),
    )
  addSqlOptions(command)
    .option(
      '--drill',
      'fail the database over once, and compare the paths; at retired the one through the gateway alone',
    )
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
    .option(
      '--drill-records <folder>',
      'write nlb.json, gateway.json and comparison.html of the drill there; of the gateway alone gateway.json and gateway.html',
    )
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
  refuseSqlOptions(migration.database, options, 'paths')
  const facts = await gatherMigration(migration)
  const plan = await planVerify(context, migration, { facts, options })
  const examined = await examine(plan)
  if (!options.drill) {
    out.result(showVerified(examined, out, options.verbose), examined.json)
    await recordStep(migration, verifyStep(examined))
    return examined.exitCode
  }
  await recordStep(migration, verifyStep(examined))
  refuseUnverified(context, plan, examined)
  return drill(context, { migration, plan, examined, options })
}

interface Drilling {
  readonly migration: Migration
  readonly plan: VerifyPlan
  readonly examined: Examined
  readonly options: MigrateVerifyOptions
}

const drill = async (context: Context, { migration, plan, examined, options }: Drilling): Promise<ExitCode> => {
  const { out } = context
  const { drill: ready } = await readyDrill(context, { plan, examined, choice: options })
  // Before the failover, so that nothing that it tells is lost.
  if (options.drillRecords !== undefined) makeFolder(options.drillRecords, ready.doors.length > 1, options)
  const result = await drillVerified(context, { plan, drill: ready, choice: options })
  if (options.drillRecords !== undefined) {
    for (const file of await writeDrill(result, options.drillRecords, options)) out.note(`Wrote ${file}`)
  }
  const { isWatching } = ready
  const step = drillStep(result, { marginMs: options.margin ?? 0, isWatching, about: examined.about })
  out.result(showDrilled(result, out), { outcome: result.outcome, ...step.evidence, verify: examined.json })
  await recordStep(migration, step)
  if (result.outcome === 'interrupted') out.note(await sayState(context, plan.database))
  return exitCodeOfDrill[result.outcome]
}
