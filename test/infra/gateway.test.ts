import { describe, expect, it } from 'vitest'
import { gatewayNames } from '../../infra/app/settings/resource-names.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import {
  atStage,
  databaseGroup,
  entryOfKind,
  onTheWay,
  ownName,
  providerTemplate,
  warningsOf,
} from './gateway-fixture.ts'
import { aCluster, anInstance, created, type Entry, onlyResource } from './settings-fixture.ts'
import { diffTemplates, resourcesOf } from './template-diff.ts'

const gatewayType = 'AWS::VpcLattice::ResourceGateway'
const configurationType = 'AWS::VpcLattice::ResourceConfiguration'
const subscriptionType = 'AWS::VpcLattice::AccessLogSubscription'
const shareType = 'AWS::RAM::ResourceShare'

const retired = atStage('retired')
const gateway = onlyResource(retired, gatewayType)
const group = onlyResource(retired, 'AWS::EC2::SecurityGroup')
const ingress = 'AWS::EC2::SecurityGroupIngress'

const read = (entry: Entry) => {
  const [database] = parseSettings('repoint.json', JSON.stringify({ databases: [entry] })).databases
  if (database === undefined) throw new Error('no database')
  return database
}

describe('the resource gateway', () => {
  it('stands in the database’s subnets, with four addresses an interface and AWS’s own resolution', () => {
    expect(gateway.properties).toEqual({
      Name: gatewayNames(read({ ...anInstance(), gateway: onTheWay('retired') })).gateway,
      VpcIdentifier: 'vpc-0a1b2c3d4e5f60718',
      SubnetIds: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'],
      SecurityGroupIds: [{ 'Fn::GetAtt': [group.id, 'GroupId'] }],
      IpAddressType: 'IPV4',
      Ipv4AddressesPerEni: 4,
      ResourceConfigDnsResolution: 'PUBLIC',
    })
  })

  it('has a name that VPC Lattice takes, however long the database’s', () => {
    const id = `a${'-b'.repeat(31)}`
    const here = providerTemplate({
      ...anInstance({ arn: `arn:aws:rds:eu-west-1:111122223333:db:${id}` }),
      gateway: onTheWay('retired'),
    })
    for (const type of [gatewayType, configurationType]) {
      expect(onlyResource(here, type).properties.Name).toMatch(/^(?!rgw-)(?!-)(?!.*-$)(?!.*--)[a-z0-9-]{3,40}$/)
    }
  })

  it.each(['arn', 'dns'])('has names that no other database has, however alike they begin (target %s)', target => {
    const named = (id: string) =>
      gatewayNames(
        read({
          ...anInstance({ arn: `arn:aws:rds:eu-west-1:111122223333:db:${id}` }),
          gateway: onTheWay('shadow', { target }),
        }),
      )
    const [one, two] = ['customer-orders-production-1', 'customer-orders-production-2'].map(named)
    expect(new Set([one?.gateway, two?.gateway, one?.configuration, two?.configuration]).size).toBe(4)
  })

  it('lets out the database’s port alone, to the database’s group alone, and lets nobody in', () => {
    expect(group.properties).toEqual({
      GroupDescription: 'Resource gateway to orders',
      VpcId: 'vpc-0a1b2c3d4e5f60718',
      SecurityGroupEgress: [
        {
          IpProtocol: 'tcp',
          FromPort: 5432,
          ToPort: 5432,
          DestinationSecurityGroupId: databaseGroup,
          Description: 'The database orders',
        },
      ],
    })
    for (const { properties } of [onlyResource(retired, ingress)]) expect(properties.GroupId).toBe(databaseGroup)
  })

  it('lets out to the allowed networks, or to private ones, where the database’s group is not known', () => {
    const networks = (entry: Entry) => {
      const here = atStage('retired', { databaseSecurityGroupId: false }, anInstance(entry))
      const { SecurityGroupEgress } = onlyResource(here, 'AWS::EC2::SecurityGroup').properties
      return (SecurityGroupEgress as Entry[]).map(it => [it.IpProtocol, it.FromPort, it.ToPort, it.CidrIp])
    }
    expect(networks({})).toEqual([['tcp', 5432, 5432, '10.0.0.0/16']])
    expect(networks({ allowedCidrs: undefined }).map(it => it[3])).toEqual([
      '10.0.0.0/8',
      '100.64.0.0/10',
      '172.16.0.0/12',
      '192.168.0.0/16',
    ])
  })

  const another: [string, Entry, Entry][] = [
    ['subnets', { subnetIds: ['subnet-0a1b2c3d4e5f60711'] }, {}],
    ['addresses of an interface', { ipv4AddressesPerEni: 16 }, {}],
    ['a VPC', {}, { vpcId: 'vpc-0a1b2c3d4e5f60719' }],
    ['resolution', { target: 'dns', dnsResolution: 'in-vpc' }, {}],
  ]

  it.each(another)(
    'is another one under another name with other %s: nothing is replaced in place',
    (_, more, entry) => {
      const here = atStage('retired', more, anInstance(entry))
      const { added, removed, replaced } = diffTemplates(retired, here)
      for (const type of [gatewayType, configurationType]) {
        const [old, next] = [onlyResource(retired, type), onlyResource(here, type)]
        expect([removed.includes(old.id), added.includes(next.id)]).toEqual([true, true])
        expect(next.properties.Name).not.toBe(old.properties.Name)
        expect(replaced).not.toContain(next.id)
      }
    },
  )

  it('stays the same with subnets in another order, and with what can be changed', () => {
    const reversed = anInstance({ subnets: [...(anInstance().subnets as Entry[])].reverse() })
    expect(onlyResource(atStage('retired', {}, reversed), gatewayType)).toEqual(gateway)
    const { added, removed, replaced } = diffTemplates(retired, atStage('retired', { accessLogDays: 7 }))
    expect({ added, removed, replaced }).toEqual({ added: [], removed: [], replaced: [] })
  })

  it('leaves out zones that VPC Lattice does not have', () => {
    const more = { id: 'subnet-0a1b2c3d4e5f60713', zone: 'eu-west-1c', zoneId: 'euw1-az4', cidr: '10.0.3.0/24' }
    const wider = anInstance({ subnets: [...(anInstance().subnets as Entry[]), more] })
    expect(onlyResource(atStage('retired', {}, wider), gatewayType)).toEqual(gateway)
  })
})

