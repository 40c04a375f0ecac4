import { gatewayNames } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { find } from './attempt.ts'
import { everyPage } from './every-page.ts'
import { andThen, type Gathered } from './gathered.ts'

export interface GatewayFacts {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly status: string
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  readonly securityGroupIds: readonly string[]
  readonly addressesPerInterface: number
  /** `PUBLIC` | `IN_VPC` */
  readonly dnsResolution: string
  readonly ipAddressType: string
  /** Named otherwise than the settings say now: deployed with other fixed values. */
  readonly isOther: boolean
}

export interface ConfigurationFacts {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly status: string
  /** `ARN` | `SINGLE` | `GROUP` | `CHILD` | `CIDR` */
  readonly type: string
  readonly target: string
  readonly gatewayId: string
  readonly ports: readonly string[]
  readonly failure?: string
}

export interface AccessLogFacts {
  readonly logGroup: string
}

type Named = Pick<DatabaseSettings, 'id' | 'gateway' | 'vpcId' | 'arn'>

/**
 * Names end in a hash of what is fixed at creation: after such a change the settings name a gateway that is not there
 * yet, and the one that is there differs from it in the hash alone.
 */
const isNamedLike = (name: string | undefined, expected: string): boolean =>
  name !== undefined && /^-[0-9a-f]{8}$/.test(name.slice(-9)) && name.slice(0, -9) === expected.slice(0, -9)

const pick = <T extends { name?: string | undefined }>(all: readonly T[], expected: string): T | undefined =>
  all.find(it => it.name === expected) ?? all.find(it => isNamedLike(it.name, expected))

export const gatherGateway = (clients: Clients, database: Named): Promise<Gathered<GatewayFacts>> => {
  const { gateway: expected } = gatewayNames(database)
  return find(async () => {
    const lattice = await clients.vpcLattice()
    const all = await everyPage('items', nextToken => lattice.listResourceGateways({ nextToken }))
    const summary = pick(all, expected)
    if (summary?.id === undefined) return undefined
    const found = await lattice.getResourceGateway({ resourceGatewayIdentifier: summary.id })
    return {
      id: found.id ?? summary.id,
      arn: found.arn ?? '',
      name: found.name ?? expected,
      status: found.status ?? 'unknown',
      vpcId: found.vpcId ?? '',
      subnetIds: found.subnetIds ?? [],
      securityGroupIds: found.securityGroupIds ?? [],
      // https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html: 16 and PUBLIC where nothing was said.
      addressesPerInterface: found.ipv4AddressesPerEni ?? 16,
      dnsResolution: found.resourceConfigDnsResolution ?? 'PUBLIC',
      ipAddressType: found.ipAddressType ?? 'IPV4',
      isOther: found.name !== expected,
    }
  }, `There is no resource gateway ${expected}.`)
}

export const gatherConfiguration = (clients: Clients, database: Named): Promise<Gathered<ConfigurationFacts>> => {
  const { configuration: expected } = gatewayNames(database)
  return find(async () => {
    const lattice = await clients.vpcLattice()
    const all = await everyPage('items', nextToken => lattice.listResourceConfigurations({ nextToken }))
    // Of a cluster AWS makes children of its own, for the writer and the readers.
    const summary = pick(
      all.filter(it => it.type !== 'CHILD'),
      expected,
    )
    return summary?.arn === undefined ? undefined : readConfiguration(clients, summary.arn)
  }, `There is no resource configuration ${expected}.`)
}

/** By ARN, as an account sees it that it is shared with. */
export const readConfiguration = async (clients: Clients, arn: string): Promise<ConfigurationFacts> => {
  const lattice = await clients.vpcLattice()
  const found = await lattice.getResourceConfiguration({ resourceConfigurationIdentifier: arn })
  const target = found.resourceConfigurationDefinition
  return {
    id: found.id ?? '',
    arn: found.arn ?? arn,
    name: found.name ?? '',
    status: found.status ?? 'unknown',
    type: found.type ?? 'unknown',
    target: target?.arnResource?.arn ?? target?.dnsResource?.domainName ?? target?.ipResource?.ipAddress ?? '',
    gatewayId: found.resourceGatewayId ?? '',
    ports: found.portRanges ?? [],
    ...(found.failureReason === undefined ? {} : { failure: found.failureReason }),
  }
}

export const gatherAccessLog = (
  clients: Clients,
  configuration: Gathered<ConfigurationFacts>,
): Promise<Gathered<AccessLogFacts>> =>
  andThen(configuration, ({ arn }) =>
    find(async () => {
      const lattice = await clients.vpcLattice()
      const subscriptions = await everyPage('items', nextToken =>
        lattice.listAccessLogSubscriptions({ resourceIdentifier: arn, nextToken }),
      )
      const groups = subscriptions.flatMap(it => /:log-group:([^:]+)/.exec(it.destinationArn ?? '')?.[1] ?? [])
      const [logGroup] = groups
      return logGroup === undefined ? undefined : { logGroup }
    }, 'The resource configuration’s access log goes to no log group.'),
  )
