import type { Command } from 'commander'
import { createDns } from '../../functions/reconciler/adapters/dns.ts'
import type { Config } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { DrillRecord } from '../../report/record.ts'
import { checkRecordFiles } from '../../report/write-out.ts'
import { addCommonOptions, runWith } from '../common-options.ts'
import { type CommonOptions, type Context, onlyDatabase } from '../context.ts'
import { findDoor } from '../drill/door.ts'
import { askForGo, goAhead } from '../drill/go-ahead.ts'
import { chosenOf, type DrillChoice, type DrillPlan } from '../drill/intent.ts'
import { checkReadiness, sayState } from '../drill/readiness.ts'
import { recordOf } from '../drill/recording.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { dialectOf, findCredentials } from '../facts/client/credentials.ts'
import { isTableName } from '../facts/client/session.ts'
import { addSqlOptions, refuseSqlOptions, type SqlOptions, targetOf, warnOfTls } from '../facts/client/sql-options.ts'
import { detoursOf, type Place, readPlace } from '../facts/client/tunnels.ts'
import { readDeployedOrRetired } from '../facts/deployed.ts'
import { laboratoryOf, withLaboratory } from '../facts/laboratory.ts'
import { gatherMigration } from '../facts/migration.ts'
import { UsageError } from '../failure.ts'
import { openMigration } from '../migrate/open.ts'
import { drillVerified, exitCodeOfDrill, readyDrill, refuseUnverified } from '../migrate/verify/drill-verified.ts'
import { examine } from '../migrate/verify/result.ts'
import { planVerify, type ReachOptions } from '../migrate/verify/verify-plan.ts'
import type { Output } from '../output.ts'
import { showRecord } from '../text/drill-record.ts'
import { durationOption, readDuration } from '../text/durations.ts'
import { givenFlags } from '../text/given-flags.ts'
import { addConsumerOptions, addReachOptions } from './migrate/options.ts'

export interface DrillOptions extends CommonOptions, SqlOptions, DrillChoice, ReachOptions {
  readonly check?: boolean
  readonly frontDoor?: Place
  readonly record?: string
  readonly force?: boolean
  readonly report?: string
  /** How a database that has only the gateway is reached. */
  readonly consumer?: string
  readonly consumerProfile?: string
  readonly logWait?: number
}

const attemptTimeoutMs = 3_000
const logWaitMs = 300_000
/** Of the endpoint's own name. */
const lookups = 20