describe('the database’s own security group', () => {
  it('lets the gateway’s group in to the database’s port', () => {
    expect(onlyResource(retired, ingress).properties).toEqual({
      GroupId: databaseGroup,
      SourceSecurityGroupId: { 'Fn::GetAtt': [group.id, 'GroupId'] },
      IpProtocol: 'tcp',
      FromPort: 5432,
      ToPort: 5432,
      Description: 'Repoint orders: resource gateway',
    })
  })

  it('is the front door’s where the gateway names none', () => {
    const door = created('swap', { databaseSecurityGroupId: databaseGroup })
    const here = atStage('shadow', { databaseSecurityGroupId: undefined }, anInstance({ frontDoor: door }))
    const rules = Object.values(here.findResources(ingress)).filter(it =>
      String(it.Properties.Description).endsWith('resource gateway'),
    )
    expect(rules.map(it => it.Properties.GroupId)).toEqual([databaseGroup])
  })

  it('is left alone where the settings say so, with a warning that names the rule to make', () => {
    const entry = { ...anInstance(), gateway: onTheWay('shadow', { databaseSecurityGroupId: false }) }
    expect(providerTemplate(entry).findResources(ingress)).toEqual({})
    expect(warningsOf(entry)).toEqual([
      expect.stringContaining('inbound TCP 5432 from the gateway’s group (output GatewaySecurityGroupId)'),
    ])
    expect(warningsOf({ ...anInstance(), gateway: onTheWay('shadow') })).toEqual([])
  })
})

describe('the access log', () => {
  it('takes a record of each connection to a log group of a known name, and keeps it as long as the settings say', () => {
    const here = atStage('retired', { accessLogDays: 90 })
    const logs = onlyResource(here, 'AWS::Logs::LogGroup', { LogGroupName: '/aws/vendedlogs/repoint/orders/gateway' })
    expect(logs.properties.RetentionInDays).toBe(90)
    expect(onlyResource(here, subscriptionType).properties).toEqual({
      ResourceIdentifier: { 'Fn::GetAtt': [onlyResource(here, configurationType).id, 'Arn'] },
      DestinationArn: { 'Fn::GetAtt': [logs.id, 'Arn'] },
    })
  })
})

describe('the share', () => {
  it('is not there for consumers of the same account', () => {
    retired.resourceCountIs(shareType, 0)
  })

  it('shows the resource configuration to the principals, inside the organization unless told', () => {
    const organization = 'arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5'
    const here = atStage('retired', { principals: ['444455556666', organization] })
    expect(onlyResource(here, shareType).properties).toEqual({
      Name: 'repoint-orders',
      ResourceArns: [{ 'Fn::GetAtt': [onlyResource(here, configurationType).id, 'Arn'] }],
      Principals: ['444455556666', organization],
      AllowExternalPrincipals: false,
    })
    const outside = atStage('retired', { principals: ['444455556666'], allowExternalPrincipals: true })
    expect(onlyResource(outside, shareType).properties.AllowExternalPrincipals).toBe(true)
  })
})

const arn = (kind: string, name: string) => `arn:aws:rds:eu-west-1:111122223333:${kind}:${name}`
const byArn = (it: string) => ({
  ResourceConfigurationType: 'ARN',
  ResourceConfigurationDefinition: { ArnResource: it },
})
const byName = (name: string, port: number) => ({
  ResourceConfigurationType: 'SINGLE',
  ResourceConfigurationDefinition: { DnsResource: { DomainName: name, IpAddressType: 'IPV4' } },
  PortRanges: [`${port}`],
  ProtocolType: 'TCP',
})

