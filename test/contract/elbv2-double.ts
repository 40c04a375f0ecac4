import {
  AddTagsCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RegisterTargetsCommand,
  type Tag,
  type TargetDescription,
  type TargetGroupTuple,
  type TargetHealthDescription,
  type TargetHealthReasonEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { mockClient } from 'aws-sdk-client-mock'
import type { Target } from '../../functions/reconciler/core/model.ts'
import { elbv2Errors } from '../../lab/api/errors/elbv2-errors.ts'
import type { Refusal } from '../../lab/api/errors/failure.ts'
import type { TargetHealth, TargetId } from '../../lab/model.ts'
import type { LabTargetGroup } from '../../lab/nlb/target-group.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { groupPort, openTargetGroups } from './target-groups.ts'

/** The actions that a front door sends. Any other fails the test. */
export type Elbv2Action =
  | 'DescribeTargetHealth'
  | 'RegisterTargets'
  | 'DeregisterTargets'
  | 'DescribeListeners'
  | 'ModifyListener'
  | 'DescribeTags'
  | 'AddTags'

/** An error as the SDK throws it: the wire's code beside the class name. */
export const awsFault = (code: string, message = code, httpStatusCode = 400, name = code): Error =>
  Object.assign(new Error(message), { name, Code: code, $metadata: { httpStatusCode } })

/** As the laboratory answers it, where each has its source. */
export const refused = <Args extends string[]>(refusal: Refusal<Args>, ...args: Args): Error =>
  awsFault(refusal.code, refusal.text(...args), refusal.status, `${refusal.code}Exception`)

export const connectionFault = (code: string, message = code): Error => Object.assign(new Error(message), { code })

/** On a fake clock a loop without rest would never end. */
const runawayRequests = 5000

/** The laboratory's target groups, which answer the SDK. */
export const elbv2Double = (arns: readonly string[] = [writerGroup]) => {
  const client = new ElasticLoadBalancingV2Client({ region: 'eu-west-1' })
  const mock = mockClient(client)
  const model = openTargetGroups(arns)
  const failures: { action: Elbv2Action; error: Error; when: 'before' | 'after' }[] = []
  const mentioned: TargetHealthDescription[] = []
  const listeners = new Map<string, readonly TargetGroupTuple[]>()
  const tags = new Map<string, readonly Tag[]>()

  const group = (arn: string | undefined): LabTargetGroup => {
    const found = model.groups.find(candidate => candidate.arn === arn)
    if (!found) {
      throw refused(elbv2Errors.targetGroupNotFound)
    }
    return found
  }

  /** One group is named beside the configuration, as the API does. */
  const listener = (arn: string) => {
    const tuples = listeners.get(arn)
    if (!tuples) throw refused(elbv2Errors.listenerNotFound)
    const [only] = tuples.length === 1 ? tuples : []
    const single = only?.TargetGroupArn ? { TargetGroupArn: only.TargetGroupArn } : {}
    const action = { Type: 'forward' as const, ...single, ForwardConfig: { TargetGroups: [...tuples] } }
    return { ListenerArn: arn, Port: 5432, Protocol: 'TCP' as const, DefaultActions: [action] }
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

  mock.onAnyCommand().rejects(new Error('a command that this test does not expect'))
  mock.on(DescribeTargetHealthCommand).callsFake(async ({ TargetGroupArn: arn }) =>
    serve('DescribeTargetHealth', () => ({
      TargetHealthDescriptions: [...group(arn).describe().map(describe), ...mentioned],
    })),
  )
  mock.on(RegisterTargetsCommand).callsFake(async ({ TargetGroupArn: arn, Targets: targets }) =>
    serve('RegisterTargets', () => {
      group(arn).register(targets.map(read))
      return {}
    }),
  )
  mock.on(DeregisterTargetsCommand).callsFake(async ({ TargetGroupArn: arn, Targets: targets }) =>
    serve('DeregisterTargets', () => {
      group(arn).deregister(targets.map(read))
      return {}
    }),
  )
  mock
    .on(DescribeListenersCommand)
    .callsFake(async ({ ListenerArns: [arn] }) => serve('DescribeListeners', () => ({ Listeners: [listener(arn)] })))
  mock.on(ModifyListenerCommand).callsFake(async ({ ListenerArn: arn, DefaultActions: [action] }) =>
    serve('ModifyListener', () => {
      listener(arn)
      for (const { TargetGroupArn } of action.ForwardConfig.TargetGroups) group(TargetGroupArn)
      listeners.set(arn, action.ForwardConfig.TargetGroups)
      return { Listeners: [listener(arn)] }
    }),
  )
  mock.on(DescribeTagsCommand).callsFake(async ({ ResourceArns: [arn] }) =>
    serve('DescribeTags', () => {
      group(arn)
      return { TagDescriptions: [{ ResourceArn: arn, Tags: [...(tags.get(arn) ?? [])] }] }
    }),
  )
  mock.on(AddTagsCommand).callsFake(async ({ ResourceArns: [arn], Tags: added }) =>
    serve('AddTags', () => {
      group(arn)
      const kept = (tags.get(arn) ?? []).filter(({ Key }) => !added.some((tag: Tag) => tag.Key === Key))
      tags.set(arn, [...kept, ...added])
      return {}
    }),
  )

  return {
    client,
    mock,
    putListener: (arn: string, tuples: readonly TargetGroupTuple[]) => listeners.set(arn, tuples),
    putTags: (arn: string, tagged: readonly Tag[]) => tags.set(arn, tagged),
    tags: (arn = arns[0]) => tags.get(arn ?? '') ?? [],
    failNext: (action: Elbv2Action, error: Error, when: 'before' | 'after' = 'before') =>
      failures.push({ action, error, when }),
    put: model.put,
    disableZoneOf: model.disableZoneOf,
    /** A row as AWS gives it for a target that is asked about and not there. */
    mentionAbsent: ({ ip, port }: Target) =>
      mentioned.push({
        Target: { Id: ip, Port: port },
        TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered', Description: 'Target is not registered' },
      }),
    letRegistrationEnd: model.letRegistrationEnd,
    letDrainEnd: model.letDrainEnd,
    states: model.states,
  }
}

/** A target without a port of its own gets the group's. */
const read = ({ Id: ip = '', Port: port = groupPort }: TargetDescription): TargetId => ({ ip, port })

const describe = ({ ip, port, zone, state, reason, description }: TargetHealth): TargetHealthDescription => ({
  Target: { Id: ip, Port: port, ...(zone && { AvailabilityZone: zone }) },
  HealthCheckPort: String(port),
  TargetHealth: {
    State: state,
    ...(reason && { Reason: reason as TargetHealthReasonEnum }),
    ...(description && { Description: description }),
  },
})
