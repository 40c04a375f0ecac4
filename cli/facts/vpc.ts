import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import type { FunctionFacts } from './function.ts'
import { andThen, type Gathered, known } from './gathered.ts'

export interface SubnetFacts {
  readonly id: string
  readonly zone: string
  /** Means the same zone in every account, which its name does not. */
  readonly zoneId?: string
  readonly cidr: string
  readonly freeAddresses: number
}

/** Attributes of a VPC without which private names do not resolve. */
export interface VpcDnsFacts {
  readonly support: boolean
  readonly hostnames: boolean
}

export const gatherSubnets = (
  clients: Clients,
  place: Gathered<{ readonly subnets: readonly { readonly id: string }[] }>,
): Promise<Gathered<readonly SubnetFacts[]>> =>
  andThen(place, ({ subnets }) =>
    attempt(async () => {
      const { Subnets = [] } = await (await clients.ec2()).describeSubnets({ SubnetIds: subnets.map(({ id }) => id) })
      return Subnets.map(it => ({
        id: it.SubnetId ?? '',
        zone: it.AvailabilityZone ?? '',
        ...(it.AvailabilityZoneId === undefined ? {} : { zoneId: it.AvailabilityZoneId }),
        cidr: it.CidrBlock ?? '',
        freeAddresses: it.AvailableIpAddressCount ?? 0,
      }))
    }),
  )

export const gatherFunctionSubnets = (
  clients: Clients,
  lambda: Gathered<FunctionFacts>,
): Promise<Gathered<readonly SubnetFacts[]>> =>
  andThen(lambda, ({ vpc }) =>
    vpc === undefined ? known([]) : gatherSubnets(clients, known({ subnets: vpc.subnetIds.map(id => ({ id })) })),
  )

/**
 * Where the VPC's own resolver answers: at these, and at the base of its primary CIDR plus two
 * (https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
 */
const resolverAddresses = ['169.254.169.253', 'fd00:ec2::253']

const isOwnResolver = (server: string, vpcCidr: string): boolean => {
  // A VPC's network has 16 addresses at least, so that nothing is carried.
  const plusTwo = vpcCidr.replace(/(\d+)\/\d+$/, (_, last) => String(Number(last) + 2))
  return [...resolverAddresses, plusTwo].includes(server)
}

/**
 * The DNS servers that a VPC's machines are told of: `AmazonProvidedDNS` is the VPC's own resolver, by its addresses too.
 * Empty where the VPC has no options (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html).
 */
export const gatherVpcDnsServers = (
  clients: Clients,
  vpc: Gathered<{ readonly vpcId: string }>,
): Promise<Gathered<readonly string[]>> =>
  andThen(vpc, ({ vpcId }) =>
    attempt(async () => {
      const ec2 = await clients.ec2()
      const { Vpcs: [found] = [] } = await ec2.describeVpcs({ VpcIds: [vpcId] })
      const id = found?.DhcpOptionsId ?? 'default'
      if (id === 'default') return []
      const { DhcpOptions: [options] = [] } = await ec2.describeDhcpOptions({ DhcpOptionsIds: [id] })
      const servers = options?.DhcpConfigurations?.find(({ Key }) => Key === 'domain-name-servers')
      return (servers?.Values ?? []).flatMap(({ Value = [] }) =>
        typeof Value === 'string' && isOwnResolver(Value, found?.CidrBlock ?? '') ? 'AmazonProvidedDNS' : Value,
      )
    }),
  )

export const gatherVpcDns = (
  clients: Clients,
  vpc: Gathered<{ readonly vpcId: string }>,
): Promise<Gathered<VpcDnsFacts>> =>
  andThen(vpc, ({ vpcId: VpcId }) =>
    attempt(async () => {
      const ec2 = await clients.ec2()
      const [support, hostnames] = await Promise.all([
        ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsSupport' }),
        ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' }),
      ])
      return {
        support: support.EnableDnsSupport?.Value === true,
        hostnames: hostnames.EnableDnsHostnames?.Value === true,
      }
    }),
  )
