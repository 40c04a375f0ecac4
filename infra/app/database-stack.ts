import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { holdToGuardrails } from '../constructs/guardrails.ts'
import { acknowledge } from '../constructs/nag.ts'
import { grantRedshiftEndpoints } from '../constructs/redshift-grants.ts'
import { StageGuard } from '../constructs/stage-guard.ts'
import { RdsFrontDoor } from '../rds-front-door.ts'
import { RdsResourceGateway } from '../rds-resource-gateway.ts'
import type { SharedLoadBalancer } from '../shared-load-balancer.ts'
import { frontDoorPropsOf } from './front-door-of-settings.ts'
import { gatewayPropsOf } from './gateway-of-settings.ts'
import { gatewayNames } from './settings/resource-names.ts'
import { hasGateway, hasLoadBalancer } from './settings/stages.ts'
import type { DatabaseSettings } from './settings.ts'

export interface DatabaseStackProps extends StackProps {
  readonly database: DatabaseSettings
  /** The artefact of the reconciler. */
  readonly code: Code
  /** Where the front door is a listener of it. */
  readonly shared: SharedLoadBalancer | undefined
}

/**
 * Everything for one database: the path through a load balancer, the path through a resource gateway, or both, as its stage
 * says. The stages with both are one template: only consumers move between them.
 */
export class DatabaseStack extends Stack {
  /** As long as its stage has the load balancer's path. */
  readonly door: RdsFrontDoor | undefined
  /** As long as its stage has the gateway's path. */
  readonly gateway: RdsResourceGateway | undefined

  constructor(scope: Construct, id: string, props: DatabaseStackProps) {
    super(scope, id, props)
    const { database, ...parts } = props
    const { stage, from, replaceInUse, listenerUnused } = database.gateway
    holdToGuardrails(this, database.guardrails)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    // A construct of this id leaves no trace in the logical ids below it: those that are deployed stay.
    this.door = hasLoadBalancer(stage)
      ? new RdsFrontDoor(this, 'Default', frontDoorPropsOf(this, database, parts))
      : undefined
    grantRedshiftEndpoints(this, database)
    if (!database.isMigrating) return
    if (isUnseen(database)) warnAboutUnseenUse(this, database)
    const guard = new StageGuard(this, 'StageGuard', {
      Side: 'provider',
      Stage: stage,
      From: from,
      ...this.door?.inUse,
      FrontDoor: this.door && (parts.shared ? 'shared' : database.frontDoor.kind),
      ListenerUnused: listenerUnused ? 'true' : undefined,
      ConfigurationHash: hasGateway(stage) ? gatewayNames(database).configurationHash : undefined,
      ReplaceInUse: replaceInUse ? 'true' : undefined,
    })
    this.gateway = hasGateway(stage)
      ? new RdsResourceGateway(this.door ?? this, 'Default', gatewayPropsOf(this, database))
      : undefined
    // Nothing of it is made or changed before the guard has agreed.
    this.gateway?.node.addDependency(guard)
    new CfnOutput(this, 'Stage', {
      value: stage,
      description: 'Of the migration from load balancer to resource gateway',
    })
  }
}

/** At `retired` itself too, as long as it is what the next deployment leads to. */
const isUnseen = ({ frontDoor, gateway }: DatabaseSettings): boolean =>
  frontDoor.kind === 'existing' && frontDoor.loadBalancerArn === undefined && gateway.from !== 'retired'

const warnAboutUnseenUse = (stack: Stack, { id }: DatabaseSettings) => {
  Annotations.of(stack).addWarningV2(
    'repoint:unseen-use',
    `${id}: nobody sees whether the load balancer in front of the existing target group is still in use, so nothing keeps stage retired from leaving it without its function. ` +
      'Name it in frontDoor.loadBalancerArn.',
  )
}
