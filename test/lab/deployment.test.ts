import { beforeAll, describe, expect, it } from 'vitest'
import { defaultHealthCheck } from '../../lab/nlb/propagation.ts'
import {
  type Deployment,
  deploymentOf,
  readDeployment,
  settingsFor,
  synthesizeFor,
} from '../../lab/template/deployment.ts'
import type { Template } from '../../lab/template/intrinsics.ts'

type Properties = Record<string, unknown>

const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'

describe('the deployment that the lab runs', () => {
  let instance: Template
  beforeAll(async () => {
    instance = await synthesizeFor('instance')
  })

  /** What the lab would do if the construct declared the resources of this type otherwise. */
  const changed = (type: string, change: (properties: Properties) => Properties): Deployment => {
    const resources = Object.entries(instance.Resources).map(([id, { Type, Properties = {} }]) => [
      id,
      { Type, Properties: Type === type ? change(Properties) : Properties },
    ])
    return readDeployment({ Resources: Object.fromEntries(resources) })
  }

  it('is the one that an operator gets by default', () => {
    const deployment = readDeployment(instance)
    expect(deployment).toMatchObject({
      functionName: 'repoint-orders',
      handler: 'index.handler',
      memoryMb: 512,
      timeoutMs: 900_000,
      reservedConcurrency: 1,
      asynchronous: { maxRetries: 2, maxEventAgeMs: 3_600_000, givenUp: 'to-destination' },
      schedule: {
        everyMs: 60_000,
        payload: { action: 'tick' },
        asynchronous: { maxRetries: 0, maxEventAgeMs: 60_000, givenUp: 'dropped' },
      },
      zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
      listeners: [{ idleTimeoutMs: 6_000_000 }],
    })
    expect(deployment.rules.map(({ name }) => name)).toEqual(['repoint-orders-database-events'])
    expect(deployment.targetGroup.healthCheck).toEqual(defaultHealthCheck)
    expect(deployment.targetGroup.attributes).toMatchObject({ 'deregistration_delay.timeout_seconds': '0' })
  })

  it('of a host name has the rules of wakeOn alone, which hand the function a watch', async () => {
    const { rules } = await deploymentOf('instance', { hostName: { wakeOn: [{ source: ['my.cluster'] }] } })
    expect(rules).toEqual([
      { name: 'repoint-orders-wake-on-1', pattern: { source: ['my.cluster'] }, input: '{"action":"watch"}' },
    ])
  })

  it('gives the function the target group that the listener forwards to', () => {
    const { environment, listeners, targetGroup } = readDeployment(instance)
    const { frontDoors } = JSON.parse(environment.REPOINT_CONFIG ?? '')
    expect(targetGroup.arn).toBe(`${arn}:targetgroup/orders/73e2d6bc24d8a067`)
    expect(listeners[0]?.weights).toEqual([{ targetGroupArn: targetGroup.arn, weight: 1 }])
    expect(frontDoors).toEqual([
      { role: 'writer', strategy: 'swap', targetGroupArn: targetGroup.arn, port: targetGroup.port },
    ])
  })

  it('wakes the function for what the rule of the construct says', () => {
    const EventPattern = { source: ['aws.rds'], detail: { EventID: ['RDS-EVENT-9999'] } }
    const { rules } = changed('AWS::Events::Rule', properties => ({ ...properties, EventPattern }))
    expect(rules.map(({ pattern }) => pattern)).toEqual([EventPattern])
  })

  it('leaves out a rule that is off or invokes something else', () => {
    expect(changed('AWS::Events::Rule', it => ({ ...it, State: 'DISABLED' })).rules).toEqual([])
    expect(changed('AWS::Events::Rule', it => ({ ...it, Targets: [{ Arn: 'arn:other' }] })).rules).toEqual([])
  })

  it.each<[string, Properties, object]>([
    ['AWS::Lambda::Function', { Timeout: 60, MemorySize: 256 }, { timeoutMs: 60_000, memoryMb: 256 }],
    ['AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: ['subnet-0a1b2c3d4e5f60712'] }, { zones: ['eu-west-1b'] }],
    [
      'AWS::ElasticLoadBalancingV2::Listener',
      { ListenerAttributes: [{ Key: 'tcp.idle_timeout.seconds', Value: '90' }] },
      { listeners: [{ idleTimeoutMs: 90_000 }] },
    ],
  ])('follows %s', (type, properties, expected) => {
    expect(changed(type, it => ({ ...it, ...properties }))).toMatchObject(expected)
  })

  it('has no reservation where the template reserves none', () => {
    const { reservedConcurrency } = changed('AWS::Lambda::Function', ({ ReservedConcurrentExecutions: _, ...it }) => it)
    expect(reservedConcurrency).toBeUndefined()
  })

  it('follows the target group, its attributes and its health check', () => {
    const { targetGroup } = changed('AWS::ElasticLoadBalancingV2::TargetGroup', it => ({
      ...it,
      TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '120' }],
      HealthCheckIntervalSeconds: 5,
    }))
    expect(targetGroup.attributes).toEqual({ 'deregistration_delay.timeout_seconds': '120' })
    expect(targetGroup.healthCheck).toEqual({ ...defaultHealthCheck, intervalMs: 5_000 })
  })

  it('follows the schedule, and what Lambda does with what the schedule sends', () => {
    const { schedule } = changed('AWS::Scheduler::Schedule', it => ({ ...it, ScheduleExpression: 'rate(2 hours)' }))
    expect(schedule.everyMs).toBe(7_200_000)
    const other = changed('AWS::Lambda::EventInvokeConfig', it => ({ ...it, MaximumRetryAttempts: 1 }))
    expect([other.asynchronous.maxRetries, other.schedule.asynchronous.maxRetries]).toEqual([1, 1])
    const none = changed('AWS::Lambda::EventInvokeConfig', it => ({ ...it, FunctionName: 'other' }))
    expect(none.schedule.asynchronous).toEqual({ maxRetries: 2, maxEventAgeMs: 21_600_000, givenUp: 'dropped' })
  })

  it('is refused where the template says what the lab does not know', () => {
    const cron = () => changed('AWS::Scheduler::Schedule', it => ({ ...it, ScheduleExpression: 'cron(* * * * ? *)' }))
    expect(cron).toThrow('the lab does not know the schedule cron(* * * * ? *)')
    const unknown = () => changed('AWS::Lambda::Function', it => ({ ...it, Handler: { Ref: 'Elsewhere' } }))
    expect(unknown).toThrow('the lab does not know Ref of Elsewhere (pseudo parameter)')
  })

  it('of a MariaDB that blocks hosts says that it is accepted, and keeps its slow health check', async () => {
    expect(settingsFor('instance', { engine: 'mariadb' })).toMatchObject({ mysqlHostBlocking: 'accepted' })
    expect(settingsFor('cluster', { engine: 'aurora-mysql' })).toMatchObject({ mysqlHostBlocking: 'accepted' })
    expect(settingsFor('instance', {})).not.toHaveProperty('mysqlHostBlocking')
    const { targetGroup } = await deploymentOf('instance', { engine: 'mariadb' })
    expect(targetGroup.healthCheck.intervalMs).toBe(15_000)
  })

  it('of a cluster wakes for its members too', async () => {
    const { rules } = await deploymentOf('cluster')
    expect(rules.map(({ name }) => name)).toEqual(['repoint-orders-database-events'])
    expect(rules[0]?.pattern).toMatchObject({
      $or: [{}, { resources: [{ prefix: 'arn:aws:rds:eu-west-1:111122223333:db:orders' }] }, {}],
    })
  })

  it('of a weighted cluster with readers has a target group a slot, the readers’ last, and says which the function keeps', async () => {
    const deployment = await deploymentOf('cluster', { frontDoor: { strategy: 'weighted', slots: 2 }, readers: {} })
    const [first, second, readers] = deployment.targetGroups.map(group => group.arn)
    expect(deployment.listeners.map(({ port, weights }) => ({ port, weights }))).toEqual([
      {
        port: 5432,
        weights: [
          { targetGroupArn: first, weight: 1 },
          { targetGroupArn: second, weight: 0 },
        ],
      },
      { port: 5433, weights: [{ targetGroupArn: readers, weight: 1 }] },
    ])
    const [writer, reader] = JSON.parse(deployment.environment.REPOINT_CONFIG ?? '').frontDoors
    expect(writer).toMatchObject({ listenerArn: deployment.listeners[0]?.arn, targetGroupArns: [first, second] })
    expect(reader).toMatchObject({ role: 'reader', targetGroupArn: readers })
  })

  it('is written in the order that the template’s dependencies enforce', async () => {
    const order = async (strategy: string) => (await deploymentOf('cluster', { frontDoor: { strategy } })).order
    expect([await order('weighted'), await order('swap')]).toEqual(['listener-first', 'seed-before-listener'])
  })
})
