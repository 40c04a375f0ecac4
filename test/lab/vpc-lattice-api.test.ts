import { EC2 } from '@aws-sdk/client-ec2'
import { VPCLattice } from '@aws-sdk/client-vpc-lattice'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccountResources, ResourceConfiguration } from '../../lab/api/resources.ts'
import { accountId, region, type ServedApi, serveApi } from './api-fixture.ts'

const arnOf = (kind: string, id: string) => `arn:aws:vpc-lattice:${region}:${accountId}:${kind}/${id}`
const clusterArn = `arn:aws:rds:${region}:${accountId}:cluster:orders`
const writerName = 'orders.cluster-abc.eu-west-1.rds.amazonaws.com'

const aConfiguration = (id: string, rest: Partial<ResourceConfiguration>): ResourceConfiguration => ({
  id,
  arn: arnOf('resourceconfiguration', id),
  name: id.replace('rcfg-', 'orders-'),
  gatewayId: 'rgw-0a',
  type: 'ARN',
  status: 'ACTIVE',
  ...rest,
})

const configurations = [
  aConfiguration('rcfg-0a', { resourceArn: clusterArn }),
  aConfiguration('rcfg-0b', { type: 'CHILD', groupId: 'rcfg-0a', customDomainName: writerName }),
  aConfiguration('rcfg-0c', { type: 'CHILD', groupId: 'rcfg-0a', customDomainName: 'readers.example.com' }),
  aConfiguration('rcfg-0d', { type: 'SINGLE', gatewayId: 'rgw-0b', domainName: 'a.example.com', ports: ['5439'] }),
]

const nameOf = (id: string) => ({
  dnsName: `vpce-0b-${id}.vpc-lattice-rsc.${region}.on.aws`,
  hostedZoneId: 'Z0LATTICE',
  resourceConfigurationArn: arnOf('resourceconfiguration', id),
})

const world = (): Partial<AccountResources> => ({
  securityGroups: [{ id: 'sg-0c', name: 'clients', vpcId: 'vpc-0c', incoming: [], outgoing: [] }],
  resourceGateways: ['rgw-0a', 'rgw-0b'].map(id => ({
    id,
    arn: arnOf('resourcegateway', id),
    name: `orders-${id}`,
    vpcId: 'vpc-0a',
    subnetIds: ['subnet-0a', 'subnet-0b'],
    securityGroupIds: ['sg-0a'],
    ipv4AddressesPerEni: 2,
    dnsResolution: 'PUBLIC',
    status: 'ACTIVE',
  })),
  resourceConfigurations: configurations,
  accessLogSubscriptions: [
    {
      id: 'als-0a',
      arn: arnOf('accesslogsubscription', 'als-0a'),
      resourceArn: arnOf('resourceconfiguration', 'rcfg-0a'),
      destinationArn: `arn:aws:logs:${region}:${accountId}:log-group:/repoint/orders/gateway:*`,
    },
  ],
  vpcEndpoints: [
    {
      id: 'vpce-0a',
      vpcId: 'vpc-0c',
      service: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a',
      state: 'available',
      hasPrivateDns: false,
      policy: '{}',
      groupIds: ['sg-0c'],
      subnetIds: ['subnet-0c'],
      addresses: ['10.1.1.40'],
      names: [{ dnsName: 'vpce-0a.vpce-svc-0a.eu-west-1.vpce.amazonaws.com', hostedZoneId: 'Z0VPCE' }],
    },
    {
      id: 'vpce-0b',
      vpcId: 'vpc-0c',
      service: '',
      type: 'Resource',
      resourceConfigurationArn: arnOf('resourceconfiguration', 'rcfg-0a'),
      state: 'available',
      hasPrivateDns: false,
      policy: '',
      groupIds: ['sg-0c'],
      names: [nameOf('rcfg-0b'), nameOf('rcfg-0c')],
    },
  ],
})

