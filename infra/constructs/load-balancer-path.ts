import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib'
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2'
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { Construct, IConstruct } from 'constructs'
import { mayBlockTheLoadBalancer } from '../app/settings/engines.ts'
import { needsOf, type Part, parts } from '../lifecycle.ts'
import { createAlarms } from './alarms.ts'
import { createDashboard, linkTo } from './dashboard.ts'
import { createDeadLetters } from './dead-letter-queue.ts'
import { EndpointService } from './endpoint-service.ts'
import type { FrontDoorModel } from './front-door-model.ts'
import { type LoadBalancerNames, namesFromArns } from './metrics.ts'
import { importVpc, placeFunction } from './network-mode.ts'
import { FrontDoor } from './nlb-front-door.ts'
import { queries, saveQueries } from './queries.ts'
import { type DoorArns, existingDoors } from './reconciler-config.ts'
import { ReconcilerFunction } from './reconciler-function.ts'
import { resyncOnSchedule } from './resync-schedule.ts'
import { Seed } from './seed.ts'
import { wakeOnEvents } from './wake-rules.ts'

export interface LoadBalancerPath {
  readonly reconciler: ReconcilerFunction
  readonly alarms: readonly Alarm[]
  /** What the stack makes itself. */
  readonly front: FrontDoor | undefined
  readonly service: EndpointService | undefined
  /** Its metric dimension, `net/…`, where it is known. */
  readonly loadBalancer: string | undefined
  /** For an endpoint service that is made later: it goes before everything that serves consumers. */
  orderLast(service: EndpointService): void
}

/** The path through a load balancer: the front door, the function that keeps it up to date, and what an operator sees. */
export const addLoadBalancerPath = (scope: Construct, database: FrontDoorModel, code: Code): LoadBalancerPath => {
  const { region } = Stack.of(scope)
  const vpc = database.vpcId === undefined ? undefined : importVpc(scope, database)
  const door = openFrontDoor(scope, database, vpc)
  const deadLetters = createDeadLetters(scope, database)
  const placement = vpc && placeFunction(scope, database, vpc)
  const reconciler = new ReconcilerFunction(scope, 'Reconciler', {
    database,
    code,
    doors: door.arns,
    deadLetters,
    placement,
  })
  const { lambda, ticks, logGroup } = reconciler
  const rules = wakeOnEvents(scope, database, lambda, deadLetters)
  const seed = new Seed(scope, 'FirstRegistration', {
    database,
    reconciler,
    doors: door.arns,
    listener: door.front?.listener,
    network: placement?.network ?? [],
  })
  const schedule = resyncOnSchedule(scope, database, ticks)
  const watched = { database, lambda, deadLetters, loadBalancer: door.names }
  const alarms = createAlarms(scope, watched)
  const made: StackParts = {
    network: placement?.network ?? [],
    'database-rules': present(door.front?.databaseGroup),
    'dead-letters': [deadLetters],
    function: [reconciler],
    'wake-rules': rules,
    'hand-over': present(seed.handOver),
    'writer-listener': present(door.front?.listener),
    'readers-listener': present(door.front?.readersListener),
    seed: [seed.registration],
    schedule: [schedule],
    'first-tick': [seed.firstTick],
    alarms,
  }
  const isWeighted = database.frontDoor.strategy === 'weighted'
  orderStack({ ...made, 'endpoint-service': present(door.service) }, isWeighted)
  new CfnOutput(scope, 'ResyncCommand', {
    // Without a payload, whose quoting and encoding differ between shells and versions of the AWS CLI: Lambda then
    // passes {} (https://github.com/aws/aws-lambda-dotnet/pull/834), which is a resync.
    value: `aws lambda invoke --function-name ${lambda.functionName} --cli-read-timeout 900 --region ${region} repoint-report.json`,
    description: 'Looks and repoints now; the report is in the file',
  })
  if (database.dashboard) {
    linkTo(scope, createDashboard(scope, watched, alarms, logGroup.logGroupName))
    saveQueries(scope, queries, { folder: `Repoint/${database.id}`, logGroupNames: [logGroup.logGroupName] })
  }
  warnAboutBlockedHosts(scope, database)
  warnAboutLoneMember(scope, database)
  return {
    reconciler,
    alarms,
    front: door.front,
    service: door.service,
    orderLast: service => orderStack({ ...made, 'endpoint-service': [service] }, isWeighted),
    loadBalancer: door.names?.loadBalancer,
  }
}

