import { CfnOutput, type CfnResource, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib'
import {
  CfnVPCEndpointConnectionNotification,
  type CfnVPCEndpointService,
  IpAddressType,
  VpcEndpointService,
} from 'aws-cdk-lib/aws-ec2'
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam'
import { PublicHostedZone, VpcEndpointServiceDomainName } from 'aws-cdk-lib/aws-route53'
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import type { DatabaseSettings } from '../app/settings.ts'
import { logicalIdOf } from './logical-id.ts'
import { acknowledge } from './nag.ts'

/** A database, or a load balancer of several. */
type Exposed = Pick<DatabaseSettings, 'id' | 'exposure'>

/** The PrivateLink door: who may ask for an endpoint, who is let in unasked, and who hears of it. */
export class EndpointService extends Construct {
  readonly serviceName: string
  readonly serviceId: string

  constructor(scope: Construct, id: string, exposed: Exposed, loadBalancer: NetworkLoadBalancer) {
    super(scope, id)
    const { exposure } = exposed
    const service = new VpcEndpointService(this, 'Default', {
      vpcEndpointServiceLoadBalancers: [loadBalancer],
      acceptanceRequired: exposure.acceptanceRequired,
      supportedIpAddressTypes: [IpAddressType.IPV4],
      allowedPrincipals: exposure.allowedPrincipals.map(arn => new ArnPrincipal(arn)),
      ...(exposure.supportedRegions.length > 0 ? { allowedRegions: exposure.supportedRegions } : {}),
    })
    Tags.of(service).add('Name', `repoint-${exposed.id}`)
    // CDK's construct has none, and does not give itself out as its child of that name.
    const cfn = service.node.children.find((it): it is CfnVPCEndpointService => it.node.id === 'Default')
    if (cfn === undefined) throw new Error('CDK’s VpcEndpointService has no resource')
    if (exposure.privateDnsName !== undefined) cfn.privateDnsName = exposure.privateDnsName
    // Under another logical id it would be another service, to which no consumer is connected.
    cfn.overrideLogicalId(logicalIdOf(this, 'Service'))
    if (exposure.notificationTopicArn !== undefined) {
      new CfnVPCEndpointConnectionNotification(this, 'Notification', {
        serviceId: service.vpcEndpointServiceId,
        connectionEvents: ['Accept', 'Connect', 'Delete', 'Reject'],
        connectionNotificationArn: exposure.notificationTopicArn,
      })
    }
    this.serviceId = service.vpcEndpointServiceId
    this.serviceName = service.vpcEndpointServiceName
    proveDomain(this, service, exposure)
  }
}

/** AWS wants a TXT record as proof of the domain, and makes up its name and value when the service is created. */
const proveDomain = (scope: Construct, service: VpcEndpointService, exposure: DatabaseSettings['exposure']) => {
  const { privateDnsName, privateDnsZone } = exposure
  if (privateDnsName === undefined) return
  acknowledge(Stack.of(scope), {
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
      'CDK’s own provider of AWS calls writes its logs by it; it is there only for the TXT record.',
  })
  if (privateDnsZone === undefined) sayHowToVerify(scope, service.vpcEndpointServiceId, privateDnsName)
  else verify(scope, service, { domainName: privateDnsName, ...privateDnsZone })
}

/**
 * CDK's construct takes the name off when it is removed, and it is removed before the service, which AWS does not remove
 * while a consumer is connected: a stack that cannot go would have cut off whoever connects by that name. So it leaves
 * the name to the service, whose own property it is too.
 */
const verify = (
  scope: Construct,
  endpointService: VpcEndpointService,
  { domainName, id, name }: { readonly domainName: string; readonly id: string; readonly name: string },
) => {
  const publicHostedZone = PublicHostedZone.fromPublicHostedZoneAttributes(scope, 'PublicZone', {
    hostedZoneId: id,
    zoneName: name,
  })
  const domain = new VpcEndpointServiceDomainName(scope, 'Domain', { endpointService, domainName, publicHostedZone })
  const naming = domain.node.findChild('EnableDns') as AwsCustomResource
  const call = naming.node.findChild('Resource').node.defaultChild as CfnResource
  call.applyRemovalPolicy(RemovalPolicy.RETAIN)
  acknowledge(domain, { 'AwsSolutions-IAM5[Resource::*]': knowsNoResources })
}

const knowsNoResources = 'DescribeVpcEndpointServiceConfigurations knows no resources; it only reads.'

const sayHowToVerify = (scope: Construct, serviceId: string, privateDnsName: string) => {
  const answer = (field: string) => `ServiceConfigurations.0.PrivateDnsNameConfiguration.${field}`
  const read = {
    service: 'EC2',
    action: 'describeVpcEndpointServiceConfigurations',
    parameters: { ServiceIds: [serviceId] },
    physicalResourceId: PhysicalResourceId.of(privateDnsName),
    outputPaths: [answer('Name'), answer('Value')],
  }
  const lookUp = new AwsCustomResource(scope, 'TxtRecord', {
    onCreate: read,
    onUpdate: read,
    installLatestAwsSdk: false,
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  })
  acknowledge(lookUp, { 'AwsSolutions-IAM5[Resource::*]': knowsNoResources })
  const outputs = scope.node.scope ?? scope
  new CfnOutput(outputs, 'PrivateDnsTxtName', {
    value: lookUp.getResponseField(answer('Name')),
    description: `A TXT record of this name in the public zone of ${privateDnsName} proves that the name is yours`,
  })
  new CfnOutput(outputs, 'PrivateDnsTxtValue', { value: lookUp.getResponseField(answer('Value')) })
}
