import {
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  RDSClient,
} from '@aws-sdk/client-rds'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Account } from '../../lab/api/account.ts'
import { type Api, startApi } from '../../lab/api/api-server.ts'
import type { PutEntry } from '../../lab/events/put-events.ts'
import type { TargetGroup, TargetHealth, TargetId } from '../../lab/model.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { type ManualTime, manualTime } from './manual-time.ts'
import { aListener } from './some-resources.ts'

const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef'
const balancer = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/0123456789abcdef'

const aGroup = (): TargetGroup => {
  const members = new Map<string, TargetHealth>()
  const key = ({ ip, port }: TargetId) => `${ip}:${port}`
  return {
    arn,
    port: 5432,
    attributes: { 'deregistration_delay.timeout_seconds': '0' },
    describe: only => {
      if (!only) return [...members.values()]
      return only.map(id => members.get(key(id)) ?? { ...id, state: 'unused', reason: 'Target.NotRegistered' })
    },
    register: targets => {
      for (const target of targets) {
        members.set(key(target), {
          ...target,
          state: 'initial',
          reason: 'Elb.RegistrationInProgress',
          description: 'in <progress> & co',
        })
      }
    },
    deregister: targets => {
      for (const target of targets) members.delete(key(target))
    },
  }
}

const anAccount = (published: PutEntry[] = []): Account => ({
  id: '111122223333',
  region: 'eu-west-1',
  vpc: { id: 'vpc-1', cidrs: ['10.0.0.0/16'] },
  targetGroups: [aGroup()],
  loadBalancers: [
    {
      arn: balancer,
      name: 'orders',
      dnsName: 'orders.elb.eu-west-1.amazonaws.com',
      zones: ['eu-west-1a', 'eu-west-1b'],
      listeners: [aListener(`${balancer}/listener`, arn)],
    },
  ],
  interfaces: [
    {
      id: 'eni-1',
      ip: '10.0.1.10',
      zone: 'eu-west-1a',
      subnetId: 'subnet-1',
      requesterId: 'amazon-rds',
      description: 'RDSNetworkInterface',
    },
  ],
  databases: {
    instances: () =>
      Array.from({ length: 45 }, (_, index) => ({
        id: `db-${index}`,
        arn: `arn:aws:rds:eu-west-1:111122223333:db:db-${index}`,
        engine: 'postgres',
        status: 'available',
        multiAz: true,
        zone: 'eu-west-1a',
        port: 5432,
        ...(index === 44 ? { clusterId: 'orders' } : { endpoint: `db-${index}.abc.eu-west-1.rds.amazonaws.com` }),
      })),
    clusters: () => [
      {
        id: 'orders',
        arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
        engine: 'aurora-postgresql',
        status: 'available',
        endpoint: 'orders.cluster-abc.eu-west-1.rds.amazonaws.com',
        readerEndpoint: 'orders.cluster-ro-abc.eu-west-1.rds.amazonaws.com',
        port: 5432,
        members: [
          { instanceId: 'orders-1', isWriter: true },
          { instanceId: 'orders-2', isWriter: false },
        ],
      },
    ],
  },
  events: {
    put: entry => {
      published.push(entry)
      return { EventId: `event-${published.length}` }
    },
  },
})

