import { App } from 'aws-cdk-lib'
import type { Template } from 'aws-cdk-lib/assertions'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { addStacks } from '../../infra/app/app.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { aProvider, atStage, consumerTemplate } from './consumer-fixture.ts'
import { aConsumer, anInstance, type Entry, onlyResource, synthesizeEntries } from './settings-fixture.ts'
import { diffTemplates } from './template-diff.ts'

const redshift = { clusterIdentifier: 'warehouse', subnetGroupName: 'private', ownerAccount: '111122223333' }
const inTwoZones = {
  subnets: ['1', '2'].map(it => ({
    ...{ id: `subnet-0f1e2d3c4b5a6978${it}`, zone: `eu-west-1${it === '1' ? 'a' : 'b'}`, zoneId: `euw1-az${it}` },
  })),
}
const warnings = (consumer: Entry, database = anInstance()): unknown[] => {
  const app = new App({ autoSynth: false, builtinCloudFormationValidation: false })
  const settings = parseSettings('repoint.json', JSON.stringify({ databases: [database], consumers: [consumer] }))
  addStacks(app, { settings, code: () => Code.fromInline('placeholder') })
  return app.node
    .findChild('Repoint-consumer-analytics')
    .node.findAll()
    .flatMap(it => it.node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => data))
}

