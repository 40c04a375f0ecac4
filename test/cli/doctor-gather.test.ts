import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClients } from '../../cli/aws/clients.ts'
import { judge } from '../../cli/checks/doctor.ts'
import type { Facts } from '../../cli/facts/facts.ts'
import { gather } from '../../cli/facts/gather.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import type { Account } from '../../lab/aws/account.ts'
import { ApiFailure } from '../../lab/aws/failure.ts'
import type { JsonService } from '../../lab/aws/json-service.ts'
import { type Api, startApi } from '../../lab/aws/server.ts'
import * as estate from '../../lab/estate.ts'
import { beginStory } from '../../lab/story.ts'
import { balancerInterfaces, layOut, networkNames, subnets } from '../../lab/surroundings.ts'
import { manualTime } from '../lab/manual-time.ts'

/** A function in isolated subnets, with the configuration of a cluster behind two weighted groups. */
const functionArn = `arn:aws:lambda:${estate.region}:${estate.account}:function:repoint-orders`
const [first = '', second = ''] = estate.targetGroupArns
const [listener = ''] = estate.listenerArns

const config = {
  database: {
    kind: 'cluster',
    id: 'orders',
    arn: estate.databaseArn('cluster'),
    endpoint: estate.endpoints.cluster,
    port: 5432,
  },
  frontDoors: [
    { role: 'writer', strategy: 'weighted', listenerArn: listener, targetGroupArns: [first, second], port: 5432 },
  ],
  dnsServers: ['127.0.0.1:9'],
}

const lambda: JsonService = {
  actionOf: ({ url }) => (url.pathname.endsWith('/configuration') ? 'GetFunctionConfiguration' : 'unknown'),
  run: action => {
    if (action === 'unknown') throw new ApiFailure('ResourceNotFoundException', 'Not found', 404)
    const VpcConfig = { VpcId: estate.vpc.id, SubnetIds: [subnets[0]?.id], SecurityGroupIds: ['sg-0function'] }
    const Variables = { REPOINT_CONFIG: JSON.stringify(config) }
    return {
      result: {
        FunctionArn: functionArn,
        State: 'Active',
        Runtime: 'nodejs24.x',
        Timeout: 900,
        Role: networkNames.role,
        VpcConfig,
        Environment: { Variables },
      },
      brief: {},
    }
  },
}

const aGroup = (arn: string) => ({
  arn,
  port: 5432,
  attributes: { 'load_balancing.cross_zone.enabled': 'true' },
  describe: () => [{ ip: '10.0.1.11', port: 5432, state: 'healthy' as const }],
  register: () => {},
  deregister: () => {},
})

const anAccount = (): Account => ({
  id: estate.account,
  region: estate.region,
  vpc: estate.vpc,
  targetGroups: [aGroup(first), aGroup(second)],
  loadBalancers: [{ ...estate.loadBalancer, listeners: [{ arn: listener, port: 5432, targetGroupArn: first }] }],
  interfaces: balancerInterfaces,
  databases: {
    instances: () =>
      ['orders-1', 'orders-2'].map(id => ({
        id,
        arn: `arn:aws:rds:${estate.region}:${estate.account}:db:${id}`,
        engine: 'aurora-postgresql',
        status: 'available',
        multiAz: false,
        zone: 'eu-west-1a',
        endpoint: estate.endpoints.member(id),
        port: 5432,
        clusterId: 'orders',
      })),
    clusters: () => [
      {
        id: 'orders',
        arn: estate.databaseArn('cluster'),
        engine: 'aurora-postgresql',
        status: 'available',
        endpoint: estate.endpoints.cluster,
        readerEndpoint: estate.endpoints.readers,
        port: 5432,
        members: [
          { instanceId: 'orders-1', isWriter: true },
          { instanceId: 'orders-2', isWriter: false },
        ],
      },
    ],
  },
  events: { put: () => ({ EventId: '1' }) },
  surroundings: {
    ...layOut({
      kind: 'cluster',
      deployment: {
        functionName: 'repoint-orders',
        listeners: [{ arn: listener, port: 5432, idleTimeoutMs: 350_000, weights: [] }],
        statements: [{ effect: 'Allow', actions: ['elasticloadbalancing:*'], resources: ['*'] }],
      },
      deadLetters: () => 1,
    }),
    vpcEndpoints: [
      {
        id: 'vpce-0elb',
        vpcId: estate.vpc.id,
        service: `com.amazonaws.${estate.region}.elasticloadbalancing`,
        state: 'available',
        hasPrivateDns: true,
        policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
        groupIds: [networkNames.databaseGroup],
      },
      {
        id: 'vpce-0other',
        vpcId: 'vpc-other',
        service: `com.amazonaws.${estate.region}.rds`,
        state: 'available',
        hasPrivateDns: true,
        policy: '',
        groupIds: [],
      },
    ],
    hostedZones: [
      {
        id: 'Z1',
        name: 'rds.amazonaws.com.',
        vpcIds: [estate.vpc.id],
        owner: { service: 'vpc-lattice.amazonaws.com' },
      },
    ],
  },
})