describe('the API of the lab, as the AWS SDK sees it', () => {
  let api: Api
  let time: ManualTime
  let elb: ElasticLoadBalancingV2Client
  let rds: RDSClient
  let events: EventBridgeClient
  let published: PutEntry[]
  const credentials = { accessKeyId: 'AKIALAB', secretAccessKey: 'x' }

  beforeEach(async () => {
    time = manualTime()
    published = []
    api = await startApi({ account: anAccount(published), time, timeline: startTimeline(time) })
    const options = { region: 'eu-west-1', endpoint: api.url, credentials, maxAttempts: 1 }
    elb = new ElasticLoadBalancingV2Client(options)
    rds = new RDSClient(options)
    events = new EventBridgeClient(options)
  })
  afterEach(async () => {
    for (const client of [elb, rds, events]) client.destroy()
    await api.close()
  })
  const register = (ip: string) =>
    elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: ip, Port: 5432 }] }))
  const health = async () =>
    (await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }))).TargetHealthDescriptions ?? []

  it('registers, describes and deregisters targets', async () => {
    await register('10.0.1.10')
    expect(await health()).toEqual([
      {
        Target: { Id: '10.0.1.10', Port: 5432 },
        HealthCheckPort: '5432',
        TargetHealth: { State: 'initial', Reason: 'Elb.RegistrationInProgress', Description: 'in <progress> & co' },
      },
    ])
    await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: '10.0.1.10', Port: 5432 }] }))
    expect(await health()).toEqual([])
  })

  it("takes the group's port for a target without one", async () => {
    await elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: '10.0.1.10' }] }))
    expect((await health())[0]?.Target).toEqual({ Id: '10.0.1.10', Port: 5432 })
  })

  it('says that a target which is asked for is not registered', async () => {
    const Targets = [{ Id: '10.0.1.99', Port: 5432 }]
    const reply = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn, Targets }))
    expect(reply.TargetHealthDescriptions?.[0]?.TargetHealth?.Reason).toBe('Target.NotRegistered')
  })

  it.each([
    [
      'TargetGroupNotFoundException',
      () => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn.replace('0123', '9999') })),
    ],
    ['InvalidTargetException', () => register('54.84.181.60')],
    ['ValidationError', () => register('10.9.0.1')],
    ['ValidationError', () => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'nonsense' }))],
    ['DBClusterNotFoundFault', () => rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'other' }))],
    ['DBInstanceNotFoundFault', () => rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'other' }))],
  ])('answers %s as the SDK knows it', async (name, call) => {
    await expect(call()).rejects.toMatchObject({ name })
  })

  it('describes groups, attributes, load balancers and listeners', async () => {
    const groups = await elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))
    const attributes = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }))
    const balancers = await elb.send(new DescribeLoadBalancersCommand({}))
    const listeners = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }))
    expect(groups.TargetGroups?.[0]).toMatchObject({ Port: 5432, TargetType: 'ip', LoadBalancerArns: [balancer] })
    expect(attributes.Attributes).toEqual([{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }])
    expect(balancers.LoadBalancers?.[0]?.AvailabilityZones?.map(zone => zone.ZoneName)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
    ])
    expect(listeners.Listeners?.[0]?.DefaultActions?.[0]?.TargetGroupArn).toBe(arn)
  })

  it('names the writer of a cluster', async () => {
    const reply = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'orders' }))
    expect(reply.DBClusters?.[0]?.DBClusterMembers?.map(member => member.IsClusterWriter)).toEqual([true, false])
  })

  it('pages', async () => {
    const sizes: number[] = []
    for await (const page of paginateDescribeDBInstances({ client: rds, pageSize: 20 }, {})) {
      sizes.push(page.DBInstances?.length ?? 0)
    }
    expect(sizes).toEqual([20, 20, 5])
  })

  it('filters instances by cluster, and shows one without endpoint', async () => {
    const Filters = [{ Name: 'db-cluster-id', Values: ['orders'] }]
    const reply = await rds.send(new DescribeDBInstancesCommand({ Filters }))
    expect(reply.DBInstances?.map(instance => [instance.DBInstanceIdentifier, instance.Endpoint])).toEqual([
      ['db-44', undefined],
    ])
  })

  it('takes events one by one', async () => {
    const entry = { Source: 'repoint', DetailType: 'Repoint Repointed', Detail: '{"a":1}' }
    const reply = await events.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: 'no JSON' }] }))
    expect(reply.FailedEntryCount).toBe(1)
    expect(reply.Entries?.map(result => result.ErrorCode)).toEqual([undefined, 'MalformedDetail'])
    expect(published).toHaveLength(1)
  })

  it('throttles registrations as published: 20 at once, then 4 a second', async () => {
    for (let count = 0; count < 20; count++) await register('10.0.1.10')
    await expect(register('10.0.1.10')).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded' })
    await time.advance(1000)
    for (let count = 0; count < 4; count++) await register('10.0.1.10')
    await expect(register('10.0.1.10')).rejects.toMatchObject({ name: 'Throttling' })
  })

  it('injects what goes wrong, a given number of times', async () => {
    api.faults.inject('elasticloadbalancing:RegisterTargets', { kind: 'access-denied' })
    api.faults.inject('elasticloadbalancing:RegisterTargets', { kind: 'server-error' }, 2)
    await expect(register('10.0.1.10')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `is not authorized to perform: elasticloadbalancing:RegisterTargets on resource: ${arn}`,
      ),
      $metadata: { httpStatusCode: 403 },
    })
    await expect(register('10.0.1.10')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } })
    await expect(register('10.0.1.10')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } })
    await expect(register('10.0.1.10')).resolves.toBeDefined()
  })

  it('loses a reply after the call took effect', async () => {
    api.faults.inject('elasticloadbalancing:RegisterTargets', { kind: 'lost-reply' })
    await expect(register('10.0.1.10')).rejects.toThrow()
    expect(await health()).toHaveLength(1)
  })

  it('keeps a record of every call', async () => {
    await register('10.0.1.10')
    await register('54.84.181.60').catch(() => undefined)
    expect(api.calls.map(call => [call.service, call.action, call.accessKey, call.status, call.errorCode])).toEqual([
      ['elasticloadbalancing', 'RegisterTargets', 'AKIALAB', 200, undefined],
      ['elasticloadbalancing', 'RegisterTargets', 'AKIALAB', 400, 'InvalidTarget'],
    ])
  })

  it.each([
    ['10.0.1.10', 200, '<privateIpAddress>10.0.1.10</privateIpAddress>'],
    ['10.0.1.99', 200, '<networkInterfaceSet/>'],
  ])('tells whether %s is an interface of RDS, as EC2 does', async (ip, status, part) => {
    const body = new URLSearchParams({
      Action: 'DescribeNetworkInterfaces',
      Version: '2016-11-15',
      'Filter.1.Name': 'addresses.private-ip-address',
      'Filter.1.Value.1': ip,
      'Filter.2.Name': 'requester-id',
      'Filter.2.Value.1': 'amazon-rds',
    })
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/eu-west-1/ec2/aws4_request'
    const reply = await fetch(api.url, { method: 'POST', body, headers: { authorization } })
    expect([reply.status, await reply.text()]).toEqual([status, expect.stringContaining(part)])
  })

  it('refuses a call that nobody signed', async () => {
    const reply = await fetch(api.url, { method: 'POST', body: 'Action=DescribeTargetHealth' })
    expect(reply.status).toBe(403)
  })
})

describe('the API of the lab over TLS', () => {
  it('is trusted by whoever trusts its certificate', async () => {
    const time = manualTime()
    const api = await startApi({ account: anAccount(), time, timeline: startTimeline(time), https: true })
    const { request } = await import('node:https')
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const ca = api.secure?.certificate.authority
      request(`${api.secure?.url}`, { method: 'POST', ...(ca ? { ca } : {}) }, reply => resolve(reply.statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
    await api.close()
  })
})
