import type { GrantFacts } from './client/mysql-accounts.ts'
import type { Gathered } from './gathered.ts'
import type { HostedZoneFacts } from './hosted-zones.ts'
import type { MigrationFacts } from './migration-facts.ts'
import type { ConfigurationFacts } from './resource-gateway.ts'
import type { SecurityGroup } from './security-groups.ts'
import type { SubnetFacts, VpcDnsFacts } from './vpc.ts'

/** What could make the migration fail, beside where both sides stand. */
export interface PreflightFacts extends MigrationFacts {
  /** Seconds after which the clients send TCP keepalives, where the user said so. */
  readonly clientKeepaliveSeconds?: number
  readonly here: ProviderSurroundings
  readonly there?: ConsumerSurroundings
  /** Accounts of MySQL that are bound to addresses, where credentials were given. */
  readonly grants?: Gathered<readonly GrantFacts[]>
}

export interface ProviderSurroundings {
  readonly region?: string
  /** Of the gateway that is there, or of the one that the settings describe. */
  readonly gatewaySubnets: Gathered<readonly SubnetFacts[]>
  /** Of the DB subnet group. */
  readonly databaseSubnets: Gathered<readonly SubnetFacts[]>
  readonly databaseGroups: Gathered<readonly SecurityGroup[]>
  readonly gatewayGroups: Gathered<readonly SecurityGroup[]>
  /** Private zones that the database's VPC sees. */
  readonly hostedZones: Gathered<readonly HostedZoneFacts[]>
}

export interface ConsumerSurroundings {
  readonly region?: string
  /** The account whose credentials were used. */
  readonly account: Gathered<string>
  /** Of the resource endpoint that is there, or of the one that the settings describe. */
  readonly endpointSubnets: Gathered<readonly SubnetFacts[]>
  readonly endpointGroups: Gathered<readonly SecurityGroup[]>
  readonly vpcDns: Gathered<VpcDnsFacts>
  readonly hostedZones: Gathered<readonly HostedZoneFacts[]>
  /** The resource configuration as the consumer's account sees it. */
  readonly shared: Gathered<ConfigurationFacts>
}
