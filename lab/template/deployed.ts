import type { Pattern } from '../events/pattern.ts'
import * as fixture from '../fixture.ts'
import type { AsyncSettings } from '../lambda/async-queue.ts'
import type { HealthCheckSettings } from '../nlb/propagation.ts'
import type { DatabaseStack } from './stack.ts'

/** What each kind of resource means to the lab. Properties as CloudFormation names them. */

export interface TargetGroupSettings {
  readonly arn: string
  readonly port: number
  readonly attributes: Readonly<Record<string, string>>
  readonly healthCheck: HealthCheckSettings
}

export interface ListenerSettings {
  readonly arn: string
  readonly port: number
  readonly idleTimeoutMs: number
  /** What the template says; the function may have changed it since. */
  readonly weights: readonly { readonly targetGroupArn: string; readonly weight: number }[]
}

const elb = 'AWS::ElasticLoadBalancingV2'

export const readFunction = (stack: DatabaseStack) => {
  const { properties } = stack.only('AWS::Lambda::Function', it => it.logicalId === stack.functionId)
  const { Handler, MemorySize, Timeout, ReservedConcurrentExecutions, Environment } = properties as {
    Handler: string
    MemorySize: number
    Timeout: number
    ReservedConcurrentExecutions?: number
    Environment: { Variables: Record<string, string> }
  }
  return {
    functionName: stack.functionName,
    handler: Handler,
    memoryMb: MemorySize,
    timeoutMs: Timeout * 1000,
    environment: Environment.Variables,
    ...(ReservedConcurrentExecutions === undefined ? {} : { reservedConcurrency: ReservedConcurrentExecutions }),
  }
}

const latest = '$LATEST'

/**
 * Asynchronous invocation is configured per function, version or alias; without settings Lambda tries twice more and
 * keeps an event for six hours (https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html).
 */
export const readAsynchronous = (stack: DatabaseStack, qualifier = latest): AsyncSettings => {
  const found = stack
    .all('AWS::Lambda::EventInvokeConfig')
    .map(it => it.properties)
    .find(it => it.FunctionName === stack.functionName && it.Qualifier === qualifier)
  const {
    MaximumRetryAttempts = 2,
    MaximumEventAgeInSeconds = 21_600,
    DestinationConfig,
  } = (found ?? {}) as {
    MaximumRetryAttempts?: number
    MaximumEventAgeInSeconds?: number
    DestinationConfig?: { OnFailure?: unknown }
  }
  return {
    maxRetries: MaximumRetryAttempts,
    maxEventAgeMs: MaximumEventAgeInSeconds * 1000,
    givenUp: DestinationConfig?.OnFailure ? 'to-destination' : 'dropped',
  }
}

/** The rules that are on and invoke the function. */
export const readRules = (stack: DatabaseStack) =>
  stack
    .all('AWS::Events::Rule')
    .map(({ properties }) => properties as { Name: string; State?: string; EventPattern: Pattern; Targets: Target[] })
    .filter(({ State, Targets }) => State !== 'DISABLED' && Targets.some(({ Arn }) => Arn === stack.functionArn))
    .map(({ Name: name, EventPattern: pattern, Targets: [{ Input } = {}] }) => ({
      ...{ name, pattern },
      ...(Input === undefined ? {} : { input: Input }),
    }))

interface Target {
  readonly Arn: string
  /** Goes to the function instead of the event. */
  readonly Input?: string
}