describe('what doctor gathers over the wire', () => {
  let api: Api
  let facts: readonly Facts[]

  beforeAll(async () => {
    const time = manualTime()
    api = await startApi({ account: anAccount(), time, story: beginStory(time), services: () => ({ lambda }) })
    vi.stubEnv('AWS_ENDPOINT_URL', api.url)
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIALAB')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x')
    const entry = {
      arn: estate.databaseArn('cluster'),
      endpoint: estate.endpoints.cluster,
      engine: 'aurora-postgresql',
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnets: estate.subnets,
      frontDoor: { kind: 'create', databaseSecurityGroupId: false },
      network: { mode: 'isolated' },
    }
    const [database] = parseSettings('test', JSON.stringify({ databases: [entry] })).databases
    if (!database) throw new Error('the entry gave no database')
    facts = await gather({ clients: createClients({ region: estate.region }), database, nowMs: Date.now() })
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await api.close()
  })

  it('has one value for each target group of a weighted door', () => {
    expect(facts.map(({ targetGroup }) => targetGroup)).toMatchObject([
      { kind: 'known', value: { arn: first, loadBalancerArns: [estate.loadBalancer.arn] } },
      { kind: 'known', value: { arn: second, loadBalancerArns: [] } },
    ])
    expect(facts[0]?.door).toEqual({ role: 'writer', strategy: 'weighted', listenerArn: listener })
  })

  it('reads a cluster with the place of its members and both parameter groups', () => {
    expect(facts[0]?.database).toMatchObject({
      value: {
        instances: 2,
        endpoint: estate.endpoints.cluster,
        vpcId: estate.vpc.id,
        subnets: subnets.map(({ id, zone }) => ({ id, zone })),
        securityGroupIds: [networkNames.databaseGroup],
        parameterGroups: [
          { name: networkNames.clusterParameterGroup, of: 'cluster' },
          { name: networkNames.parameterGroup, of: 'instance', status: 'in-sync' },
        ],
      },
    })
    expect(facts[0]?.parameters).toMatchObject({ value: { tcp_keepalives_idle: { value: '300' } } })
  })

  it('reads the load balancer with the addresses of its nodes, and its listener', () => {
    expect(facts[0]?.loadBalancer).toMatchObject({
      value: {
        addresses: ['10.0.1.5', '10.0.2.5', '10.0.3.5'],
        enforcesOnPrivateLink: false,
        securityGroupIds: [networkNames.balancerGroup],
      },
    })
    expect(facts[0]?.listeners).toMatchObject({ value: [{ port: 5432, idleTimeoutSeconds: 350 }] })
  })

  it('reads the endpoints of the function’s VPC alone, with their groups and policies', () => {
    expect(facts[0]?.vpcEndpoints).toMatchObject({
      value: [
        {
          id: 'vpce-0elb',
          hasPrivateDns: true,
          policy: expect.stringContaining('Statement'),
          groups: [{ id: networkNames.databaseGroup }],
        },
      ],
    })
  })

  it('reads who owns a hosted zone, and asks IAM for what a weighted door needs', () => {
    expect(facts[0]?.hostedZones).toMatchObject({
      value: [{ name: 'rds.amazonaws.com.', owner: 'vpc-lattice.amazonaws.com' }],
    })
    const asked = facts[0]?.permissions
    const decisions = asked?.kind === 'known' ? asked.value.map(({ action, decision }) => [action, decision]) : []
    expect(Object.fromEntries(decisions)).toMatchObject({
      'elasticloadbalancing:ModifyListener': 'allowed',
      'rds:DescribeDBClusters': 'implicitDeny',
      'events:PutEvents': 'implicitDeny',
    })
  })

  it('tells what is not there from what may not be read', () => {
    const [shared] = facts
    expect(shared?.rules).toMatchObject({ kind: 'unknown' })
    expect(shared?.deadLetters).toMatchObject({ value: [{ messages: 1 }] })
    const problems = judge(facts).filter(({ severity }) => severity === 'problem')
    expect([...new Set(problems.map(({ check }) => check))]).toEqual([
      'hosted-zones',
      'target-group',
      'deregistration',
      'permissions',
      'endpoint-policy',
      'dead-letters',
    ])
  })
})