type StackParts = Partial<Record<Part, readonly IConstruct[]>>

/** Lets every part of a stack depend on what the table says that it needs. */
const orderStack = (made: StackParts, isWeighted: boolean): void => {
  for (const part of parts) {
    const needed = needsOf(part, isWeighted).flatMap(it => made[it] ?? [])
    if (needed.length === 0) continue
    for (const it of made[part] ?? []) it.node.addDependency(...needed)
  }
}

interface OpenDoor {
  readonly arns: DoorArns
  readonly names: LoadBalancerNames | undefined
  /** What the stack makes itself. */
  readonly front?: FrontDoor
  readonly service?: EndpointService | undefined
}

const present = <T>(it: T | undefined): readonly T[] => (it === undefined ? [] : [it])

const openFrontDoor = (scope: Construct, database: FrontDoorModel, vpc: IVpc | undefined): OpenDoor => {
  const door = database.frontDoor
  if (door.kind === 'existing') {
    const { loadBalancerArn } = door
    const arns = existingDoors(door, database.readers)
    return { arns, names: loadBalancerArn === undefined ? undefined : namesFromArns(loadBalancerArn, arns) }
  }
  if (vpc === undefined) throw new Error(`${database.id} has no VPC for its load balancer`)
  const shared = database.shared?.seenFrom(scope)
  const front = new FrontDoor(scope, 'FrontDoor', { database, door, vpc, shared })
  const { loadBalancer, targetGroups, listener, readers } = front
  if (loadBalancer) sayWhereItIs(scope, loadBalancer, front.securityGroup)
  const service =
    loadBalancer && database.exposure.endpointService
      ? new EndpointService(scope, 'EndpointService', database, loadBalancer)
      : undefined
  if (service) {
    new CfnOutput(scope, 'EndpointServiceName', {
      value: service.serviceName,
      description: 'What consumers connect to',
    })
  }
  if (database.readers?.port !== undefined) {
    new CfnOutput(scope, 'ReadersPort', {
      value: `${database.readers.port}`,
      description: 'Of the same load balancer and endpoint service; leads to the readers',
    })
  }
  const arns: DoorArns = {
    targetGroups: targetGroups.map(it => it.targetGroupArn),
    listener: door.strategy === 'weighted' ? listener.listenerArn : undefined,
    readers: readers?.targetGroupArn,
  }
  return {
    front,
    arns,
    service,
    names: {
      loadBalancer:
        loadBalancer?.loadBalancerFullName ?? namesFromArns(shared?.loadBalancerArn ?? '', arns).loadBalancer,
      targetGroups: targetGroups.map(it => it.targetGroupFullName),
      readers: readers?.targetGroupFullName,
    },
  }
}

/** Of a load balancer that the stack makes. */
export const sayWhereItIs = (scope: Construct, loadBalancer: NetworkLoadBalancer, group: ISecurityGroup): void => {
  new CfnOutput(scope, 'LoadBalancerName', { value: loadBalancer.loadBalancerDnsName })
  new CfnOutput(scope, 'LoadBalancerSecurityGroupId', {
    value: group.securityGroupId,
    description: 'What the database’s security group has to let in, beside the load balancer’s addresses',
  })
}

/** Right for a cluster of one; with a second member this one stops being the writer, and nothing follows. */
const warnAboutLoneMember = (scope: Construct, { id, engine, kind }: FrontDoorModel) => {
  if (kind !== 'instance' || !engine.startsWith('aurora')) return
  Annotations.of(scope).addWarningV2(
    'repoint:aurora-instance',
    `${id}: the ARN is of an instance of an Aurora cluster. After a failover the writer is another instance, which this front door does not follow: ` +
      'name the cluster’s ARN and its writer endpoint.',
  )
}

/** Until its owner has said what keeps the server from it, or that nothing has to. */
const warnAboutBlockedHosts = (scope: Construct, database: FrontDoorModel) => {
  if (database.frontDoor.kind !== 'create' || database.mysqlHostBlocking !== undefined) return
  if (!mayBlockTheLoadBalancer(database)) return
  Annotations.of(scope).addWarningV2(
    'repoint:mysql-host-blocking',
    `${database.id}: health checks count as connection errors, and after max_connect_errors of them ${database.engine} blocks the load balancer. ` +
      'Set skip_name_resolve=1 (or raise max_connect_errors) in the parameter group and say so in mysqlHostBlocking; see docs/deploying.md, "MySQL and MariaDB".',
  )
}
