import type { Command } from 'commander'
import { SettingsError } from '../../infra/app/settings/problems.ts'
import { askLine } from '../ask-line.ts'
import { createClients } from '../aws/clients.ts'
import { runWithoutSettings } from '../common-options.ts'
import type { BareContext, CommonOptions } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { gatherDatabase } from '../facts/database.ts'
import { type ListedDatabase, type Listing, listDatabases } from '../facts/find-database.ts'
import { gatherSubnets } from '../facts/vpc.ts'
import { CliError, UsageError } from '../failure.ts'
import { type Proposal, propose } from '../init/entry.ts'
import { writeEntry } from '../init/write-entry.ts'
import type { Output } from '../output.ts'
import { showProposal } from '../text/proposal.ts'
import { showTable } from '../text/table.ts'

interface InitOptions extends Pick<CommonOptions, 'settings' | 'region' | 'profile' | 'json'> {
  readonly print?: boolean
}

export const addInit = (program: Command): void => {
  program
    .command('init')
    .argument('[database]', 'its identifier, or its ARN; without it you choose from a list')
    .summary('reads a database and writes its entry of repoint.json')
    .description(
      'Reads a database with your credentials and writes its entry of the settings: ARN, endpoint, engine, port, VPC, a subnet in every zone of its DB subnet group, security group, members, networks. Recommends a strategy, and shows what it could not find. Changes nothing on AWS and overwrites nothing.',
    )
    .option('--settings <file>', 'the settings file (default: $REPOINT_SETTINGS, else repoint.json)')
    .option('--region <region>', 'the Region of the database (default: that of your AWS configuration)')
    .option('--profile <name>', 'a profile of your AWS configuration (default: the standard credential chain)')
    .option('--print', 'show the entry and write nothing')
    .option('--json', 'the result as JSON on stdout; progress stays on stderr')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint init                       which databases are there?
  $ repoint init orders
  $ repoint init orders --print        write nothing`,
    )
    .action((name: string | undefined, options: InitOptions) =>
      runWithoutSettings(options, (context, its) => runInit(context, name, its)),
    )
}

const runInit = async (
  { settingsFile: file, out, signal }: BareContext,
  name: string | undefined,
  { region, profile, print = false }: InitOptions,
): Promise<ExitCode> => {
  const clients = createClients({
    signal,
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  })
  const listing = await listDatabases(clients)
  const listed = name === undefined ? await chooseFrom(listing, out, signal) : pick(listing, name)
  const database = await gatherDatabase(clients, listed)
  const proposal = propose({ listed, database, subnets: await gatherSubnets(clients, database) })
  if (!print) write(file, listed.id, proposal)
  const shown = { ...proposal, database: listed.id, ...(print ? {} : { file }) }
  out.result(showProposal(listed, proposal, out.paint), shown)
  out.note(
    print
      ? 'Nothing was written.'
      : `Written to ${file}. Read it, then see what it deploys: cdk synth Repoint-${listed.id} in a clone; the other paths are in docs/installing.md.`,
  )
  return exitCodes.ok
}

/** @throws CliError */
const pick = ({ databases, unread }: Listing, name: string): ListedDatabase => {
  const found = databases.filter(it => it.arn === name || it.id === name.toLowerCase())
  const [one, ...others] = found
  if (one && others.length === 0) return one
  if (one)
    throw new UsageError(`There are several of the name ${name}: use one of ${found.map(it => it.arn).join(', ')}.`)
  const cluster = databases.find(it => it.members.includes(name.toLowerCase()))
  if (cluster) {
    throw new UsageError(
      `${name} is a member of the cluster ${cluster.id}, whose name survives a failover: use \`repoint init ${cluster.id}\`.`,
    )
  }
  throw new CliError(
    [
      `There is no database ${name}. Check --region and --profile; \`repoint init\` lists what is there.`,
      ...unread,
    ].join(' '),
    exitCodes.notFound,
  )
}

/** @throws CliError with the entry where it is not enough for the settings, which stay as they are */
const write = (file: string, id: string, { entry, open }: Proposal): void => {
  try {
    writeEntry(file, id, entry)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new CliError(
      [
        `${file} was not changed, because with this entry it would not be valid.`,
        error.message,
        ...open.map(it => `  - ${it}`),
        'What was found, to complete by hand:',
        JSON.stringify(entry, undefined, 2),
      ].join('\n'),
    )
  }
}

/** Asks where somebody is there to answer. @throws UsageError with the list where nobody is */
const chooseFrom = async (listing: Listing, out: Output, signal: AbortSignal): Promise<ListedDatabase> => {
  const { databases, unread } = listing
  for (const why of unread) out.warn(why)
  if (databases.length === 0) {
    throw new CliError('RDS lists no database here. Check --region and --profile.', exitCodes.notFound)
  }
  const table = showTable({
    head: ['database', 'kind', 'engine', 'members'],
    rows: databases.map(it => [it.id, it.kind, it.engine, it.members.join(', ')]),
  })
  if (!process.stdin.isTTY || out.isJson) {
    throw new UsageError(
      `Which database? Name one of these, for example \`repoint init ${databases[0]?.id}\`:\n${table}`,
    )
  }
  out.note(table)
  const asked = await askLine('Which database?', signal)
  const found = databases.find(it => it.id === asked)
  if (found === undefined)
    throw new UsageError(`There is no database ${asked || 'of no name'} in the list. Nothing was written.`)
  return found
}
