import { Annotations, Stack, type StackProps } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { acknowledge } from '../constructs/nag.ts'
import { SharedEndpoint } from '../shared-endpoint.ts'
import { optional, vpcOf } from './front-door-of-settings.ts'
import { endpointPortsOf } from './settings/endpoint-rules.ts'
import type { ConsumerSettings, EndpointSettings } from './settings.ts'

export interface EndpointStackProps extends StackProps {
  readonly endpoint: EndpointSettings
  /** Who comes through it: for a warning alone, the template is the same whoever it is. */
  readonly consumers: readonly ConsumerSettings[]
}

/** An interface endpoint for several consumers, whom its stack does not know. */
export class EndpointStack extends Stack {
  readonly shared: SharedEndpoint

  constructor(scope: Construct, id: string, props: EndpointStackProps) {
    super(scope, id, props)
    const { endpoint, consumers } = props
    const { name, serviceName, vpcId, commonSubnets } = endpoint
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    const { vpc, vpcSubnets } = vpcOf(new Construct(this, 'Imported'), { vpcId, subnets: commonSubnets })
    if (vpc === undefined) throw new Error(`${name} has no VPC`)
    // A construct of this id leaves no trace in the logical ids below it.
    this.shared = new SharedEndpoint(this, 'Default', {
      name,
      vpc,
      ...optional('vpcSubnets', vpcSubnets),
      serviceName,
      ...optional('serviceRegion', endpoint.serviceRegion),
    })
    this.#warnAboutRules(name, consumers)
  }

  /** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups */
  #warnAboutRules(name: string, consumers: readonly ConsumerSettings[]): void {
    const rules = consumers
      .map(it => endpointPortsOf(it).length * (it.clientCidrs.length + it.clientSecurityGroupIds.length))
      .reduce((sum, count) => sum + count, 0)
    if (rules <= usualRules) return
    Annotations.of(this).addWarningV2(
      'repoint:endpoint-rules',
      `${name}: its consumers need ${rules} rules in its security group, one for each port and network or group of clients; AWS’s default is ${usualRules}. Ask for more, or name fewer, wider networks.`,
    )
  }
}

/** Inbound rules of a security group, which can be raised. */
const usualRules = 60
