import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetDescription,
  type TargetHealth,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { mockClient } from 'aws-sdk-client-mock'
import type { RegistrationState, Target } from '../../functions/reconciler/core/model.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'

/** The actions that a front door sends. Any other fails the test. */
export type Elbv2Action = 'DescribeTargetHealth' | 'RegisterTargets' | 'DeregisterTargets'

interface Member {
  health: TargetHealth
}

/** An error as the SDK throws it: the wire's code beside the class name. */
export const awsFault = (code: string, message = code, httpStatusCode = 400, name = code): Error =>
  Object.assign(new Error(message), { name, Code: code, $metadata: { httpStatusCode } })

export const connectionFault = (code: string, message = code): Error => Object.assign(new Error(message), { code })

/** On a fake clock a loop without rest would never end. */
const runawayRequests = 5000

/** The port of the groups: what a target without a port of its own gets. */
const groupPort = 5432

/**
 * Target groups that answer the SDK as the ELBv2 API documents it. Registering a draining target makes it `initial`; a
 * deregistration that matches nothing succeeds, so one without the port of an override does nothing
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html).
 */
export const elbv2Double = (arns: readonly string[] = [writerGroup]) => {
  const client = new ElasticLoadBalancingV2Client({ region: 'eu-west-1' })
  const mock = mockClient(client)
  const groups = new Map(arns.map(arn => [arn, new Map<string, Member>()]))
  const failures: { action: Elbv2Action; error: Error; when: 'before' | 'after' }[] = []
  const unusedIps = new Set<string>()
  const mentioned: TargetHealthDescription[] = []

  const group = (arn: string | undefined): Map<string, Member> => {
    const found = groups.get(arn ?? '')
    if (!found) {
      throw awsFault('TargetGroupNotFound', 'One or more target groups not found', 400, 'TargetGroupNotFoundException')
    }
    return found
  }

  const serve = <T>(action: Elbv2Action, act: () => T): T => {
    if (mock.calls().length > runawayRequests) throw new Error('this many requests are a runaway')
    const index = failures.findIndex(failure => failure.action === action)
    const failure = index === -1 ? undefined : failures.splice(index, 1)[0]
    if (failure?.when === 'before') throw failure.error
    const result = act()
    if (failure) throw failure.error
    return result
  }

  const describe = (key: string, { health }: Member): TargetHealthDescription => {
    const [Id = '', port] = key.split(':')
    const isUnused = unusedIps.has(Id) && health.State !== 'draining'
    return {
      Target: { Id, Port: Number(port), AvailabilityZone: 'eu-west-1a' },
      HealthCheckPort: port,
      TargetHealth: isUnused ? { State: 'unused', Reason: 'Target.NotInUse', Description: 'Not in use' } : health,
    }
  }

  mock.onAnyCommand().rejects(new Error('a command that this test does not expect'))
  mock.on(DescribeTargetHealthCommand).callsFake(async ({ TargetGroupArn: arn }) =>
    serve('DescribeTargetHealth', () => ({
      TargetHealthDescriptions: [...[...group(arn)].map(([key, member]) => describe(key, member)), ...mentioned],
    })),
  )
  mock.on(RegisterTargetsCommand).callsFake(async ({ TargetGroupArn: arn, Targets: targets }) =>
    serve('RegisterTargets', () => {
      for (const target of targets) {
        const known = group(arn).get(keyOf(target))
        if (known && known.health.State !== 'draining') continue
        group(arn).set(keyOf(target), { health: { State: 'initial', Reason: 'Elb.RegistrationInProgress' } })
      }
      return {}
    }),
  )
  mock.on(DeregisterTargetsCommand).callsFake(async ({ TargetGroupArn: arn, Targets: targets }) =>
    serve('DeregisterTargets', () => {
      for (const target of targets) {
        const known = group(arn).get(keyOf(target))
        if (known) known.health = { State: 'draining', Reason: 'Target.DeregistrationInProgress' }
      }
      return {}
    }),
  )

  return {
    client,
    mock,
    failNext: (action: Elbv2Action, error: Error, when: 'before' | 'after' = 'before') =>
      failures.push({ action, error, when }),
    put: ({ ip, port }: Target, state: RegistrationState, arn = arns[0]) =>
      group(arn).set(`${ip}:${port}`, { health: { State: state } }),
    disableZoneOf: (ip: string) => unusedIps.add(ip),
    /** A row as AWS gives it for a target that is asked about and not there. */
    mentionAbsent: ({ ip, port }: Target) =>
      mentioned.push({
        Target: { Id: ip, Port: port },
        TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered', Description: 'Target is not registered' },
      }),
    letRegistrationEnd: () => {
      for (const members of groups.values()) {
        for (const member of members.values())
          if (member.health.State === 'initial') member.health = { State: 'healthy' }
      }
    },
    letDrainEnd: () => {
      for (const members of groups.values()) {
        for (const [key, { health }] of members) if (health.State === 'draining') members.delete(key)
      }
    },
    states: (arn = arns[0]): Record<string, string | undefined> =>
      Object.fromEntries([...group(arn)].map(([key, { health }]) => [key, health.State])),
  }
}

const keyOf = ({ Id: id, Port: port = groupPort }: TargetDescription): string => `${id}:${port}`
