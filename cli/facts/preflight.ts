import type { Subnet } from '../../infra/app/settings/subnet-fields.ts'
import { attempt } from './attempt.ts'
import type { GrantFacts } from './client/mysql-accounts.ts'
import { andThen, type Gathered, known, none, together } from './gathered.ts'
import { gatherHostedZones } from './hosted-zones.ts'
import { type GatherMigrationOptions, gatherMigration } from './migration.ts'
import type { MigrationFacts } from './migration-facts.ts'
import type { ConsumerSurroundings, PreflightFacts, ProviderSurroundings } from './preflight-facts.ts'
import { readConfiguration } from './resource-gateway.ts'
import { gatherGroups } from './security-groups.ts'
import { gatherSubnets, gatherVpcDns } from './vpc.ts'

export interface GatherPreflightOptions extends GatherMigrationOptions {
  readonly clientKeepaliveSeconds?: number
  /** Reads the accounts that are bound to addresses, where credentials were given. */
  readonly readGrants?: () => Promise<readonly GrantFacts[]>
}

/**
 * Everything that preflight judges. What cannot be read stays unknown; nothing is written.
 *
 * @throws what stops every call: no credentials, no Region, an interruption.
 */
export const gatherPreflight = async (options: GatherPreflightOptions): Promise<PreflightFacts> => {
  const { clientKeepaliveSeconds, readGrants } = options
  const facts = await gatherMigration(options)
  const [here, there, grants] = await Promise.all([
    gatherHere(options, facts),
    gatherThere(options, facts),
    readGrants === undefined ? undefined : readAccounts(readGrants),
  ])
  return {
    ...facts,
    here,
    ...(there === undefined ? {} : { there }),
    ...(grants === undefined ? {} : { grants }),
    ...(clientKeepaliveSeconds === undefined ? {} : { clientKeepaliveSeconds }),
  }
}

/** A database that does not answer is no reason to keep silent about the rest. */
const readAccounts = async (read: () => Promise<readonly GrantFacts[]>): Promise<Gathered<readonly GrantFacts[]>> => {
  try {
    return known(await read())
  } catch (error) {
    return { kind: 'unknown', why: `The accounts of the database could not be read: ${(error as Error).message}.` }
  }
}

/** Those of what is deployed; of what the settings describe as long as nothing is. */
const placed = (there: Gathered<{ readonly subnetIds: readonly string[] }>, said: readonly Subnet[]) =>
  known({ subnets: there.kind === 'known' ? there.value.subnetIds.map(id => ({ id })) : said })

const vpcOf = (vpcId: string | undefined) =>
  vpcId === undefined ? none('The settings name no VPC of the database.') : known({ vpcId })

const gatherHere = async (
  { clients, database }: GatherPreflightOptions,
  { provider }: MigrationFacts,
): Promise<ProviderSurroundings> => {
  const region = database.env.region ?? clients.region
  return {
    ...(region === undefined ? {} : { region }),
    ...(await together({
      gatewaySubnets: gatherSubnets(clients, placed(provider.gateway, database.gateway.subnets)),
      databaseSubnets: gatherSubnets(clients, provider.database),
      databaseGroups: gatherGroups(clients, await andThen(provider.database, it => known(it.securityGroupIds))),
      gatewayGroups: gatherGroups(clients, await andThen(provider.gateway, it => known(it.securityGroupIds))),
      hostedZones: gatherHostedZones(clients, vpcOf(database.vpcId), region ?? ''),
    })),
  }
}

const gatherThere = async (
  { consumer, consumerClients: clients }: GatherPreflightOptions,
  { consumerSide, provider }: MigrationFacts,
): Promise<ConsumerSurroundings | undefined> => {
  if (consumer === undefined || consumerSide === undefined) return undefined
  const region = consumer.env.region ?? clients.region
  const { configuration } = provider
  const arn =
    consumer.gateway.resourceConfigurationArn ?? (configuration.kind === 'known' ? configuration.value.arn : undefined)
  const vpc = known({ vpcId: consumer.vpcId })
  return {
    ...(region === undefined ? {} : { region }),
    ...(await together({
      account: attempt(async () => (await (await clients.sts()).getCallerIdentity({})).Account ?? 'unknown'),
      endpointSubnets: gatherSubnets(clients, placed(consumerSide.gateway, consumer.gatewaySubnets)),
      endpointGroups: gatherGroups(clients, await andThen(consumerSide.gateway, it => known(it.securityGroupIds))),
      vpcDns: gatherVpcDns(clients, vpc),
      hostedZones: gatherHostedZones(clients, vpc, region ?? ''),
      shared:
        arn === undefined
          ? none('There is no resource configuration yet.')
          : attempt(() => readConfiguration(clients, arn)),
    })),
  }
}
