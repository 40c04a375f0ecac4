import type { IpPermission } from '@aws-sdk/client-ec2'
import type { Clients } from '../aws/clients.ts'
import type { Permission, SecurityGroup } from '../checks/security-group-rules.ts'
import { attempt } from './attempt.ts'
import type {
  DatabaseFacts,
  DoctorFacts,
  EndpointServiceFacts,
  FunctionFacts,
  HostedZoneFacts,
  LoadBalancerFacts,
  SubnetFacts,
  VpcEndpointFacts,
} from './facts.ts'
import { andThen, type Gathered, known } from './gathered.ts'

export const gatherGroups = (
  clients: Clients,
  ids: Gathered<readonly string[]>,
): Promise<Gathered<readonly SecurityGroup[]>> =>
  andThen(ids, wanted => (wanted.length === 0 ? known([]) : attempt(() => readGroups(clients, wanted))))

const readGroups = async (clients: Clients, ids: readonly string[]): Promise<SecurityGroup[]> => {
  const { SecurityGroups = [] } = await (await clients.ec2()).describeSecurityGroups({ GroupIds: [...ids] })
  return SecurityGroups.map(group => ({
    id: group.GroupId ?? '',
    incoming: (group.IpPermissions ?? []).map(readPermission),
    outgoing: (group.IpPermissionsEgress ?? []).map(readPermission),
  }))
}

const readPermission = (rule: IpPermission): Permission => ({
  protocol: rule.IpProtocol ?? '-1',
  ...(rule.FromPort === undefined ? {} : { fromPort: rule.FromPort }),
  ...(rule.ToPort === undefined ? {} : { toPort: rule.ToPort }),
  cidrs: (rule.IpRanges ?? []).flatMap(it => it.CidrIp ?? []),
  groupIds: (rule.UserIdGroupPairs ?? []).flatMap(it => it.GroupId ?? []),
  prefixListIds: (rule.PrefixListIds ?? []).flatMap(it => it.PrefixListId ?? []),
})

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

export const gatherVpcDns = (
  clients: Clients,
  database: Gathered<Pick<DatabaseFacts, 'vpcId'>>,
): Promise<DoctorFacts['vpcDns']> =>
  andThen(database, ({ vpcId: VpcId }) =>
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

/** Route 53 knows no filter by Region: the VPC's own is part of the question. */
export const gatherHostedZones = (
  clients: Clients,
  database: Gathered<Pick<DatabaseFacts, 'vpcId'>>,
  region: string,
): Promise<Gathered<readonly HostedZoneFacts[]>> =>
  andThen(database, ({ vpcId }) =>
    attempt(async () => {
      const route53 = await clients.route53()
      const zones: HostedZoneFacts[] = []
      let NextToken: string | undefined
      do {
        const page = await route53.listHostedZonesByVPC({
          VPCId: vpcId,
          VPCRegion: region as 'eu-west-1',
          ...(NextToken === undefined ? {} : { NextToken }),
        })
        for (const { HostedZoneId: id = '', Name: name = '', Owner } of page.HostedZoneSummaries ?? []) {
          zones.push({ id, name, owner: Owner?.OwningService ?? Owner?.OwningAccount ?? 'unknown' })
        }
        NextToken = page.NextToken
      } while (NextToken)
      return zones
    }),
  )

/** Those in front of the load balancer. EC2 cannot filter by it. */
export const gatherEndpointServices = (
  clients: Clients,
  balancer: Gathered<LoadBalancerFacts>,
): Promise<Gathered<readonly EndpointServiceFacts[]>> =>
  andThen(balancer, ({ arn }) =>
    attempt(async () => {
      const ec2 = await clients.ec2()
      const services: EndpointServiceFacts[] = []
      let NextToken: string | undefined
      do {
        const page = await ec2.describeVpcEndpointServiceConfigurations(NextToken === undefined ? {} : { NextToken })
        for (const it of page.ServiceConfigurations ?? []) {
          if (!it.NetworkLoadBalancerArns?.includes(arn)) continue
          const id = it.ServiceId ?? ''
          const { Name: privateName, State: privateState } = {
            Name: it.PrivateDnsName,
            State: it.PrivateDnsNameConfiguration?.State,
          }
          services.push({
            id,
            name: it.ServiceName ?? '',
            state: it.ServiceState ?? 'unknown',
            acceptanceRequired: it.AcceptanceRequired === true,
            ...(privateName === undefined ? {} : { privateDnsName: privateName }),
            ...(privateState === undefined ? {} : { privateDnsState: privateState }),
            allowedPrincipals: await attempt(async () => {
              const found = await ec2.describeVpcEndpointServicePermissions({ ServiceId: id })
              return (found.AllowedPrincipals ?? []).flatMap(({ Principal }) => Principal ?? [])
            }),
            connections: await attempt(async () => {
              const found = await ec2.describeVpcEndpointConnections({
                Filters: [{ Name: 'service-id', Values: [id] }],
              })
              return (found.VpcEndpointConnections ?? []).map(one => ({
                endpointId: one.VpcEndpointId ?? '',
                owner: one.VpcEndpointOwner ?? '',
                state: one.VpcEndpointState ?? 'unknown',
              }))
            }),
          })
        }
        NextToken = page.NextToken
      } while (NextToken)
      return services
    }),
  )

export const gatherVpcEndpoints = (
  clients: Clients,
  lambda: Gathered<FunctionFacts>,
): Promise<Gathered<readonly VpcEndpointFacts[]>> =>
  andThen(lambda, ({ vpc }) => {
    if (vpc === undefined) return known([])
    return attempt(async () => {
      const ec2 = await clients.ec2()
      const { VpcEndpoints = [] } = await ec2.describeVpcEndpoints({
        Filters: [{ Name: 'vpc-id', Values: [vpc.vpcId] }],
      })
      const interfaces = VpcEndpoints.filter(it => it.VpcEndpointType === 'Interface')
      const ids = [...new Set(interfaces.flatMap(it => (it.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? [])))]
      const groups = ids.length === 0 ? [] : await readGroups(clients, ids)
      return interfaces.map(it => ({
        id: it.VpcEndpointId ?? '',
        service: it.ServiceName ?? '',
        state: it.State ?? 'unknown',
        hasPrivateDns: it.PrivateDnsEnabled === true,
        ...(it.PolicyDocument === undefined ? {} : { policy: it.PolicyDocument }),
        groups: groups.filter(({ id }) => (it.Groups ?? []).some(({ GroupId }) => GroupId === id)),
      }))
    })
  })
