import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { NetworkListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { Construct, IDependable } from 'constructs'
import { createAlarms } from '../constructs/alarms.ts'
import { createDashboard } from '../constructs/dashboard.ts'
import { createDeadLetters } from '../constructs/dead-letters.ts'
import { EndpointService } from '../constructs/endpoint-service.ts'
import { FrontDoor } from '../constructs/front-door.ts'
import { type LoadBalancerNames, namesFromArns } from '../constructs/metrics.ts'
import { importVpc, placeFunction } from '../constructs/network-mode.ts'
import { saveQueries } from '../constructs/queries.ts'
import { type DoorArns, existingDoors } from '../constructs/reconciler-config.ts'
import { ReconcilerFunction } from '../constructs/reconciler-function.ts'
import { resyncOnSchedule } from '../constructs/schedule.ts'
import { Seed } from '../constructs/seed.ts'
import { wakeOnEvents } from '../constructs/wake-rules.ts'
import { acknowledge } from '../nag.ts'
import { type DatabaseSettings, mayBlockTheLoadBalancer } from '../settings.ts'

export interface DatabaseStackProps extends StackProps {
  readonly database: DatabaseSettings
  /** The artefact of the reconciler. */
  readonly code: Code
}

/** Everything for one database: its front door, the function that keeps it right, and what an operator sees. */
export class DatabaseStack extends Stack {
  constructor(scope: Construct, id: string, props: DatabaseStackProps) {
    super(scope, id, props)
    const { database, code } = props
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    const vpc = database.vpcId === undefined ? undefined : importVpc(this, database)
    const door = openFrontDoor(this, database, vpc)
    const deadLetters = createDeadLetters(this, database)
    const reconciler = new ReconcilerFunction(this, 'Reconciler', {
      database,
      code,
      doors: door.arns,
      deadLetters,
      placement: vpc && placeFunction(this, database, vpc),
    })
    const { lambda, ticks, logGroup } = reconciler
    wakeOnEvents(this, database, lambda, deadLetters)
    const { arns: doors, listener, ready: after } = door
    const seed = new Seed(this, 'FirstRegistration', { database, reconciler, doors, listener, after })
    resyncOnSchedule(this, database, ticks).node.addDependency(seed)
    const watched = { database, lambda, deadLetters, loadBalancer: door.names }
    const alarms = createAlarms(this, watched)
    const dashboard = createDashboard(this, watched, alarms, logGroup.logGroupName)
    saveQueries(this, database.id, logGroup)
    new CfnOutput(this, 'ResyncCommand', {
      value: `aws lambda invoke --function-name ${lambda.functionName} --cli-binary-format raw-in-base64-out --payload '{"action":"resync"}' --cli-read-timeout 900 --region ${this.region} /dev/stdout`,
      description: 'Looks and repoints now; {"action":"plan"} only looks',
    })
    new CfnOutput(this, 'DashboardLink', {
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboard.dashboardName}`,
    })
    warnAboutBlockedHosts(this, database)
  }
}

interface OpenDoor {
  readonly arns: DoorArns
  readonly listener: NetworkListener | undefined
  readonly names: LoadBalancerNames | undefined
  readonly ready: readonly IDependable[]
}

const openFrontDoor = (
  stack: Stack,
  database: DatabaseSettings,
  vpc: ReturnType<typeof importVpc> | undefined,
): OpenDoor => {
  const door = database.frontDoor
  if (door.kind === 'existing') {
    const arns = existingDoors(door, database.readers)
    const { loadBalancerArn } = door
    const names = loadBalancerArn === undefined ? undefined : namesFromArns(loadBalancerArn, arns)
    return { arns, listener: undefined, names, ready: [] }
  }
  if (vpc === undefined) throw new Error(`${database.id} has no VPC for its load balancer`)
  const front = new FrontDoor(stack, 'FrontDoor', { database, door, vpc })
  const { loadBalancer, targetGroups, listener, readers } = front
  new CfnOutput(stack, 'LoadBalancerName', { value: loadBalancer.loadBalancerDnsName })
  if (database.exposure.endpointService) {
    const service = new EndpointService(stack, 'EndpointService', database, loadBalancer)
    new CfnOutput(stack, 'EndpointServiceName', {
      value: service.serviceName,
      description: 'What consumers connect to',
    })
  }
  if (database.readers?.port !== undefined) {
    new CfnOutput(stack, 'ReadersPort', {
      value: `${database.readers.port}`,
      description: 'Of the same load balancer and endpoint service; leads to the readers',
    })
  }
  return {
    arns: {
      targetGroups: targetGroups.map(it => it.targetGroupArn),
      ...(door.strategy === 'weighted' ? { listener: listener.listenerArn } : {}),
      ...(readers ? { readers: readers.targetGroupArn } : {}),
    },
    listener,
    names: {
      loadBalancer: loadBalancer.loadBalancerFullName,
      targetGroups: targetGroups.map(it => it.targetGroupFullName),
      ...(readers ? { readers: readers.targetGroupFullName } : {}),
    },
    ready: [front],
  }
}

const warnAboutBlockedHosts = (stack: Stack, database: DatabaseSettings) => {
  if (database.frontDoor.kind !== 'create' || !mayBlockTheLoadBalancer(database)) return
  Annotations.of(stack).addWarningV2(
    'repoint:mysql-host-blocking',
    `${database.id}: health checks count as connection errors, and after max_connect_errors of them ${database.engine} blocks the load balancer. ` +
      'Set skip_name_resolve=1 (or raise max_connect_errors) in the parameter group and say so in mysqlHostBlocking; see docs/deploying.md, "MySQL and MariaDB".',
  )
}
