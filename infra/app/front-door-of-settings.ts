import { Duration } from 'aws-cdk-lib'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2'
import { NetworkListener, NetworkLoadBalancer, NetworkTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type {
  EncryptionKeys,
  ExistingFrontDoor,
  FrontDoorExposure,
  LoadBalancerOptions,
  RdsFrontDoorProps,
} from '../front-door-props.ts'
import { type FrontDoorDatabase, FrontDoorTarget } from '../front-door-target.ts'
import type { SharedLoadBalancer } from '../shared-load-balancer.ts'
import type { CreatedDoor, DatabaseSettings, ExistingDoor } from './settings.ts'

/** What the props are made from. A setting that is new has to be added here and below, or it does not compile. */
type Said =
  | keyof FrontDoorDatabase
  | 'vpcId'
  | 'subnets'
  | 'allowedCidrs'
  | 'mysqlHostBlocking'
  | 'frontDoor'
  | 'readers'
  | 'exposure'
  | 'network'
  | 'function'
  | 'watch'
  | 'settle'
  | 'rememberMs'
  | 'ownerProof'
  | 'policies'
  | 'wakeOn'
  | 'eventBus'
  | 'dnsServers'
  | 'alarms'
  | 'dashboard'
  | 'guardrails'

/** Of the stack, or of the resource gateway. */
type Elsewhere = 'env' | 'stackId' | 'tags' | 'terminationProtection' | 'isMigrating' | 'gateway' | 'redshift'

const isComplete: Exclude<keyof DatabaseSettings, Said | Elsewhere> extends never ? true : never = true

/** A database's settings as the props of its constructs. What is imported leaves nothing in the template. */
export const frontDoorPropsOf = (
  scope: Construct,
  database: DatabaseSettings,
  { code, shared }: { readonly code: Code; readonly shared: SharedLoadBalancer | undefined },
): RdsFrontDoorProps => {
  void isComplete
  const imports = new Construct(scope, 'Imported')
  const { frontDoor, function: lambda, watch, settle, network, readers } = database
  const { strategy, overlap, exclude } = frontDoor
  const slots = frontDoor.kind === 'create' ? frontDoor.slots : undefined
  const weighted = { ...optional('slots', slots), ...optional('overlap', overlap), ...optional('exclude', exclude) }
  return {
    code,
    target: targetOf(database),
    name: database.id,
    ...(shared ? {} : vpcOf(imports, database)),
    ...(frontDoor.kind === 'create'
      ? createdOf(imports, database, { ...frontDoor, shared })
      : { existing: existingOf(imports, frontDoor, readers) }),
    strategy,
    ...(strategy === 'weighted' ? { weighted } : {}),
    ...(readers === undefined ? {} : { readers: readersOf(readers) }),
    placement: network.mode,
    ...(network.subnetIds === undefined
      ? {}
      : { functionSubnets: { subnets: network.subnetIds.map(id => Subnet.fromSubnetId(imports, `At-${id}`, id)) } }),
    ...endpointsOf(imports, network.endpoints),
    ...optional('allowedCidrs', database.allowedCidrs),
    encryptionKey: keysOf(imports, database.guardrails),
    alarmActions: alarmActionsOf(imports, database),
    functionOptions: {
      memorySize: lambda.memoryMb,
      resyncEvery: Duration.minutes(lambda.everyMinutes),
      logRetention: lambda.logRetentionDays,
      logLevel: lambda.logLevel,
      reserveConcurrency: lambda.reserveConcurrency,
    },
    watch: durationsOf(watch),
    settle: { ...durationsOf(settle), answers: settle.answers },
    remember: Duration.millis(database.rememberMs),
    ownerProof: database.ownerProof,
    wakeOn: database.wakeOn,
    policies: database.policies,
    dashboard: database.dashboard,
    ...eventBusOf(imports, database.eventBus),
    dnsServers: database.dnsServers,
    ...optional('mysqlHostBlocking', database.mysqlHostBlocking),
  }
}

const endpointsOf = (
  scope: Construct,
  endpoints: DatabaseSettings['network']['endpoints'] = 'create',
): Pick<RdsFrontDoorProps, 'endpointSecurityGroup' | 'endpointClients'> => {
  if (endpoints === 'create') return {}
  if ('securityGroupId' in endpoints) {
    return { endpointSecurityGroup: groupOf(scope, 'Endpoints', endpoints.securityGroupId) }
  }
  const { clientCidrs: cidrs, clientSecurityGroupIds, lambda } = endpoints
  const securityGroups = clientSecurityGroupIds.map(id => groupOf(scope, `EndpointClients-${id}`, id))
  return { endpointClients: { cidrs, securityGroups, lambda } }
}

/** Every topic of the settings. */
export const alarmActionsOf = (imports: Construct, { alarms }: Pick<DatabaseSettings, 'alarms'>): SnsAction[] =>
  alarms.topicArns.map((arn, index) => new SnsAction(Topic.fromTopicArn(imports, `AlarmTopic${index}`, arn)))

export const targetOf = ({ kind, id, arn, endpoint, port, engine, members }: DatabaseSettings): FrontDoorTarget =>
  FrontDoorTarget.of({ kind, id, ...optional('arn', arn), endpoint, port, engine, members })

/** A property, where there is something to say. */
export const optional = <Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> =>
  value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, Value>>)

const groupOf = (scope: Construct, id: string, securityGroupId: string) =>
  SecurityGroup.fromSecurityGroupId(scope, id, securityGroupId)