/** Of each kind, the part of the resource configuration that it decides. */
const targets: Readonly<Record<keyof typeof entryOfKind, Entry>> = {
  'a Multi-AZ instance': byArn(arn('db', 'orders')),
  'a Multi-AZ DB cluster': byArn(arn('cluster', 'ledger')),
  'Aurora with readers': byArn(arn('cluster', 'ledger')),
  'RDS Proxy': byName(ownName, 5432),
  Redshift: byName(ownName, 5439),
  'any other host name': byName(ownName, 6000),
}
const kinds = (Object.keys(targets) as (keyof typeof entryOfKind)[]).map(
  name => [name, entryOfKind[name], targets[name]] as const,
)

describe('the resource configuration', () => {
  it.each(kinds)('of %s names what AWS can name, with ports only where there is a name', (_, entry, target) => {
    const here = atStage('gateway', {}, entry)
    expect(onlyResource(here, configurationType).properties).toEqual({
      Name: expect.stringMatching(/^repoint-/),
      ResourceGatewayId: { 'Fn::GetAtt': [onlyResource(here, gatewayType).id, 'Id'] },
      AllowAssociationToSharableServiceNetwork: false,
      ...target,
    })
    here.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1)
  })

  it.each(kinds)('of %s has its gateway resolve as AWS does', (_, entry) => {
    expect(onlyResource(atStage('gateway', {}, entry), gatewayType).properties).toMatchObject({
      ResourceConfigDnsResolution: 'PUBLIC',
    })
  })

  it('by name resolves in the VPC where the settings say so, for private hosted zones', () => {
    const here = atStage('retired', { target: 'dns', dnsResolution: 'in-vpc' })
    expect(onlyResource(here, gatewayType).properties.ResourceConfigDnsResolution).toBe('IN_VPC')
  })

  it('is another one for another ARN, and the same one for another name', () => {
    const moved = atStage('retired', {}, anInstance({ arn: 'arn:aws:rds:eu-west-1:444455556666:db:orders' }))
    expect(onlyResource(moved, configurationType).id).not.toBe(onlyResource(retired, configurationType).id)
    expect(onlyResource(moved, gatewayType).id).toBe(gateway.id)
    const [before, after] = ['one.example.com', 'two.example.com'].map(name =>
      atStage('retired', { target: 'dns' }, anInstance({ endpoint: name })),
    )
    if (!before || !after) throw new Error('no template')
    const { added, removed, replaced, changed } = diffTemplates(before, after)
    expect({ added, removed, replaced }).toEqual({ added: [], removed: [], replaced: [] })
    const { id } = onlyResource(after, configurationType)
    expect(changed).toEqual({
      [id]: ['ResourceConfigurationDefinition'],
    })
  })

  it('changes its id between ARN and name, beside the same gateway', () => {
    const named = atStage('retired', { target: 'dns' })
    expect(onlyResource(named, configurationType).id).not.toBe(onlyResource(retired, configurationType).id)
    expect(onlyResource(named, gatewayType)).toEqual(gateway)
  })

  it('of a cluster by name leads to the writer alone, and says so', () => {
    const entry = (target: string) => ({ ...aCluster({ readers: {} }), gateway: onTheWay('shadow', { target }) })
    expect(warningsOf(entry('dns'))).toEqual([expect.stringContaining('leads to the writer alone')])
    expect(warningsOf(entry('arn'))).toEqual([])
  })
})

describe('Redshift’s managed endpoints', () => {
  const vpcIds = ['vpc-0f1e2d3c4b5a69788']
  const sales = anInstance({
    id: 'sales',
    kind: 'hostname',
    arn: undefined,
    engine: 'redshift',
    endpoint: ownName,
    redshift: {
      clusterIdentifier: 'sales-1',
      grants: [{ account: '444455556666', vpcIds }, { account: '777788889999' }],
    },
  })

  it('are granted to whom the settings name, never by force', () => {
    const here = providerTemplate(sales)
    const grants = Object.values(here.findResources('AWS::Redshift::EndpointAuthorization')).map(it => it.Properties)
    expect(grants).toEqual([
      { ClusterIdentifier: 'sales-1', Account: '444455556666', VpcIds: vpcIds, Force: false },
      { ClusterIdentifier: 'sales-1', Account: '777788889999', Force: false },
    ])
  })

  it('are called the single point of failure that they are', () => {
    expect(warningsOf(sales)).toEqual([expect.stringContaining('a single point of failure')])
    expect(warningsOf({ ...sales, redshift: undefined })).toEqual([])
  })

  it('outlive the load balancer, whose way is another one', () => {
    const here = resourcesOf(atStage('retired', {}, sales))
    expect(Object.values(here).filter(it => it.Type === 'AWS::Redshift::EndpointAuthorization')).toHaveLength(2)
  })
})
