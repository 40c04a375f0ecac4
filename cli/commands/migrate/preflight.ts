import type { Command } from 'commander'
import { judgePreflight, preflightChecks } from '../../checks/preflight.ts'
import { readKeepalive, runWith } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { aboutOf } from '../../facts/about.ts'
import { dialectOf, findCredentials } from '../../facts/client/credentials.ts'
import type { GrantFacts } from '../../facts/client/mysql-accounts.ts'
import {
  addSqlOptions,
  refuseSqlOptions,
  type SqlOptions,
  targetOf,
  warnOfTls,
} from '../../facts/client/sql-options.ts'
import { addTunnelOption, type Detours, detoursOf } from '../../facts/client/tunnels.ts'
import { gatherPreflight } from '../../facts/preflight.ts'
import { type MigrateOptions, type Migration, openMigration } from '../../migrate/open.ts'
import { recordStep } from '../../migrate/record-step.ts'
import { preflightOutcome, preflightStep, sayPreflight } from '../../migrate/recorded-steps.ts'
import { countFindings, showFindings } from '../../text/findings.ts'
import { addMigrateOptions } from './options.ts'

export interface MigratePreflightOptions extends MigrateOptions, SqlOptions {
  readonly verbose?: boolean
  /** Seconds. */
  readonly clientKeepalive?: number
  readonly connectTo?: Detours
}

const queryTimeoutMs = 5_000

export const addMigratePreflight = (migrate: Command): void => {
  const command = addMigrateOptions(migrate.command('preflight'))
    .summary('everything that would make the migration fail, each with its remedy')
    .description(
      'Reads both sides and says what would make the migration fail: each finding with the fact, the remedy and where it is written. A check whose facts may not be read is `unknown` and names the missing permission; the others go on, and preflight has not passed. Changes nothing but the record. Run it before shadow, and again at shadow, when gateway and endpoint are there to be looked at. The exit code is 6 when there is a problem or anything unknown.',
    )
    .option('-v, --verbose', 'say what is in order, too')
    .option(
      '--client-keepalive <seconds>',
      "the clients' TCP keepalive, to compare with the gateway's 350 s",
      readKeepalive,
    )
    .option('--no-record', 'leave the record as it is')
  addSqlOptions(addTunnelOption(command))
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate preflight -d orders --consumer analytics --client-keepalive 60
  $ repoint migrate preflight --consumer-profile analytics-account
  $ repoint migrate preflight --secret orders/admin --ca global-bundle.pem    MySQL: reads grants bound to addresses
  $ repoint migrate preflight --json | jq '.findings[] | select(.severity == "problem")'

Checks:
${preflightChecks.map(({ name, question }) => `  ${name.padEnd(24)} ${question}`).join('\n')}`,
    )
    .action((options: MigratePreflightOptions) => runWith(options, runMigratePreflight))
}

export const runMigratePreflight = async (context: Context, options: MigratePreflightOptions): Promise<ExitCode> => {
  const { out } = context
  const migration = openMigration(context, options)
  const { database, consumer } = migration
  const ask = await grantsOf(context, migration, options)
  const facts = await out.progress(
    `Examining ${database.id}${consumer === undefined ? '' : ` and ${consumer.name}`}`,
    () =>
      gatherPreflight({
        ...migration,
        ...(options.clientKeepalive === undefined ? {} : { clientKeepaliveSeconds: options.clientKeepalive }),
        ...(ask === undefined ? {} : { readGrants: ask }),
      }),
  )
  const findings = judgePreflight(facts)
  const outcome = preflightOutcome(findings)
  const title = consumer === undefined ? database.id : `${database.id} for ${consumer.name}`
  const subject = { database: database.id, ...(consumer === undefined ? {} : { consumer: consumer.name }) }
  const { paint, width } = out
  const verdict = `${paint(['bold', outcome === 'passed' ? 'green' : 'red'], outcome.toUpperCase())}  ${sayPreflight(findings)}`
  const shown = showFindings(title, findings, { paint, width, isVerbose: options.verbose === true })
  out.result(`${verdict}\n\n${shown}`, { ...subject, outcome, counts: countFindings(findings), findings })
  if (options.record !== false) {
    await recordStep(migration, preflightStep(findings, aboutOf(facts)))
    out.note(`Recorded in ${migration.recordFile}`)
  }
  return outcome === 'passed' ? exitCodes.ok : exitCodes.findings
}

/** How the accounts of MySQL are read, where credentials are given. */
const grantsOf = async (
  { env, out }: Context,
  { clients, database }: Migration,
  options: MigratePreflightOptions,
): Promise<(() => Promise<readonly GrantFacts[]>) | undefined> => {
  refuseSqlOptions(database, options, 'accounts')
  if (dialectOf(database.engine) !== 'mysql') return undefined
  const credentials = await findCredentials(options, { clients, database, env })
  if (credentials === undefined) return undefined
  const warning = warnOfTls(database, options.tls)
  if (warning !== undefined) out.warn(warning)
  const target = targetOf(database, options, { credentials, timeoutMs: queryTimeoutMs })
  const detours = detoursOf(options, env)
  return async () => {
    const { readGrants } = await import('../../facts/client/grants.ts')
    return readGrants({ database, target, detours })
  }
}