/** Nothing is looked up: the settings name the subnets. */
export const vpcOf = (
  scope: Construct,
  { vpcId, subnets }: Pick<DatabaseSettings, 'vpcId' | 'subnets'>,
): Pick<RdsFrontDoorProps, 'vpc' | 'vpcSubnets'> => {
  if (vpcId === undefined) return {}
  // CDK wants at least one zone.
  const availabilityZones = subnets.length > 0 ? subnets.map(it => it.zone) : ['unknown']
  return {
    vpc: Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId, availabilityZones }),
    vpcSubnets: {
      subnets: subnets.map(({ id, zone, cidr }) =>
        Subnet.fromSubnetAttributes(scope, `Subnet-${zone}`, {
          subnetId: id,
          availabilityZone: zone,
          ...optional('ipv4CidrBlock', cidr),
        }),
      ),
    },
  }
}

const createdOf = (
  scope: Construct,
  { exposure, subnets }: DatabaseSettings,
  door: CreatedDoor & { readonly shared: SharedLoadBalancer | undefined },
): Partial<RdsFrontDoorProps> => {
  const { databaseSecurityGroupId, listenerPort, idleTimeoutSeconds, health, shared } = door
  const addresses = subnets.flatMap(it => it.address ?? [])
  const loadBalancerOptions: LoadBalancerOptions = {
    listenerPort,
    idleTimeout: Duration.seconds(idleTimeoutSeconds),
    deregistrationDelay: Duration.seconds(door.deregistrationDelaySeconds),
    healthCheck: {
      interval: Duration.seconds(health.intervalSeconds),
      timeout: Duration.seconds(health.timeoutSeconds),
      healthyThreshold: health.healthyThreshold,
      unhealthyThreshold: health.unhealthyThreshold,
    },
    clientCidrs: exposure.clientCidrs,
    ...(shared
      ? {}
      : {
          deletionProtection: door.deletionProtection,
          ...(addresses.length > 0 ? { addresses } : {}),
          enforceSecurityGroup: exposure.enforceSecurityGroup,
        }),
  }
  return {
    loadBalancerOptions,
    ...(shared
      ? { sharedLoadBalancer: shared }
      : { endpointService: exposure.endpointService && exposureOf(scope, exposure) }),
    ...(databaseSecurityGroupId
      ? { databaseSecurityGroup: groupOf(scope, 'DatabaseSecurityGroup', databaseSecurityGroupId) }
      : {}),
  }
}

export const exposureOf = (scope: Construct, exposure: DatabaseSettings['exposure']): FrontDoorExposure => ({
  acceptanceRequired: exposure.acceptanceRequired,
  allowedPrincipals: exposure.allowedPrincipals,
  ...optional('openToEveryAccount', exposure.openToEveryAccount),
  supportedRegions: exposure.supportedRegions,
  ...optional('privateDnsName', exposure.privateDnsName),
  ...(exposure.privateDnsZone === undefined
    ? {}
    : {
        privateDnsZone: PublicHostedZone.fromPublicHostedZoneAttributes(scope, 'PublicZone', {
          hostedZoneId: exposure.privateDnsZone.id,
          zoneName: exposure.privateDnsZone.name,
        }),
      }),
  ...(exposure.notificationTopicArn === undefined
    ? {}
    : { notificationTopic: Topic.fromTopicArn(scope, 'Notified', exposure.notificationTopicArn) }),
})

const existingOf = (scope: Construct, door: ExistingDoor, readers: DatabaseSettings['readers']): ExistingFrontDoor => {
  const groupOfArn = (id: string, targetGroupArn: string) =>
    NetworkTargetGroup.fromTargetGroupAttributes(scope, id, { targetGroupArn })
  const { listenerArn, loadBalancerArn } = door
  return {
    targetGroups: door.targetGroupArns.map((arn, index) => groupOfArn(`Group${index}`, arn)),
    ...(listenerArn === undefined
      ? {}
      : { listener: NetworkListener.fromNetworkListenerArn(scope, 'Listener', listenerArn) }),
    ...(loadBalancerArn === undefined
      ? {}
      : {
          loadBalancer: NetworkLoadBalancer.fromNetworkLoadBalancerAttributes(scope, 'LoadBalancer', {
            loadBalancerArn,
          }),
        }),
    ...(readers?.targetGroupArn === undefined
      ? {}
      : { readersTargetGroup: groupOfArn('Readers', readers.targetGroupArn) }),
  }
}

const readersOf = ({ targetGroupArn: _, ...readers }: NonNullable<DatabaseSettings['readers']>) => ({
  writerWhenAlone: readers.writerWhenAlone,
  ...optional('port', readers.port),
  ...optional('exclude', readers.exclude),
})

const keysOf = (scope: Construct, rails: DatabaseSettings['guardrails']): EncryptionKeys => {
  const { queueKeyArn, environmentKeyArn } = rails
  return {
    ...(queueKeyArn === undefined ? {} : { queue: Key.fromKeyArn(scope, 'QueueKey', queueKeyArn) }),
    ...(environmentKeyArn === undefined
      ? {}
      : { environment: Key.fromKeyArn(scope, 'EnvironmentKey', environmentKeyArn) }),
  }
}

/** `startedMs` is `started` there. */
const durationsOf = (settings: Readonly<Record<string, number>>): Readonly<Record<string, Duration>> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) =>
      key.endsWith('Ms') ? [[key.slice(0, -'Ms'.length), Duration.millis(value)]] : [],
    ),
  )

const eventBusOf = (scope: Construct, bus: string): Pick<RdsFrontDoorProps, 'eventBus'> => {
  if (bus === 'default') return {}
  const isArn = bus.startsWith('arn:')
  return {
    eventBus: isArn
      ? EventBus.fromEventBusArn(scope, 'EventBus', bus)
      : EventBus.fromEventBusName(scope, 'EventBus', bus),
  }
}
