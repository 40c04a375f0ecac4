import { CfnOutput, Stack, Token } from 'aws-cdk-lib'
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct, IConstruct } from 'constructs'
import { createdEndpointsOf } from '../app/settings/function-fields.ts'
import type { DatabaseSettings } from '../app/settings.ts'
import { permissionsOf } from '../permissions.ts'
import { deployedOf } from './role-statements.ts'

/**
 * Where the function runs.
 *
 * outside-vpc: an RDS endpoint that is not publicly accessible answers with its private address everywhere, so the
 *   function needs no VPC, no NAT and no endpoints.
 * in-vpc: the VPC's own path out (NAT or endpoints) is taken as given.
 * isolated: no path out. AWS is reached over interface endpoints only, port by port. Logs and metrics need none: Lambda
 *   ships what the function prints, and the metrics are printed (EMF).
 */
export interface Placement {
  readonly vpc: IVpc
  readonly subnets: readonly ISubnet[]
  readonly securityGroup: ISecurityGroup
  /** Over which the function reaches AWS: its group, and the endpoints of the stack with theirs; rules included. */
  readonly network: readonly IConstruct[]
}

type Inside = Omit<Placement, 'network'>

/** The VPC as the settings name it; nothing is looked up. */
export const importVpc = (scope: Construct, database: DatabaseSettings): IVpc =>
  Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: database.vpcId ?? '',
    // CDK wants at least one; subnets are always passed along by id.
    availabilityZones: database.subnets.length > 0 ? database.subnets.map(it => it.zone) : ['unknown'],
  })

export const importSubnets = (scope: Construct, subnets: DatabaseSettings['subnets']): ISubnet[] =>
  subnets.map(it =>
    Subnet.fromSubnetAttributes(scope, `Subnet-${it.zone}`, { subnetId: it.id, availabilityZone: it.zone }),
  )

export const placeFunction = (scope: Construct, database: DatabaseSettings, vpc: IVpc): Placement | undefined => {
  const { mode, subnetIds } = database.network
  if (mode === 'outside-vpc') return undefined
  const subnets = subnetIds
    ? subnetIds.map((id, index) =>
        Subnet.fromSubnetId(scope, `Function-${Token.isUnresolved(id) ? index + 1 : id}`, id),
      )
    : database.subnets.map(it => Subnet.fromSubnetId(scope, `Function-${it.zone}`, it.id))
  const securityGroup = new SecurityGroup(scope, 'FunctionSecurityGroup', {
    vpc,
    description: `Repoint ${database.id}: to AWS APIs over TLS, nothing else`,
    allowAllOutbound: false,
  })
  // Outgoing DNS needs no rule: security groups do not filter the Amazon resolver
  // (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
  for (const server of database.dnsServers) allowDns(securityGroup, server)
  if (mode === 'in-vpc') securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS APIs')
  const endpoints = mode === 'isolated' ? reachEndpoints(scope, database, { vpc, subnets, securityGroup }) : []
  return { vpc, subnets, securityGroup, network: [securityGroup, ...endpoints] }
}

const allowDns = (group: SecurityGroup, server: string) => {
  const [ip = '', port = '53'] = server.split(':')
  for (const rule of [Port.udp(Number(port)), Port.tcp(Number(port))]) {
    group.addEgressRule(Peer.ipv4(`${ip}/32`), rule, 'The DNS server of the settings')
  }
}

const reachEndpoints = (scope: Construct, database: DatabaseSettings, inside: Inside): readonly IConstruct[] => {
  const { endpoints } = database.network
  const { group, created } =
    typeof endpoints === 'object' && 'securityGroupId' in endpoints
      ? { group: SecurityGroup.fromSecurityGroupId(scope, 'SharedEndpoints', endpoints.securityGroupId), created: [] }
      : createEndpoints(scope, database, inside)
  group.connections.allowFrom(inside.securityGroup, Port.tcp(443), `Repoint ${database.id}`)
  return [group, ...created]
}

const createEndpoints = (scope: Construct, database: DatabaseSettings, { vpc, subnets }: Inside) => {
  const { clientCidrs = [], clientSecurityGroupIds = [], lambda } = createdEndpointsOf(database.network) ?? {}
  const group = new SecurityGroup(scope, 'EndpointSecurityGroup', {
    vpc,
    description: 'AWS APIs that Repoint calls',
    allowAllOutbound: false,
  })
  const clients = [
    ...clientCidrs.map(it => Peer.ipv4(it)),
    ...clientSecurityGroupIds.map(it => Peer.securityGroupId(it)),
  ]
  for (const client of clients) group.addIngressRule(client, Port.tcp(443), 'Others of the VPC')
  const asks = permissionsOf(deployedOf(database)).flatMap(({ by, actions }) => (by === 'code' ? actions : []))
  const isAsked = (service: string) => asks.some(action => action.startsWith(`${service}:`))
  const services = {
    ElasticLoadBalancing: InterfaceVpcEndpointAwsService.ELASTIC_LOAD_BALANCING,
    EventBridge: InterfaceVpcEndpointAwsService.EVENTBRIDGE,
    ...(isAsked('rds') ? { Rds: InterfaceVpcEndpointAwsService.RDS } : {}),
    ...(isAsked('ec2') ? { Ec2: InterfaceVpcEndpointAwsService.EC2 } : {}),
    ...(lambda ? { Lambda: InterfaceVpcEndpointAwsService.LAMBDA } : {}),
  }
  const created = Object.entries(services).map(([name, service]) => {
    const endpoint = new InterfaceVpcEndpoint(scope, `${name}Endpoint`, {
      vpc,
      service,
      subnets: { subnets: [...subnets] },
      securityGroups: [group],
      open: false,
      privateDnsEnabled: true,
    })
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(scope).account } },
      }),
    )
    return endpoint
  })
  new CfnOutput(scope, 'EndpointSecurityGroupId', {
    value: group.securityGroupId,
    description:
      'Who calls these APIs in this VPC has to be let in here; network.endpoints.securityGroupId of other databases in it',
  })
  return { group, created }
}
