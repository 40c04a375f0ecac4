import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Clients, createClients } from '../../cli/aws/clients.ts'
import { judgeDoctor } from '../../cli/checks/doctor.ts'
import { gatherDatabase } from '../../cli/facts/database.ts'
import { gatherDoctor } from '../../cli/facts/doctor.ts'
import type { DoctorFacts } from '../../cli/facts/doctor-facts.ts'
import { known } from '../../cli/facts/gathered.ts'
import { gatherRedshiftCluster } from '../../cli/facts/redshift-cluster.ts'
import { gatherStack } from '../../cli/facts/stack.ts'
import { gatherVpcDnsServers } from '../../cli/facts/vpc.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import type { Account } from '../../lab/api/account.ts'
import { type Api, startApi } from '../../lab/api/api-server.ts'
import { restService } from '../../lab/api/rest-protocol.ts'
import { balancerInterfaces, layOut, subnets } from '../../lab/cloud/initial-resources.ts'
import * as fixture from '../../lab/fixture.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { manualTime } from '../lab/manual-time.ts'
import { aListener } from '../lab/some-resources.ts'

/** A function in isolated subnets, with the configuration of a cluster behind two weighted groups. */
const functionArn = `arn:aws:lambda:${fixture.region}:${fixture.account}:function:repoint-orders`
const [first = '', second = ''] = fixture.targetGroupArns
const [listener = ''] = fixture.listenerArns

const config = {
  database: {
    kind: 'cluster',
    id: 'orders',
    arn: fixture.databaseArn('cluster'),
    endpoint: fixture.endpoints.cluster,
    port: 5432,
  },
  frontDoors: [
    { role: 'writer', strategy: 'weighted', listenerArn: listener, targetGroupArns: [first, second], port: 5432 },
  ],
  dnsServers: ['127.0.0.1:9'],
}

const lambda = restService('json', [
  {
    method: 'GET',
    path: /\/configuration$/,
    action: 'GetFunctionConfiguration',
    run: () => {
      const VpcConfig = { VpcId: fixture.vpc.id, SubnetIds: [subnets[0]?.id], SecurityGroupIds: ['sg-0function'] }
      const Variables = { REPOINT_CONFIG: JSON.stringify(config) }
      return {
        result: {
          FunctionArn: functionArn,
          State: 'Active',
          Runtime: 'nodejs24.x',
          Timeout: 900,
          Role: fixture.networkNames.role,
          VpcConfig,
          Environment: { Variables },
        },
        brief: {},
      }
    },
  },
])

const aGroup = (arn: string) => ({
  arn,
  port: 5432,
  attributes: { 'load_balancing.cross_zone.enabled': 'true' },
  describe: () => [{ ip: '10.0.1.11', port: 5432, state: 'healthy' as const }],
  register: () => {},
  deregister: () => {},
})

const anAccount = (): Account => ({
  id: fixture.account,
  region: fixture.region,
  vpc: fixture.vpc,
  targetGroups: [aGroup(first), aGroup(second)],
  loadBalancers: [{ ...fixture.loadBalancer, listeners: [aListener(listener, first)] }],
  interfaces: balancerInterfaces,
  databases: {
    instances: () =>
      ['orders-1', 'orders-2'].map(id => ({
        id,
        arn: `arn:aws:rds:${fixture.region}:${fixture.account}:db:${id}`,
        engine: 'aurora-postgresql',
        status: 'available',
        multiAz: false,
        zone: 'eu-west-1a',
        endpoint: fixture.endpoints.member(id),
        port: 5432,
        clusterId: 'orders',
      })),
    clusters: () => [
      {
        id: 'orders',
        arn: fixture.databaseArn('cluster'),
        engine: 'aurora-postgresql',
        status: 'available',
        endpoint: fixture.endpoints.cluster,
        readerEndpoint: fixture.endpoints.readers,
        port: 5432,
        members: [
          { instanceId: 'orders-1', isWriter: true },
          { instanceId: 'orders-2', isWriter: false },
        ],
      },
    ],
  },
  events: { put: () => ({ EventId: '1' }) },
  resources: {
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
        vpcId: fixture.vpc.id,
        service: `com.amazonaws.${fixture.region}.elasticloadbalancing`,
        state: 'available',
        hasPrivateDns: true,
        policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
        groupIds: [fixture.networkNames.databaseGroup],
      },
      {
        id: 'vpce-0other',
        vpcId: 'vpc-other',
        service: `com.amazonaws.${fixture.region}.rds`,
        state: 'available',
        hasPrivateDns: true,
        policy: '',
        groupIds: [],
      },
    ],
    vpcs: [{ id: fixture.vpc.id, hasDnsSupport: true, hasDnsHostnames: true, dnsServers: ['10.0.0.53'] }],
    hostedZones: [
      {
        id: 'Z1',
        name: 'rds.amazonaws.com.',
        vpcIds: [fixture.vpc.id],
        owner: { service: 'vpc-lattice.amazonaws.com' },
      },
    ],
  },
})