export const addDrill = (program: Command): void => {
  const command = addCommonOptions(program.command('drill'))
    .summary('fail a database over on purpose and time it as a client sees it')
    .description(
      'Shows what it will do and what it will cost, checks that the database is ready for it, asks for a confirmation, and then fails it over while it probes as a client would, from where it runs. It ends when everything is steady, with the outages by kind. Blue/green switchovers are watched (--watch), not caused.\n\nOf a database that has only the gateway it probes the consumer’s endpoint, and the gateway’s access log has to show the old writer before and the new one after; until the log shows that, the exit code is 3.',
    )
    .option('-y, --yes', 'do not ask')
    .option('--check', 'only show what it would do and whether the checks allow it')
    .option('--watch', 'cause nothing: watch a failover or switchover that somebody else causes')
    .option('--to <member>', 'the member of a cluster that is to become the writer')
    .option(
      '--front-door <host:port>',
      'where clients connect (default: the load balancer of the target group)',
      readPlace,
    )
  addConsumerOptions(addReachOptions(command))
    .option('--log-wait <duration>', 'how long to wait for the access log of a gateway (default: 5m)', readDuration)
    .addOption(durationOption('--every <duration>', 'time between two probes of a kind', '250ms'))
    .addOption(durationOption('--steady <duration>', 'how long everything has to be well at the end', '15s'))
    .addOption(durationOption('--limit <duration>', 'how long to wait for that', '20m'))
  addSqlOptions(command)
    .option(
      '--write-table <name>',
      'write to this table through the front door, and check that no write is lost',
      readTable,
    )
    .option('--create-table', 'create that table if it does not exist')
    .option('--record <file.json>', 'write the record, for `repoint report`')
    .option('--force', 'replace the files of --record and --report where they exist')
    .option('--report <file.html>', 'write a page that shows what happened')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint drill -d orders --check                          what it would do, and whether the checks allow it
  $ repoint drill -d orders --report orders.html             TCP probes, and a page with the result
  $ repoint drill -d orders --secret orders/probe --ca global-bundle.pem --write-table repoint_drill
  $ repoint drill -d orders --watch --report switchover.html while somebody switches blue/green
  $ repoint drill -d orders --consumer analytics --provider-dns 1.1.1.1   a database that has only the gateway

Interrupted (Ctrl-C), it stops probing and shows the state; a failover that has begun goes on by itself.`,
    )
    .action((options: DrillOptions) => runWith(options, runDrillCommand))
}

export const runDrillCommand = async (context: Context, options: DrillOptions): Promise<ExitCode> => {
  const { out } = context
  const database = onlyDatabase(context)
  const isWatching = options.watch === true
  // A record that nobody can write would be lost after the failover.
  checkRecordFiles(options)
  const deployed = await readDeployedOrRetired(context.clientsFor(database), database)
  if (deployed === undefined) return drillGateway(context, options)
  refuseGatewayOptions(database, options)
  refuseSqlOptions(database, options, 'probes')
  const wanted = await planDrill(context, options, deployed)
  const ready = await checkReadiness(context, {
    database,
    isWatching,
    hasSql: wanted.sql !== undefined,
    isKept: true,
  })
  const { drill: plan, checks } = await goAhead(context, {
    wanted,
    ready,
    dns: createDns({ servers: wanted.dnsServers }),
  })
  if (options.check) {
    out.result(`The checks allow a drill of ${database.id}.`, { outcome: 'allowed', checks })
    return exitCodes.ok
  }
  if (!isWatching && !options.yes) await askForGo(database.id, context.signal)

  const { runDrill } = await import('../drill/drill-run.ts')
  out.note('Probing. Times are UTC, of when it happened, and since the failover; Ctrl-C stops.')
  const record = withLaboratory(recordOf(await runDrill(plan, out.screen())), laboratoryOf(context.env))
  await writeFiles(out, record, options)
  out.result(showRecord(record, out.paint), record)
  if (record.verdict.outcome === 'interrupted') {
    out.note(await sayState(context, database))
    return exitCodes.interrupted
  }
  return record.verdict.outcome === 'passed' ? exitCodes.ok : exitCodes.failure
}

const writeFiles = async (out: Output, record: DrillRecord, options: DrillOptions): Promise<void> => {
  if ((options.record ?? options.report) === undefined) return
  const { writeRecord } = await import('../../report/files.ts')
  for (const file of writeRecord(record, options)) out.note(`Wrote ${file}`)
}

/** Through the consumer's endpoint, with the gateway's access log as the proof. */
const drillGateway = async (context: Context, options: DrillOptions): Promise<ExitCode> => {
  const { out } = context
  const { record: _, ...rest } = options
  const migration = openMigration(context, rest)
  const { database } = migration
  if (options.frontDoor !== undefined) {
    throw new UsageError(
      `--front-door: ${database.id} has only the gateway, and clients connect to the consumer's endpoint. --connect-to leads through a tunnel.`,
    )
  }
  refuseSqlOptions(database, options, 'paths')
  const facts = await gatherMigration(migration)
  const asked = { ...rest, lookups, logWait: options.logWait ?? logWaitMs, timeout: attemptTimeoutMs }
  const plan = await planVerify(context, migration, { facts, options: asked })
  const examined = await examine(plan)
  refuseUnverified(context, plan, examined)
  const { drill, checks } = await readyDrill(context, { plan, examined, choice: rest })
  if (options.check) {
    out.result(`The checks allow a drill of ${database.id}.`, { outcome: 'allowed', checks })
    return exitCodes.ok
  }
  const { outcome, gateway } = await drillVerified(context, { plan, drill, choice: rest })
  await writeFiles(out, gateway, options)
  out.result(showRecord(gateway, out.paint), gateway)
  if (outcome === 'interrupted') out.note(await sayState(context, database))
  return exitCodeOfDrill[outcome]
}

/** A path through a load balancer is found without them. */
const refuseGatewayOptions = ({ id }: DatabaseSettings, options: DrillOptions): void => {
  const flags = givenFlags(options, ['consumer', 'consumerProfile', 'dns', 'providerDns', 'logWait'])
  if (flags === undefined) return
  throw new UsageError(
    `${flags}: for a database that has only the gateway, and ${id} has a function that keeps its load balancer. \`repoint migrate verify --drill\` drills both paths.`,
  )
}

const planDrill = async (context: Context, options: DrillOptions, config: Config): Promise<DrillPlan> => {
  const { out, env } = context
  const database = onlyDatabase(context)
  const clients = context.clientsFor(database)
  const chosen = chosenOf(context, database, options)
  const door = await findDoor(clients, config, options.frontDoor)
  const dialect = dialectOf(database.engine)
  const credentials = dialect && (await findCredentials(options, { clients, database, env }))
  if (options.writeTable !== undefined && credentials === undefined) {
    throw new UsageError('--write-table needs credentials: --secret, --iam-user, or REPOINT_SQL_USER.')
  }
  const warning = credentials && warnOfTls(database, options.tls)
  if (warning !== undefined) out.warn(warning)
  const isProven = options.tls === 'verify-full'
  if (credentials !== undefined && !isProven && !door.isNamed) {
    out.warn('Without --tls verify-full SQL goes through the front door only where you name it with --front-door.')
  }
  return {
    ...chosen,
    keeper: config,
    dnsServers: config.dnsServers,
    doors: [door],
    probesEndpoint: true,
    detours: detoursOf(options, env),
    timeoutMs: attemptTimeoutMs,
    ...(dialect && credentials
      ? {
          sql: {
            dialect,
            throughDoor: isProven || door.isNamed,
            createsTable: options.createTable === true,
            ...(options.writeTable === undefined ? {} : { table: options.writeTable }),
            target: targetOf(database, options, { credentials, timeoutMs: attemptTimeoutMs }),
          },
        }
      : {}),
    notes: ['Times are of the machine that probed; RDS events and reports carry the clocks of AWS.'],
  }
}

const readTable = (text: string): string => {
  if (isTableName(text)) return text
  throw new UsageError(`--write-table: ${text} is no plain name of lower-case letters, digits and underscores.`)
}