describe('the resource gateway as the AWS SDK sees it', () => {
  let served: ServedApi & { resources: AccountResources }
  let lattice: VPCLattice
  let ec2: EC2
  beforeAll(async () => {
    served = await serveApi(world())
    lattice = new VPCLattice(served.client)
    ec2 = new EC2(served.client)
  })
  afterAll(async () => {
    lattice.destroy()
    ec2.destroy()
    await served.api.close()
  })

  it('lists gateways page by page', async () => {
    const first = await lattice.listResourceGateways({ maxResults: 1 })
    const second = await lattice.listResourceGateways({ maxResults: 1, nextToken: first.nextToken })

    expect([...(first.items ?? []), ...(second.items ?? [])]).toMatchObject([
      { id: 'rgw-0a', vpcIdentifier: 'vpc-0a', createdAt: expect.any(Date) },
      { id: 'rgw-0b' },
    ])
    expect(second.nextToken).toBeUndefined()
  })

  it('describes a gateway by its id and by its ARN', async () => {
    const byId = await lattice.getResourceGateway({ resourceGatewayIdentifier: 'rgw-0a' })
    const byArn = await lattice.getResourceGateway({ resourceGatewayIdentifier: arnOf('resourcegateway', 'rgw-0a') })

    expect(byArn).toMatchObject({ ...byId, $metadata: expect.anything() })
    expect(byId).toMatchObject({
      vpcId: 'vpc-0a',
      ipv4AddressesPerEni: 2,
      resourceConfigDnsResolution: 'PUBLIC',
      securityGroupIds: ['sg-0a'],
      status: 'ACTIVE',
    })
  })

  it('filters configurations by gateway and by group', async () => {
    const ofGateway = await lattice.listResourceConfigurations({ resourceGatewayIdentifier: 'rgw-0b' })
    const ofGroup = await lattice.listResourceConfigurations({ resourceConfigurationGroupIdentifier: 'rcfg-0a' })

    expect(ofGateway.items?.map(({ id }) => id)).toEqual(['rcfg-0d'])
    expect(ofGroup.items?.map(({ id, amazonManaged }) => [id, amazonManaged])).toEqual([
      ['rcfg-0b', true],
      ['rcfg-0c', true],
    ])
  })

  it('tells what a configuration leads to, by ARN or by name', async () => {
    const get = (resourceConfigurationIdentifier: string) =>
      lattice.getResourceConfiguration({ resourceConfigurationIdentifier })

    const byArn = await get('rcfg-0a')
    expect(byArn.resourceConfigurationDefinition).toEqual({ arnResource: { arn: clusterArn } })
    expect(byArn.portRanges).toBeUndefined()
    expect((await get('rcfg-0b')).customDomainName).toBe(writerName)
    expect(await get('rcfg-0d')).toMatchObject({
      portRanges: ['5439'],
      protocol: 'TCP',
      resourceConfigurationDefinition: { dnsResource: { domainName: 'a.example.com' } },
    })
  })

  it('answers for what is not there as VPC Lattice does', async () => {
    const asked = lattice.getResourceConfiguration({ resourceConfigurationIdentifier: 'rcfg-gone' })

    await expect(asked).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('shows where a configuration’s access log goes', async () => {
    const { items } = await lattice.listAccessLogSubscriptions({ resourceIdentifier: 'rcfg-0a' })
    const other = await lattice.listAccessLogSubscriptions({ resourceIdentifier: 'rcfg-0d' })

    const destinationArn = expect.stringContaining(':log-group:/repoint/orders/gateway')
    expect(items).toMatchObject([{ id: 'als-0a', resourceId: 'rcfg-0a', destinationArn }])
    expect(other.items).toEqual([])
  })

  it('associates an endpoint once with each child of a cluster’s configuration', async () => {
    const { items } = await lattice.listResourceEndpointAssociations({ resourceConfigurationIdentifier: 'rcfg-0a' })

    expect(items).toMatchObject([
      { resourceConfigurationId: 'rcfg-0b', vpcEndpointId: 'vpce-0b', vpcEndpointOwner: accountId },
      { resourceConfigurationId: 'rcfg-0c', vpcEndpointId: 'vpce-0b' },
    ])
  })

  it('denies and throttles as told', async () => {
    served.api.faults.inject('vpc-lattice:ListResourceGateways', { kind: 'access-denied' })
    await expect(lattice.listResourceGateways({})).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('vpc-lattice:ListResourceGateways'),
    })
    served.api.faults.inject('vpc-lattice:ListResourceGateways', { kind: 'throttled' })
    await expect(lattice.listResourceGateways({})).rejects.toMatchObject({ name: 'ThrottlingException' })
  })

  it('gives an interface endpoint its names, and a resource endpoint none', async () => {
    const { VpcEndpoints = [] } = await ec2.describeVpcEndpoints({ Filters: [{ Name: 'vpc-id', Values: ['vpc-0c'] }] })

    expect(VpcEndpoints).toMatchObject([
      {
        VpcEndpointId: 'vpce-0a',
        VpcEndpointType: 'Interface',
        DnsEntries: [{ DnsName: 'vpce-0a.vpce-svc-0a.eu-west-1.vpce.amazonaws.com', HostedZoneId: 'Z0VPCE' }],
        Groups: [{ GroupId: 'sg-0c', GroupName: 'clients' }],
        SubnetIds: ['subnet-0c'],
      },
      { VpcEndpointId: 'vpce-0b', VpcEndpointType: 'Resource', PrivateDnsEnabled: false, State: 'available' },
    ])
    expect(VpcEndpoints[1]?.DnsEntries ?? []).toEqual([])
    expect(VpcEndpoints[1]?.ResourceConfigurationArn).toBe(arnOf('resourceconfiguration', 'rcfg-0a'))
  })

  it('filters endpoints by type, and refuses a filter that EC2 does not have', async () => {
    const ofType = await ec2.describeVpcEndpoints({ Filters: [{ Name: 'vpc-endpoint-type', Values: ['Resource'] }] })
    const unknown = ec2.describeVpcEndpoints({ Filters: [{ Name: 'resource-configuration-arn', Values: ['a'] }] })

    expect(ofType.VpcEndpoints?.map(it => it.VpcEndpointId)).toEqual(['vpce-0b'])
    await expect(unknown).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  })

  it('refuses the id of an endpoint that is not there', async () => {
    await expect(ec2.describeVpcEndpoints({ VpcEndpointIds: ['vpce-gone'] })).rejects.toMatchObject({
      name: 'InvalidVpcEndpointId.NotFound',
    })
  })

  it('names a resource endpoint by its associations', async () => {
    const { VpcEndpointAssociations } = await ec2.describeVpcEndpointAssociations({ VpcEndpointIds: ['vpce-0b'] })

    expect(VpcEndpointAssociations).toMatchObject([
      {
        VpcEndpointId: 'vpce-0b',
        AssociatedResourceAccessibility: 'Accessible',
        AssociatedResourceArn: arnOf('resourceconfiguration', 'rcfg-0b'),
        ResourceConfigurationGroupArn: arnOf('resourceconfiguration', 'rcfg-0a'),
        DnsEntry: { DnsName: nameOf('rcfg-0b').dnsName, HostedZoneId: 'Z0LATTICE' },
      },
      { DnsEntry: { DnsName: nameOf('rcfg-0c').dnsName } },
    ])
    expect(VpcEndpointAssociations?.[0]?.PrivateDnsEntry).toBeUndefined()
  })
})