export const readSchedule = (stack: DatabaseStack) => {
  const { ScheduleExpression, Target } = stack.only('AWS::Scheduler::Schedule').properties as {
    ScheduleExpression: string
    Target: Target & { Input: string }
  }
  const [, , , , , , , qualifier = latest] = Target.Arn.split(':')
  return {
    everyMs: periodOf(ScheduleExpression),
    payload: JSON.parse(Target.Input) as unknown,
    asynchronous: readAsynchronous(stack, qualifier),
  }
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** `rate(5 minutes)` in milliseconds. @throws Error for a schedule of another kind */
const periodOf = (expression: string): number => {
  const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  const perUnit = unitMs[unit]
  if (perUnit === undefined) throw new Error(`the lab does not know the schedule ${expression}`)
  return Number(count) * perUnit
}

/** The load balancer, its listeners, and the target groups that they forward to. */
export const readFrontDoors = (stack: DatabaseStack) => {
  const { Subnets = [], SubnetMappings = [] } = stack.balancer.only(`${elb}::LoadBalancer`).properties as {
    Subnets?: readonly string[]
    SubnetMappings?: readonly { readonly SubnetId: string }[]
  }
  const listeners = stack
    .all(`${elb}::Listener`)
    .map(({ properties }, index) => readListener(properties, stack.listenerArn(index) ?? ''))
  const order = listeners.flatMap(({ weights }) => weights.map(({ targetGroupArn }) => targetGroupArn))
  const targetGroups = stack
    .all(`${elb}::TargetGroup`)
    .map(({ logicalId, properties }) => readTargetGroup(properties, stack.groupArn(logicalId) ?? ''))
    .filter(({ arn }) => order.includes(arn))
    .toSorted((a, b) => order.indexOf(a.arn) - order.indexOf(b.arn))
  const subnetIds = [...Subnets, ...SubnetMappings.map(({ SubnetId }) => SubnetId)]
  return { listeners, targetGroups, zones: subnetIds.flatMap(id => fixture.zoneOfSubnet(id) ?? []) }
}

/**
 * What CloudFormation does before it writes the writer's listener, at a change of the stack: gives the function its new
 * configuration and lets the seed run, where the listener depends on a seed; nothing, where the function needs the listener.
 */
export const readOrder = (stack: DatabaseStack): 'seed-before-listener' | 'listener-first' => {
  const seeds = stack.all('Custom::RepointSeed').map(({ logicalId }) => logicalId)
  const [listener] = stack.all(`${elb}::Listener`)
  return listener?.dependsOn.some(id => seeds.includes(id)) ? 'seed-before-listener' : 'listener-first'
}

interface Forward {
  readonly TargetGroupArn?: string
  readonly ForwardConfig?: {
    readonly TargetGroups: readonly { readonly TargetGroupArn: string; readonly Weight?: number }[]
  }
}

const readListener = (properties: Readonly<Record<string, unknown>>, arn: string): ListenerSettings => {
  const { Port, DefaultActions, ListenerAttributes } = properties as {
    Port: number
    DefaultActions: readonly Forward[]
    ListenerAttributes?: readonly Attribute[]
  }
  const [action] = DefaultActions
  const groups = action?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action?.TargetGroupArn ?? '' }]
  return {
    arn,
    port: Port,
    idleTimeoutMs: Number(read(ListenerAttributes)['tcp.idle_timeout.seconds'] ?? 350) * 1000,
    weights: groups.map(({ TargetGroupArn: targetGroupArn, Weight: weight = 1 }) => ({ targetGroupArn, weight })),
  }
}

const readTargetGroup = (properties: Readonly<Record<string, unknown>>, arn: string): TargetGroupSettings => {
  const group = properties as {
    Port: number
    TargetGroupAttributes?: readonly Attribute[]
    HealthCheckIntervalSeconds: number
    HealthCheckTimeoutSeconds: number
    HealthyThresholdCount: number
    UnhealthyThresholdCount: number
  }
  return {
    arn,
    port: group.Port,
    attributes: read(group.TargetGroupAttributes),
    healthCheck: {
      intervalMs: group.HealthCheckIntervalSeconds * 1000,
      timeoutMs: group.HealthCheckTimeoutSeconds * 1000,
      healthyThreshold: group.HealthyThresholdCount,
      unhealthyThreshold: group.UnhealthyThresholdCount,
    },
  }
}

interface Attribute {
  readonly Key: string
  readonly Value: string
}

const read = (attributes: readonly Attribute[] = []): Record<string, string> =>
  Object.fromEntries(attributes.map(({ Key, Value }) => [Key, Value]))