describe('a consumer with Redshift’s managed endpoint', () => {
  it('has it beside the load balancer’s way, with a group of its own', () => {
    const template = consumerTemplate(aConsumer({ port: 5439, redshift }), anInstance())
    const { properties } = onlyResource(template, 'AWS::Redshift::EndpointAccess')
    expect(properties).toMatchObject({
      ClusterIdentifier: 'warehouse',
      EndpointName: expect.stringMatching(/^repoint-analytics-[0-9a-f]{8}$/),
      ResourceOwner: '111122223333',
      SubnetGroupName: 'private',
    })
    const [group] = properties.VpcSecurityGroupIds as { 'Fn::GetAtt': [string, string] }[]
    const groups = template.findResources('AWS::EC2::SecurityGroup')
    expect(Object.keys(groups)).toHaveLength(2)
    expect(groups[group?.['Fn::GetAtt'][0] ?? '']?.Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ FromPort: 5439, ToPort: 5439 }),
    ])
    expect(template.findOutputs('RedshiftEndpointAddress')).toMatchObject({
      RedshiftEndpointAddress: { Value: { 'Fn::GetAtt': [expect.stringMatching(/^RedshiftAccess/), 'Address'] } },
    })
  })

  const alone = (more: Entry, name = 'analytics') => {
    const consumer = aConsumer({ name, serviceName: undefined, redshift: { ...redshift, ...more } })
    const template = synthesizeEntries([anInstance()], [consumer])[`Repoint-consumer-${name}`] as Template
    return { template, ...onlyResource(template, 'AWS::Redshift::EndpointAccess') }
  }

  it.each([{ subnetGroupName: 'other' }, { clusterIdentifier: 'other' }, { ownerAccount: '444455556666' }])(
    'has another endpoint, under another name, with %j',
    more => {
      const [one, other] = [alone({}), alone(more)]
      const { added, removed, replaced } = diffTemplates(one.template, other.template)
      expect({ added, removed, replaced }).toEqual({ added: [other.id], removed: [one.id], replaced: [] })
      expect(other.properties.EndpointName).not.toBe(one.properties.EndpointName)
    },
  )

  it('shows which zone Redshift chose of a subnet group', () => {
    const { template, properties } = alone({})
    const { Value } = template.findOutputs('RedshiftEndpointZone').RedshiftEndpointZone ?? {}
    expect(Value).toContain(`aws redshift describe-endpoint-access --endpoint-name ${properties.EndpointName} --query`)
    expect(template.findResources('AWS::Redshift::ClusterSubnetGroup')).toEqual({})
  })

  it('is pinned to a zone by a subnet group of one subnet, which the stack makes', () => {
    const [first, second] = aConsumer().subnets as { id: string; zone: string }[]
    const pinned = (subnetId = '') => alone({ subnetGroupName: undefined, subnetId })
    const { template, properties } = pinned(second?.id)
    const group = onlyResource(template, 'AWS::Redshift::ClusterSubnetGroup')

    expect(group.properties.SubnetIds).toEqual([second?.id])
    expect(properties.SubnetGroupName).toEqual({ Ref: group.id })
    expect(template.findOutputs('RedshiftEndpointZone').RedshiftEndpointZone?.Value).toBe(second?.zone)
    // Another zone is another endpoint, under another name: nothing of it can be moved.
    const other = pinned(first?.id)
    expect(other.id).not.toBe(pinned(second?.id).id)
    expect(other.properties.EndpointName).not.toBe(properties.EndpointName)
  })

  it.each([
    [{ subnetId: 'subnet-0aaaaaaaaaaaaaaaa' }, 'with either subnetGroupName or subnetId'],
    [{ subnetGroupName: undefined }, 'with either subnetGroupName or subnetId'],
    [{ subnetGroupName: undefined, subnetId: 'subnet-0aaaaaaaaaaaaaaaa' }, 'one of subnets, whose zone is known'],
  ])('is refused with %j', (more, why) => {
    expect(() => alone(more)).toThrow(why)
  })

  it('has a name of its own and of 30 characters at most, however long the consumer’s', () => {
    const names = ['one', 'two'].map(it =>
      String(alone({}, `customer-analytics-production-${it}`).properties.EndpointName),
    )
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^(?=.{1,30}$)repoint-[a-z0-9]+(-[a-z0-9]+)*$/)
  })

  it('keeps the name that the settings give it', () => {
    expect(alone({ endpointName: 'warehouse' }).properties.EndpointName).toBe('warehouse')
  })

  it('can have it alone, and then no zone', () => {
    const template = consumerTemplate(aConsumer({ serviceName: undefined, redshift }), anInstance())
    expect(template.findResources('AWS::EC2::VPCEndpoint')).toEqual({})
    expect(template.findResources('AWS::Route53::HostedZone')).toEqual({})
    expect(Object.keys(template.findOutputs('*')).toSorted()).toEqual([
      'ClientsLetOut',
      'EndpointSecurityGroups',
      'RedshiftEndpointAddress',
      'RedshiftEndpointZone',
      'Stage',
    ])
  })

  it('is told that it is a single point of failure', () => {
    expect(warnings(aConsumer({ redshift, ...inTwoZones }))).toEqual([
      expect.stringContaining('a single point of failure'),
    ])
    expect(warnings(aConsumer(inTwoZones))).toEqual([])
  })

  it('shares it with whoever else in the VPC reaches that cluster', () => {
    const second = (more: Entry) => aConsumer({ name: 'reports', dnsName: 'reports.example.com', redshift, ...more })
    const parse = (...consumers: Entry[]) =>
      parseSettings('repoint.json', JSON.stringify({ databases: [anInstance()], consumers })).consumers.length
    const { vpcId } = aConsumer()
    expect(() => parse(aConsumer({ redshift }), second({ vpcId }))).toThrow(
      'consumers.1.redshift: got {"clusterIdentifier":"warehouse",',
    )
    expect(parse(aConsumer({ redshift }), second({}))).toBe(2)
    expect(
      parse(aConsumer({ redshift }), second({ vpcId, redshift: { ...redshift, clusterIdentifier: 'other' } })),
    ).toBe(2)
  })
})

describe('a consumer whose endpoint is in one zone', () => {
  it('is told that it is down with that zone', () => {
    expect(warnings(aConsumer())).toEqual([
      expect.stringContaining(
        'analytics: the load balancer’s endpoint has one network interface in one Availability Zone',
      ),
    ])
    const gateway = atStage('shadow')
    const [one] = aConsumer().subnets as Entry[]
    expect(warnings(aConsumer({ gateway, subnets: [one] }), aProvider())).toEqual([
      expect.stringContaining('the load balancer’s endpoint and the gateway’s endpoint'),
    ])
  })
})

describe('a consumer in the database’s own VPC', () => {
  it('is told that a function there would register the endpoint', () => {
    const { vpcId } = anInstance()
    expect(warnings(aConsumer({ ...inTwoZones, vpcId }))).toEqual([
      expect.stringContaining('A function inside that VPC would register the endpoint instead of the writer'),
    ])
    expect(warnings(aConsumer({ ...inTwoZones, peeredVpcIds: [vpcId] }))).toEqual([
      expect.stringContaining('A function inside that VPC would register the endpoint instead of the writer'),
    ])
    expect(warnings(aConsumer({ ...inTwoZones, vpcId, dnsName: 'orders.example.com' }))).toEqual([])
  })
})
