import type { Template } from 'aws-cdk-lib/assertions'

/** What CloudFormation would do to a stack that is updated from one template to the next. */

interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

export interface TemplateDiff {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Changed in place or replaced, with the names of the properties that differ. */
  readonly changed: Readonly<Record<string, readonly string[]>>
  /** Made anew under the same logical id, because what differs is fixed: the old one goes. */
  readonly replaced: readonly string[]
}

export const resourcesOf = (template: Template): Readonly<Record<string, Resource>> => template.toJSON().Resources ?? {}

/** By logical id. Dependencies alone are no difference: CloudFormation changes nothing that is deployed for them. */
export const diffTemplates = (before: Template, after: Template): TemplateDiff => {
  const [old, now] = [resourcesOf(before), resourcesOf(after)]
  const changed: Record<string, string[]> = {}
  const replaced: string[] = []
  for (const [id, resource] of Object.entries(now)) {
    const was = old[id]
    if (was === undefined) continue
    const isOther = was.Type !== resource.Type
    const names = isOther ? ['Type'] : differing(was.Properties, resource.Properties)
    if (names.length > 0) changed[id] = names
    if (isOther || names.some(name => isFixed(id, was, resource, name))) replaced.push(id)
  }
  return {
    added: Object.keys(now).filter(id => !(id in old)),
    removed: Object.keys(old).filter(id => !(id in now)),
    changed,
    replaced,
  }
}

const differing = (one: Resource['Properties'] = {}, other: Resource['Properties'] = {}): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    name => JSON.stringify(one[name]) !== JSON.stringify(other[name]),
  )

const isFixed = (id: string, was: Resource, now: Resource, name: string): boolean => {
  if (name === 'ServiceToken') return true
  if (now.Type.startsWith('Custom::')) return false
  // Of a resource endpoint the service changes nothing but security groups and tags.
  if (now.Type === 'AWS::EC2::VPCEndpoint' && now.Properties?.VpcEndpointType === 'Resource') {
    return !['SecurityGroupIds', 'Tags'].includes(name)
  }
  // Of a resource configuration's definition a name to resolve can be changed, an ARN cannot.
  if (name === 'ResourceConfigurationDefinition') return 'ArnResource' in { ...Object(was.Properties?.[name]) }
  const row = fixedProperties[now.Type]
  if (row === undefined) throw new Error(`${id} differs, and the table has no row for its type ${now.Type}`)
  return row.includes(name)
}

/** Changed, these make another resource: CloudFormation's reference says so, or the service refuses to change them. */
const fixedProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::VPCEndpoint': ['VpcId', 'VpcEndpointType', 'ServiceName', 'ServiceRegion', 'ResourceConfigurationArn'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::Events::Rule': ['Name', 'EventBusName'],
  'AWS::Lambda::Alias': ['FunctionName', 'Name'],
  'AWS::Lambda::EventInvokeConfig': ['FunctionName', 'Qualifier'],
  'AWS::Lambda::Permission': ['Action', 'FunctionName', 'Principal', 'SourceArn'],
  'AWS::Logs::QueryDefinition': [],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SQS::QueuePolicy': [],
  'AWS::Scheduler::Schedule': ['Name', 'GroupName'],
  'AWS::Scheduler::ScheduleGroup': ['Name'],
  'AWS::EC2::VPCEndpointServicePermissions': ['ServiceId'],
  'AWS::EC2::VPCEndpointService': [],
  'AWS::EC2::SecurityGroup': ['GroupName', 'GroupDescription', 'VpcId'],
  'AWS::EC2::SecurityGroupIngress': [
    'GroupId',
    'IpProtocol',
    'FromPort',
    'ToPort',
    'CidrIp',
    'SourceSecurityGroupId',
    'SourcePrefixListId',
  ],
  'AWS::EC2::SecurityGroupEgress': [
    'GroupId',
    'IpProtocol',
    'FromPort',
    'ToPort',
    'CidrIp',
    'DestinationSecurityGroupId',
    'DestinationPrefixListId',
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'Type'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', 'Port', 'Protocol', 'TargetType', 'VpcId', 'IpAddressType'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn'],
  'AWS::IAM::Policy': [],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::RAM::ResourceShare': [],
  'AWS::Redshift::EndpointAccess': ['ClusterIdentifier', 'EndpointName', 'ResourceOwner', 'SubnetGroupName'],
  'AWS::Redshift::EndpointAuthorization': ['ClusterIdentifier', 'Account'],
  'AWS::Route53::HostedZone': ['Name'],
  'AWS::Route53::RecordSet': ['Name', 'HostedZoneId'],
  'AWS::VpcLattice::AccessLogSubscription': ['ResourceIdentifier'],
  'AWS::VpcLattice::ResourceConfiguration': [
    'Name',
    'ResourceConfigurationType',
    'ResourceGatewayId',
    'ProtocolType',
    'CustomDomainName',
  ],
  'AWS::VpcLattice::ResourceGateway': [
    'Name',
    'VpcIdentifier',
    'SubnetIds',
    'IpAddressType',
    'Ipv4AddressesPerEni',
    'ResourceConfigDnsResolution',
  ],
}
