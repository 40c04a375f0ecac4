import { Resolver } from 'node:dns'
import { type Command, InvalidArgumentError } from 'commander'
import { addCommonOptions } from '../../common-options.ts'
import { addTunnelOption } from '../../facts/client/tunnels.ts'
import { serversIn } from '../../migrate/verify/verify-plan.ts'

/** The options that every `repoint migrate` command has, after those of all commands. */
export const addMigrateOptions = (command: Command): Command =>
  addConsumerOptions(addCommonOptions(command)).option(
    '--record <file>',
    'the record of the migration (default: beside the settings, <settings>.migration.json)',
  )

/** Whose endpoint and hosted zone are meant, and who may look at them. */
export const addConsumerOptions = (command: Command): Command =>
  command
    .option('--consumer <name>', 'the entry of consumers that is meant; needed where there are several')
    .option('--consumer-profile <name>', "a profile for the consumer's account (default: as for the provider's)")

/** How whoever connects finds the two paths: resolvers and tunnels. */
export const addReachOptions = (command: Command): Command =>
  addTunnelOption(
    addDnsOption(command).option(
      '--provider-dns <server...>',
      "a resolver that knows the database's own address (default: dnsServers, or the system's)",
      readServers,
    ),
  )

export const addDnsOption = (command: Command): Command =>
  command.option(
    '--dns <server...>',
    "the consumer's resolver (also REPOINT_CONSUMER_DNS; default: the system's)",
    readServers,
  )

/** They may come separated by commas, as in a variable. @throws InvalidArgumentError */
const readServers = (text: string, before: readonly string[] = []): readonly string[] => {
  const servers = serversIn(text)
  try {
    new Resolver().setServers(servers)
  } catch {
    throw new InvalidArgumentError('Expected addresses of DNS servers, such as 10.0.0.2 or 10.0.0.2:53.')
  }
  return [...before, ...servers]
}
