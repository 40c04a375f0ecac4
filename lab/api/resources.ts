/**
 * What lies around a database and its load balancer. Plain values that anybody may change while the lab runs: the next
 * call sees them so.
 */
export interface AccountResources {
  vpcs: Vpc[]
  subnets: Subnet[]
  securityGroups: SecurityGroup[]
  endpointServices: EndpointService[]
  vpcEndpoints: VpcEndpoint[]
  hostedZones: HostedZone[]
  resourceGateways: ResourceGateway[]
  resourceConfigurations: ResourceConfiguration[]
  accessLogSubscriptions: AccessLogSubscription[]
  parameterGroups: ParameterGroup[]
  roles: Role[]
  redshiftClusters: RedshiftCluster[]
  stacks: Stack[]
  queues: Queue[]
  /** By the ARN of an instance or cluster. */
  databases: Record<string, DatabaseResources>
  /** By ARN. */
  loadBalancers: Record<string, LoadBalancerResources>
  /** Attributes by the listener's ARN. */
  listeners: Record<string, Record<string, string>>
}

/** As DescribeClusters shows it. The laboratory plays none. */
export interface RedshiftCluster {
  id: string
  nodeType: string
  relocation: string
  multiAz: string
  port: number
}

/** As CloudFormation shows it. */
export interface Stack {
  name: string
  status: string
  isProtected: boolean
}

export interface Vpc {
  id: string
  hasDnsSupport: boolean
  hasDnsHostnames: boolean
  /** Of its DHCP options; `AmazonProvidedDNS` by default. */
  dnsServers?: string[]
}

export interface Subnet {
  id: string
  vpcId: string
  zone: string
  zoneId: string
  cidr: string
  freeAddresses: number
}

export interface SecurityGroup {
  id: string
  name: string
  vpcId: string
  incoming: SecurityRule[]
  outgoing: SecurityRule[]
}

export interface SecurityRule {
  protocol: string
  fromPort?: number
  toPort?: number
  cidrs?: string[]
  groupIds?: string[]
}

export interface EndpointService {
  id: string
  name: string
  state: string
  acceptanceRequired: boolean
  loadBalancerArns: string[]
  allowedPrincipals: string[]
  connections: { endpointId: string; owner: string; state: string }[]
}

export interface VpcEndpoint {
  id: string
  vpcId: string
  service: string
  state: string
  hasPrivateDns: boolean
  policy: string
  groupIds: string[]
  /** `Interface` by default. */
  type?: 'Interface' | 'Resource'
  /** A resource endpoint's; `service` is empty there. */
  resourceConfigurationArn?: string
  subnetIds?: string[]
  /** Of its network interfaces in the consumer's VPC. */
  addresses?: string[]
  /** Regional names: of an interface endpoint one, of a resource endpoint one for each association. */
  names?: EndpointName[]
}

export interface EndpointName {
  dnsName: string
  hostedZoneId: string
  /** What the name leads to: a (child) resource configuration, for resource endpoints. */
  resourceConfigurationArn?: string
  /** What it resolves to; all of the endpoint's by default. */
  addresses?: string[]
}

export interface HostedZone {
  id: string
  name: string
  vpcIds: string[]
  /** An account, or the name of a service that owns it. */
  owner: { account: string } | { service: string }
  records?: RecordSet[]
}

/** An A record: addresses, or an alias of a name. */
export interface RecordSet {
  name: string
  /** Of several with the same name, each has one; a resolver picks by their weights. */
  setIdentifier?: string
  weight?: number
  alias?: { dnsName: string; hostedZoneId: string; evaluatesHealth?: boolean }
  addresses?: string[]
  ttlSeconds?: number
}

export interface ResourceGateway {
  id: string
  arn: string
  name: string
  vpcId: string
  subnetIds: string[]
  securityGroupIds: string[]
  ipv4AddressesPerEni: number
  dnsResolution: 'PUBLIC' | 'IN_VPC'
  status: string
}

/** A cluster's by ARN has a child for its writer and one for its readers, made by VPC Lattice itself. */
export interface ResourceConfiguration {
  id: string
  arn: string
  name: string
  gatewayId: string
  type: 'ARN' | 'SINGLE' | 'CHILD'
  /** Type ARN. */
  resourceArn?: string
  /** Type SINGLE: the name that is resolved at each connection. */
  domainName?: string
  ports?: string[]
  /** Of a child: the RDS endpoint's name. */
  customDomainName?: string
  /** Of a child: the one by ARN. */
  groupId?: string
  status: string
}

export interface AccessLogSubscription {
  id: string
  arn: string
  /** ARN of a resource configuration. */
  resourceArn: string
  /** ARN of a log group. */
  destinationArn: string
}

export interface ParameterGroup {
  name: string
  of: 'instance' | 'cluster'
  /** `in-sync`, `pending-reboot`. */
  status: string
  parameters: { name: string; value?: string; applyType: 'static' | 'dynamic'; isModifiable: boolean }[]
}

export interface Role {
  arn: string
  /** As in an IAM policy. */
  statements: { effect: 'Allow' | 'Deny'; actions: string[]; resources: string[] }[]
}

export interface Queue {
  name: string
  messages: () => number
}

export interface DatabaseResources {
  /** Of an instance: `db.serverless`, for example. */
  instanceClass?: string
  /** Of a cluster, in ACU. */
  serverless?: { minCapacity: number; maxCapacity: number; pausesAfterSeconds?: number }
  subnetIds: string[]
  securityGroupIds: string[]
  isPubliclyAccessible: boolean
  parameterGroup?: string
  clusterParameterGroup?: string
  /** Instead of the engine that the state machine knows: its wire is PostgreSQL's always. */
  engine?: string
}

export interface LoadBalancerResources {
  subnetIds: string[]
  securityGroupIds: string[]
  enforcesOnPrivateLink: boolean
  attributes: Record<string, string>
}
