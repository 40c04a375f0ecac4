import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { createNlb } from '../../functions/reconciler/adapters/nlb.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import type { Listener, Weight } from '../../lab/api/account.ts'
import { createFakeFrontDoor, writerGroup } from '../fakes/fake-front-door.ts'
import { balancerArn, serveApi } from '../lab/api-fixture.ts'
import { awsFault, connectionFault, elbv2Double } from './elbv2-double.ts'
import { frontDoorContract, type TargetCall } from './front-door.ts'
import { groupPort, openTargetGroups } from './target-groups.ts'

const otherGroup = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/invoices/fedcba9876543210'

const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/fedcba9876543210'

frontDoorContract('the fake front door', () => {
  let nowMs = 0
  const unused = new Set<string>()
  const frontDoor = createFakeFrontDoor({
    clock: { now: () => nowMs },
    registrationMs: 1000,
    drainMs: 2000,
    unusedBecause: ip => (unused.has(ip) ? 'Target.NotInUse' : undefined),
  })
  frontDoor.putWeights(listenerArn, [{ targetGroupArn: writerGroup, weight: 1 }])
  return {
    frontDoor,
    targetGroupArn: writerGroup,
    otherTargetGroupArn: otherGroup,
    listenerArn,
    requests: () => frontDoor.calls.length,
    put: frontDoor.put,
    disableZoneOf: ip => unused.add(ip),
    mentionAbsent: () => undefined,
    letRegistrationEnd: () => {
      nowMs += 1000
    },
    letDrainEnd: () => {
      nowMs += 2000
    },
    failNext: (kind, how) => {
      if (how === 'denied') frontDoor.failNext(kind, new AwsError('access-denied', 'denied'))
      else if (how === 'throttled') frontDoor.failNext(kind, new TransientError('throttled', 'Rate exceeded'))
      else frontDoor.failNext(kind, new TransientError('unavailable', 'socket hang up'), 'after')
    },
  }
})

const actions = {
  registrations: 'DescribeTargetHealth',
  register: 'RegisterTargets',
  deregister: 'DeregisterTargets',
  weights: 'DescribeListeners',
  setWeights: 'ModifyListener',
  remembered: 'DescribeTags',
  remember: 'AddTags',
} as const satisfies Record<TargetCall, string>

frontDoorContract('the NLB', () => {
  const double = elbv2Double([writerGroup, otherGroup])
  double.putListener(listenerArn, [{ TargetGroupArn: writerGroup, Weight: 1 }])
  return {
    frontDoor: createNlb(double.client),
    targetGroupArn: writerGroup,
    otherTargetGroupArn: otherGroup,
    listenerArn,
    requests: () => double.mock.calls().length,
    put: double.put,
    disableZoneOf: double.disableZoneOf,
    mentionAbsent: double.mentionAbsent,
    letRegistrationEnd: double.letRegistrationEnd,
    letDrainEnd: double.letDrainEnd,
    failNext: (kind, how) => {
      if (how === 'denied') double.failNext(actions[kind], awsFault('AccessDenied', 'not authorized', 403))
      else if (how === 'throttled') double.failNext(actions[kind], awsFault('Throttling', 'Rate exceeded'))
      else double.failNext(actions[kind], connectionFault('ECONNRESET', 'socket hang up'), 'after')
    },
  }
})

frontDoorContract('the NLB of the laboratory, over HTTP', async () => {
  const model = openTargetGroups([writerGroup, otherGroup])
  let weights: readonly Weight[] = [{ targetGroupArn: writerGroup, weight: 1 }]
  const listener: Listener = {
    ...{ arn: listenerArn, port: groupPort },
    weights: () => weights,
    setWeights: changed => {
      weights = changed
    },
  }
  const { api, client } = await serveApi(
    {},
    {
      targetGroups: model.groups,
      loadBalancers: [{ arn: balancerArn, name: 'orders', dnsName: 'orders.elb', zones: [], listeners: [listener] }],
    },
  )
  const elbv2 = new ElasticLoadBalancingV2Client(client)
  return {
    frontDoor: createNlb(elbv2),
    targetGroupArn: writerGroup,
    otherTargetGroupArn: otherGroup,
    listenerArn,
    requests: () => api.calls.length,
    put: model.put,
    disableZoneOf: model.disableZoneOf,
    // Asked about all of its targets, it speaks of none that is not there.
    mentionAbsent: () => undefined,
    letRegistrationEnd: model.letRegistrationEnd,
    letDrainEnd: model.letDrainEnd,
    failNext: (kind, how) => {
      const fault = ({ throttled: 'throttled', denied: 'access-denied', 'reply-lost': 'lost-reply' } as const)[how]
      api.faults.inject(`elasticloadbalancing:${actions[kind]}`, { kind: fault })
    },
    close: async () => {
      elbv2.destroy()
      await api.close()
    },
  }
})
