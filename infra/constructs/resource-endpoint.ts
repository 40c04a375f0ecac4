import { CfnOutput, CustomResource, Duration, Fn, Lazy, Stack, Token } from 'aws-cdk-lib'
import { CfnVPCEndpoint, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { hashOf } from '../app/settings/hash-of.ts'
import { namesOutput } from '../custom-resources/endpoint-name.ts'
import { letClientsIn } from './client-access.ts'
import type { AliasTarget, ConsumerModel } from './consumer-model.ts'
import { InlineProvider } from './inline-provider.ts'
import { acknowledge } from './nag.ts'

export interface ResourceEndpointProps {
  readonly consumer: ConsumerModel
  readonly resourceConfigurationArn: string
  readonly vpc: IVpc
}

/**
 * The path to the resource gateway. An endpoint of this kind keeps everything but its security groups and tags
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html), though CloudFormation would try to
 * change the rest in place: its logical id comes from what is fixed, so that another value is another endpoint.
 *
 * Private DNS is off, and said to be: on, it gives the database's own name to the gateway in the whole VPC, at once. It
 * is the hosted zone's records that move clients here, a share at a time.
 */
export class ResourceEndpoint extends Construct {
  readonly group: ISecurityGroup
  readonly endpointId: string
  readonly writer: AliasTarget
  /** A cluster's readers, where the consumer names their endpoint. */
  readonly readers: AliasTarget | undefined
  /** As the custom resource gives them. */
  readonly names: Readonly<Record<string, string>>

  constructor(scope: Construct, id: string, { consumer, resourceConfigurationArn, vpc }: ResourceEndpointProps) {
    super(scope, id)
    this.group = letClientsIn(this, 'SecurityGroup', { consumer, vpc, ports: [consumer.port] })
    const endpoint = new CfnVPCEndpoint(this, `Endpoint${endpointHash(this, consumer, resourceConfigurationArn)}`, {
      ...fixedOf(consumer, resourceConfigurationArn),
      securityGroupIds: [this.group.securityGroupId],
      tags: [{ key: 'Name', value: `repoint-${consumer.name}-gateway` }],
    })
    this.endpointId = endpoint.ref
    const { readerHostname } = consumer.gateway
    const name = this.#askForName(
      {
        EndpointId: endpoint.ref,
        WriterHostname: consumer.hostname,
        ...(readerHostname === undefined ? {} : { ReaderHostname: readerHostname }),
        ...this.#keepNames(scope),
      },
      mayBeCluster(consumer) ? configurationsBeside(this, resourceConfigurationArn) : undefined,
    )
    const keys = [
      'DnsName',
      'HostedZoneId',
      ...(readerHostname === undefined ? [] : ['ReaderDnsName', 'ReaderHostedZoneId']),
    ]
    this.names = Object.fromEntries(keys.map(key => [key, name.getAttString(key)]))
    const targetOf = (kind: '' | 'Reader'): AliasTarget => ({
      dnsName: name.getAttString(`${kind}DnsName`),
      hostedZoneId: name.getAttString(`${kind}HostedZoneId`),
    })
    this.writer = targetOf('')
    this.readers = readerHostname === undefined ? undefined : targetOf('Reader')
  }

  /** In an output of the stack, under a name of its own where the stack has several such endpoints. */
  #keepNames(scope: Construct): { readonly NamesOutput?: string } {
    const stack = Stack.of(this)
    const output = new CfnOutput(scope, namesOutput, {
      value: Lazy.string({ produce: () => stack.toJsonString({ EndpointId: this.endpointId, ...this.names }) }),
      description: 'For the stack itself, in a rollback',
    })
    const id = stack.getLogicalId(output)
    return id === namesOutput ? {} : { NamesOutput: id }
  }

  /** CloudFormation does not know the name: `DnsEntries` of such an endpoint is empty. */
  #askForName(properties: Readonly<Record<string, string>>, readable: string | undefined): CustomResource {
    const provider = new InlineProvider(this, 'NameProvider', {
      description: 'Reads the name of the resource endpoint during a deployment',
      module: 'custom-resources/endpoint-name-handler.ts',
      statements: readNames(readable),
      timeout: Duration.minutes(11),
    })
    acknowledge(provider, {
      'AwsSolutions-IAM5[Resource::*]': 'DescribeVpcEndpointAssociations knows no resources; it only reads.',
      ...(readable === undefined
        ? {}
        : {
            [`AwsSolutions-IAM5[Resource::${readable}]`]:
              'VPC Lattice makes a cluster’s configurations for writer and readers itself, with ids that nobody knows before; it only reads.',
          }),
    })
    const name = new CustomResource(this, 'Name', {
      resourceType: 'Custom::RepointEndpointName',
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.minutes(12),
      properties,
    })
    name.node.addDependency(provider.role)
    return name
  }
}

const readNames = (readable: string | undefined) => [
  new PolicyStatement({
    sid: 'ReadAssociations',
    // Knows no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
    actions: ['ec2:DescribeVpcEndpointAssociations'],
    resources: ['*'],
  }),
  ...(readable === undefined
    ? []
    : [
        new PolicyStatement({
          sid: 'TellWriterFromReaders',
          actions: ['vpc-lattice:GetResourceConfiguration'],
          resources: [readable],
        }),
      ]),
]

/** Only a cluster's names have to be told apart, and only an RDS cluster's endpoint is named so. */
const mayBeCluster = ({ hostname, gateway }: ConsumerModel): boolean =>
  gateway.readerHostname !== undefined || Token.isUnresolved(hostname) || hostname.toLowerCase().includes('.cluster-')

/** A cluster's children are in the Region and the account of the configuration that they belong to. */
const configurationsBeside = (scope: Construct, arn: string): string => {
  if (!Token.isUnresolved(arn)) return `${arn.slice(0, arn.lastIndexOf('/'))}/*`
  const account = Fn.select(4, Fn.split(':', arn))
  return Stack.of(scope).formatArn({
    service: 'vpc-lattice',
    account,
    resource: 'resourceconfiguration',
    resourceName: '*',
  })
}

const fixedOf = (consumer: ConsumerModel, resourceConfigurationArn: string) => ({
  vpcEndpointType: 'Resource',
  vpcId: consumer.vpcId,
  subnetIds: consumer.gatewaySubnets.map(it => it.id).toSorted(),
  resourceConfigurationArn,
  privateDnsEnabled: false,
})

/** Of everything that is fixed at creation: another value is another endpoint. */
export const endpointHash = (scope: Construct, consumer: ConsumerModel, resourceConfigurationArn: string): string =>
  hashOf(Stack.of(scope).resolve(fixedOf(consumer, resourceConfigurationArn)))
