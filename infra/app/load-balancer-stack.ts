import { Stack, type StackProps } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { holdToGuardrails } from '../constructs/guardrails.ts'
import { acknowledge } from '../constructs/nag.ts'
import { SharedLoadBalancer } from '../shared-load-balancer.ts'
import { alarmActionsOf, exposureOf, optional, vpcOf } from './front-door-of-settings.ts'
import type { LoadBalancerSettings } from './settings.ts'

export interface LoadBalancerStackProps extends StackProps {
  readonly loadBalancer: LoadBalancerSettings
}

/** A load balancer for several databases, which its stack does not know. */
export class LoadBalancerStack extends Stack {
  readonly shared: SharedLoadBalancer

  constructor(scope: Construct, id: string, props: LoadBalancerStackProps) {
    super(scope, id, props)
    const { loadBalancer } = props
    const { name, subnets, exposure, deletionProtection, guardrails } = loadBalancer
    holdToGuardrails(this, guardrails)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    const imports = new Construct(this, 'Imported')
    const { vpc, vpcSubnets } = vpcOf(imports, loadBalancer)
    if (vpc === undefined) throw new Error(`${name} has no VPC`)
    const addresses = subnets.flatMap(it => it.address ?? [])
    // A construct of this id leaves no trace in the logical ids below it.
    this.shared = new SharedLoadBalancer(this, 'Default', {
      name,
      vpc,
      ...optional('vpcSubnets', vpcSubnets),
      ...optional('allowedCidrs', loadBalancer.allowedCidrs),
      loadBalancerOptions: {
        deletionProtection,
        enforceSecurityGroup: exposure.enforceSecurityGroup,
        ...(addresses.length > 0 ? { addresses } : {}),
      },
      endpointService: exposure.endpointService && exposureOf(imports, exposure),
      alarmActions: alarmActionsOf(imports, loadBalancer),
    })
  }
}
