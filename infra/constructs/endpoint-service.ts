import { CfnOutput, Stack } from 'aws-cdk-lib'
import {
  CfnVPCEndpointConnectionNotification,
  CfnVPCEndpointService,
  CfnVPCEndpointServicePermissions,
} from 'aws-cdk-lib/aws-ec2'
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { Default, RegionInfo } from 'aws-cdk-lib/region-info'
import { Construct } from 'constructs'
import type { DatabaseSettings } from '../app/settings.ts'
import { acknowledge } from './nag.ts'

/** The PrivateLink door: who may ask for an endpoint, who is let in unasked, and who hears of it. */
export class EndpointService extends Construct {
  readonly serviceName: string
  readonly serviceId: string

  constructor(scope: Construct, id: string, database: DatabaseSettings, loadBalancer: NetworkLoadBalancer) {
    super(scope, id)
    const { exposure } = database
    const service = new CfnVPCEndpointService(this, 'Service', {
      networkLoadBalancerArns: [loadBalancer.loadBalancerArn],
      acceptanceRequired: exposure.acceptanceRequired,
      supportedIpAddressTypes: ['ipv4'],
      ...(exposure.supportedRegions.length > 0 ? { supportedRegions: exposure.supportedRegions } : {}),
      ...(exposure.privateDnsName === undefined ? {} : { privateDnsName: exposure.privateDnsName }),
      tags: [{ key: 'Name', value: `repoint-${database.id}` }],
    })
    if (exposure.allowedPrincipals.length > 0) {
      new CfnVPCEndpointServicePermissions(this, 'Permissions', {
        serviceId: service.ref,
        allowedPrincipals: exposure.allowedPrincipals,
      })
    }
    if (exposure.notificationTopicArn !== undefined) {
      new CfnVPCEndpointConnectionNotification(this, 'Notification', {
        serviceId: service.ref,
        connectionEvents: ['Accept', 'Connect', 'Delete', 'Reject'],
        connectionNotificationArn: exposure.notificationTopicArn,
      })
    }
    this.serviceId = service.ref
    // As CDK's own construct does it; that one knows no private DNS name, and under another logical id the service would be
    // another one, to which no consumer is connected.
    const { region } = loadBalancer.stack
    const prefix = RegionInfo.get(region).vpcEndpointServiceNamePrefix ?? Default.VPC_ENDPOINT_SERVICE_NAME_PREFIX
    this.serviceName = `${prefix}.${region}.${service.ref}`
    if (exposure.privateDnsName !== undefined) sayHowToVerify(this, service, exposure.privateDnsName)
  }
}

/** AWS wants a TXT record as proof of the domain, and makes up its name and value when the service is created. */
const sayHowToVerify = (scope: Construct, service: CfnVPCEndpointService, privateDnsName: string) => {
  const answer = (field: string) => `ServiceConfigurations.0.PrivateDnsNameConfiguration.${field}`
  const read = {
    service: 'EC2',
    action: 'describeVpcEndpointServiceConfigurations',
    parameters: { ServiceIds: [service.ref] },
    physicalResourceId: PhysicalResourceId.of(privateDnsName),
    outputPaths: [answer('Name'), answer('Value')],
  }
  const lookUp = new AwsCustomResource(scope, 'TxtRecord', {
    onCreate: read,
    onUpdate: read,
    installLatestAwsSdk: false,
    // DescribeVpcEndpointServiceConfigurations knows no resources.
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  })
  acknowledge(lookUp, {
    'AwsSolutions-IAM5[Resource::*]':
      'DescribeVpcEndpointServiceConfigurations knows no resources; the role may do nothing else.',
  })
  acknowledge(Stack.of(scope), {
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
      'CDK’s own provider of AWS calls writes its logs by it; it is there only for the TXT record.',
  })
  const outputs = scope.node.scope ?? scope
  new CfnOutput(outputs, 'PrivateDnsTxtName', {
    value: lookUp.getResponseField(answer('Name')),
    description: `A TXT record of this name in the public zone of ${privateDnsName} proves that the name is yours`,
  })
  new CfnOutput(outputs, 'PrivateDnsTxtValue', { value: lookUp.getResponseField(answer('Value')) })
}