describe('what doctor gathers over the wire', () => {
  let api: Api
  let facts: readonly DoctorFacts[]
  const account = anAccount()

  beforeAll(async () => {
    const time = manualTime()
    api = await startApi({ account, time, timeline: startTimeline(time), services: { lambda } })
    vi.stubEnv('AWS_ENDPOINT_URL', api.url)
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIALAB')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x')
    const entry = {
      arn: fixture.databaseArn('cluster'),
      endpoint: fixture.endpoints.cluster,
      engine: 'aurora-postgresql',
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnets: fixture.subnets,
      frontDoor: { kind: 'create', databaseSecurityGroupId: false },
      network: { mode: 'isolated' },
    }
    const [database] = parseSettings('test', JSON.stringify({ databases: [entry] })).databases
    if (!database) throw new Error('the entry gave no database')
    facts = await gatherDoctor({ clients: createClients({ region: fixture.region }), database, nowMs: Date.now() })
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await api.close()
  })

  it('has one value for each target group of a weighted door', () => {
    expect(facts.map(({ targetGroup }) => targetGroup)).toMatchObject([
      { kind: 'known', value: { arn: first, loadBalancerArns: [fixture.loadBalancer.arn] } },
      { kind: 'known', value: { arn: second, loadBalancerArns: [] } },
    ])
    expect(facts[0]?.door).toEqual({ role: 'writer', strategy: 'weighted', listenerArn: listener })
  })

  it('reads a cluster with the place of its members and both parameter groups', () => {
    expect(facts[0]?.database).toMatchObject({
      value: {
        instances: 2,
        endpoint: fixture.endpoints.cluster,
        vpcId: fixture.vpc.id,
        subnets: subnets.map(({ id, zone }) => ({ id, zone })),
        securityGroupIds: [fixture.networkNames.databaseGroup],
        parameterGroups: [
          { name: fixture.networkNames.clusterParameterGroup, of: 'cluster' },
          { name: fixture.networkNames.parameterGroup, of: 'instance', status: 'in-sync' },
        ],
      },
    })
    expect(facts[0]?.parameters).toMatchObject({ value: { tcp_keepalives_idle: { value: '300' } } })
  })

  it('reads the load balancer with the addresses of its nodes, and its listener', () => {
    expect(facts[0]?.loadBalancer).toMatchObject({
      value: {
        addresses: known(['10.0.1.5', '10.0.2.5', '10.0.3.5']),
        enforcesOnPrivateLink: false,
        securityGroupIds: [fixture.networkNames.balancerGroup],
      },
    })
    expect(facts[0]?.listeners).toMatchObject({ value: [{ port: 5432, idleTimeoutSeconds: 350 }] })
  })

  it('reads the function’s own subnets, which are not the database’s', () => {
    expect(facts[0]?.functionSubnets).toMatchObject({ value: [{ id: subnets[0]?.id, cidr: '10.0.1.0/24' }] })
    expect(facts[0]?.databaseSubnets).toMatchObject({ value: subnets.map(({ id }) => ({ id })) })
  })

  it('reads the endpoints of the function’s VPC alone, with their groups and policies', () => {
    expect(facts[0]?.vpcEndpoints).toMatchObject({
      value: [
        {
          id: 'vpce-0elb',
          hasPrivateDns: true,
          policy: expect.stringContaining('Statement'),
          groups: [{ id: fixture.networkNames.databaseGroup }],
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

  it('reads the stack, and the DNS servers of the VPC’s DHCP options', () => {
    expect(facts[0]?.stack).toEqual(known({ name: 'Repoint-orders', status: 'UPDATE_COMPLETE', isProtected: true }))
    expect(facts[0]?.vpcDnsServers).toEqual(known(['10.0.0.53']))
  })

  it.each(['10.0.0.2', '169.254.169.253', 'fd00:ec2::253'])(
    'knows the VPC’s own resolver by its address %s',
    async server => {
      const DhcpConfigurations = [{ Key: 'domain-name-servers', Values: [{ Value: server }, { Value: '10.0.0.53' }] }]
      const ec2 = {
        describeVpcs: async () => ({ Vpcs: [{ CidrBlock: '10.0.0.0/16', DhcpOptionsId: 'dopt-1' }] }),
        describeDhcpOptions: async () => ({ DhcpOptions: [{ DhcpConfigurations }] }),
      } as unknown as Awaited<ReturnType<Clients['ec2']>>
      const clients = { ...createClients({ region: fixture.region }), ec2: async () => ec2 }
      expect(await gatherVpcDnsServers(clients, known({ vpcId: 'vpc-1' }))).toEqual(
        known(['AmazonProvidedDNS', '10.0.0.53']),
      )
    },
  )

  it('reads at what capacity a serverless cluster pauses, and of one without serverless members nothing', async () => {
    const around = account.resources?.databases ?? {}
    const cluster = around[fixture.databaseArn('cluster')]
    const member = around[`arn:aws:rds:${fixture.region}:${fixture.account}:db:orders-2`]
    if (!cluster || !member) throw new Error('the fixture is not complete')
    const read = async () =>
      gatherDatabase(createClients({ region: fixture.region }), { kind: 'cluster', id: 'orders' })
    cluster.serverless = { minCapacity: 0, maxCapacity: 8, pausesAfterSeconds: 600 }
    expect(await read()).not.toHaveProperty('value.serverless')
    member.instanceClass = 'db.serverless'
    expect(await read()).toHaveProperty('value.serverless', { minCapacity: 0, pausesAfterSeconds: 600 })
  })

  it('knows a stack that is not there from one that may not be read', async () => {
    const clients = createClients({ region: fixture.region })
    expect(await gatherStack(clients, { id: 'elsewhere' })).toMatchObject({ kind: 'none' })
    api.faults.inject('cloudformation:DescribeStacks', { kind: 'access-denied' }, 1)
    expect(await gatherStack(clients, { id: 'orders' })).toMatchObject({
      kind: 'unknown',
      action: 'cloudformation:DescribeStacks',
    })
  })

  it('reads a host name’s network where the settings say it is, and no group where they say none', async () => {
    const gather = async (group: string | false) => {
      const entry = {
        ...{ id: 'queue', kind: 'hostname', endpoint: 'queue.internal.example.com', engine: 'other', port: 5672 },
        ...{ region: fixture.region, vpcId: fixture.vpc.id },
        subnets: subnets.map(({ id, zone, cidr }) => ({ id, zone, cidr })),
        frontDoor: { kind: 'create', databaseSecurityGroupId: group },
      }
      const [database] = parseSettings('test', JSON.stringify({ databases: [entry] })).databases
      if (!database) throw new Error('the entry gave no database')
      const clients = createClients({ region: fixture.region })
      return (await gatherDoctor({ clients, database, nowMs: Date.now() }))[0]
    }
    const { databaseGroup } = fixture.networkNames
    expect(await gather(databaseGroup)).toMatchObject({
      database: { kind: 'none' },
      databaseSubnets: known(subnets.map(({ vpcId: _, ...it }) => it)),
      databaseGroups: { value: [{ id: databaseGroup }] },
      vpcDns: known({ support: true, hostnames: true }),
      vpcDnsServers: known(['10.0.0.53']),
      hostedZones: { value: [{ id: 'Z1' }] },
    })
    expect((await gather(false))?.databaseGroups).toMatchObject({ kind: 'none' })
  })

  it('reads the Redshift cluster of the grants, and asks for none without them', async () => {
    const { resources } = account
    if (!resources) throw new Error('the fixture is not complete')
    const gather = (clusterIdentifier?: string) => {
      const grants = [{ account: '444455556666' }]
      const redshift = clusterIdentifier === undefined ? undefined : { clusterIdentifier, grants }
      return gatherRedshiftCluster(createClients({ region: fixture.region }), { redshift })
    }
    const isAsked = () => api.calls.some(({ action }) => action === 'DescribeClusters')
    expect([await gather(), isAsked()]).toMatchObject([{ kind: 'none' }, false])
    const shown = { nodeType: 'ra3.xlplus', relocation: 'enabled', multiAz: 'Disabled', port: 5439 }
    resources.redshiftClusters = [{ id: 'warehouse', ...shown }]
    expect(await gather('warehouse')).toEqual(known(shown))
    expect(await gather('elsewhere')).toEqual({
      kind: 'none',
      why: 'Cluster elsewhere not found (redshift:DescribeClusters).',
    })
    api.faults.inject('redshift:DescribeClusters', { kind: 'access-denied' }, 1)
    expect(await gather('warehouse')).toEqual({
      kind: 'unknown',
      why: 'Not allowed: redshift:DescribeClusters.',
      action: 'redshift:DescribeClusters',
    })
  })

  it('takes no empty list for the answer that there is no Redshift cluster', async () => {
    const clients = { redshift: async () => ({ describeClusters: async () => ({ Clusters: [] }) }) }
    const redshift = { clusterIdentifier: 'warehouse', grants: [{ account: '444455556666' }] }
    expect(await gatherRedshiftCluster(clients as unknown as Clients, { redshift })).toEqual({
      kind: 'unknown',
      why: 'Redshift did not list warehouse.',
    })
  })

  it('tells what is not there from what may not be read', () => {
    const [shared] = facts
    expect(shared?.rules).toMatchObject({ kind: 'unknown' })
    expect(shared?.deadLetters).toMatchObject({ value: [{ messages: 1 }] })
    const problems = judgeDoctor(facts).filter(({ severity }) => severity === 'problem')
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
