import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  AddTagsCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Account, Weight } from '../../lab/api/account.ts'
import { type Api, startApi } from '../../lab/api/api-server.ts'
import * as fixture from '../../lab/fixture.ts'
import type { TargetGroup } from '../../lab/model.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { manualTime } from './manual-time.ts'

const [one, two = ''] = fixture.targetGroupArns
const listenerArn = fixture.listenerArns[0] ?? ''

const aGroup = (arn: string): TargetGroup => ({
  ...{ arn, port: 5432, attributes: {} },
  ...{ describe: () => [], register: () => undefined, deregister: () => undefined },
})

describe('the API of listeners, tags and network interfaces', () => {
  let api: Api
  let elbv2: ElasticLoadBalancingV2Client
  let ec2: EC2Client
  let weights: readonly Weight[]

  beforeEach(async () => {
    weights = [{ targetGroupArn: one, weight: 1 }]
    const listener = {
      ...{ arn: listenerArn, port: 5432 },
      weights: () => weights,
      setWeights: (next: readonly Weight[]) => {
        weights = next
      },
    }
    const account: Account = {
      ...{ id: fixture.account, region: fixture.region, vpc: fixture.vpc },
      targetGroups: [aGroup(one), aGroup(two)],
      loadBalancers: [{ ...fixture.loadBalancer, listeners: [listener] }],
      interfaces: fixture.rdsInterfaces('instance', 'sg-ours'),
      databases: { instances: () => [], clusters: () => [] },
      events: { put: () => ({ EventId: 'none' }) },
    }
    const time = manualTime()
    api = await startApi({ account, time, timeline: startTimeline(time) })
    const options = {
      ...{ endpoint: api.url, region: fixture.region, maxAttempts: 1 },
      credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
    }
    elbv2 = new ElasticLoadBalancingV2Client(options)
    ec2 = new EC2Client(options)
  })
  afterEach(async () => {
    elbv2.destroy()
    ec2.destroy()
    await api.close()
  })

  const change = (...groups: (readonly [string, number])[]) => {
    const TargetGroups = groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }))
    const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }]
    return elbv2.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions }))
  }
  const action = async () => {
    const { Listeners } = await elbv2.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }))
    return Listeners?.[0]?.DefaultActions?.[0]
  }

  it('names the one group of a listener twice, and several in their configuration only', async () => {
    expect(await action()).toMatchObject({
      TargetGroupArn: one,
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: one, Weight: 1 }] },
    })

    await change([one, 0], [two, 1])

    const changed = await action()
    expect(changed?.TargetGroupArn).toBeUndefined()
    expect(changed?.ForwardConfig?.TargetGroups).toEqual([
      { TargetGroupArn: one, Weight: 0 },
      { TargetGroupArn: two, Weight: 1 },
    ])
  })

  it('lists the listeners of a load balancer too', async () => {
    const asked = new DescribeListenersCommand({ LoadBalancerArn: fixture.loadBalancer.arn })
    expect((await elbv2.send(asked)).Listeners).toHaveLength(1)
  })

  it('says which load balancer uses a group, with weight or without', async () => {
    await change([one, 1], [two, 0])
    const { TargetGroups = [] } = await elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [two] }))
    expect(TargetGroups[0]?.LoadBalancerArns).toEqual([fixture.loadBalancer.arn])
  })

  it.each([
    [
      'a group that does not exist',
      [['arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/x/1', 1]],
      'ValidationError',
    ],
    ['a weight that is none', [[one, 1000]], 'ValidationError'],
    ['no group', [], 'ValidationError'],
  ] as const)('refuses %s and changes nothing', async (_what, groups, code) => {
    await expect(change(...groups)).rejects.toMatchObject({ name: code })
    expect(weights).toEqual([{ targetGroupArn: one, weight: 1 }])
  })

  it('refuses more than five groups in an action', async () => {
    await expect(change(...Array.from({ length: 6 }, () => [one, 1] as const))).rejects.toMatchObject({
      name: 'TooManyUniqueTargetGroupsPerLoadBalancerException',
    })
  })

  it('keeps tags by resource, and overwrites by key', async () => {
    const tag = (Value: string) => [{ Key: 'repoint:pair', Value }]
    await elbv2.send(new AddTagsCommand({ ResourceArns: [one], Tags: tag('a') }))
    await elbv2.send(new AddTagsCommand({ ResourceArns: [one], Tags: tag('10.0.1.10 eni-1 subnet-1 / b') }))

    const { TagDescriptions } = await elbv2.send(new DescribeTagsCommand({ ResourceArns: [one, two] }))
    expect(TagDescriptions?.map(({ Tags }) => Tags)).toEqual([tag('10.0.1.10 eni-1 subnet-1 / b'), []])
  })

  it('refuses a tag with characters that tags do not have', async () => {
    const Tags = [{ Key: 'repoint:pair', Value: '10.0.1.10,eni-1' }]
    await expect(elbv2.send(new AddTagsCommand({ ResourceArns: [one], Tags }))).rejects.toThrow('not allowed')
  })

  it('finds the interfaces of RDS in a security group', async () => {
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [
          { Name: 'requester-id', Values: ['amazon-rds'] },
          { Name: 'group-id', Values: ['sg-ours'] },
        ],
      }),
    )
    expect(NetworkInterfaces.map(({ PrivateIpAddress }) => PrivateIpAddress)).toEqual([...fixture.hosts.instance])
    expect(NetworkInterfaces[0]).toMatchObject({ RequesterId: 'amazon-rds', Groups: [{ GroupId: 'sg-ours' }] })
  })
})
