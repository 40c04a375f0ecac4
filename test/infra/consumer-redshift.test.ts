import { App } from 'aws-cdk-lib'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { addStacks } from '../../infra/app.ts'
import { parseSettings } from '../../infra/settings.ts'
import { consumerTemplate } from './consumer-fixture.ts'
import { aConsumer, anInstance, type Entry, onlyResource } from './settings-fixture.ts'

const redshift = { clusterIdentifier: 'warehouse', subnetGroupName: 'private', ownerAccount: '111122223333' }
const warnings = (consumer: Entry): unknown[] => {
  const app = new App({ autoSynth: false, builtinCloudFormationValidation: false })
  const settings = parseSettings('repoint.json', JSON.stringify({ databases: [anInstance()], consumers: [consumer] }))
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
      EndpointName: 'repoint-analytics',
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

  it('can have it alone, and then no zone', () => {
    const template = consumerTemplate(aConsumer({ serviceName: undefined, redshift }), anInstance())
    expect(template.findResources('AWS::EC2::VPCEndpoint')).toEqual({})
    expect(template.findResources('AWS::Route53::HostedZone')).toEqual({})
    expect(Object.keys(template.findOutputs('*')).toSorted()).toEqual(['RedshiftEndpointAddress', 'Stage'])
  })

  it('is told that it is a single point of failure', () => {
    expect(warnings(aConsumer({ redshift }))).toEqual([expect.stringContaining('a single point of failure')])
    expect(warnings(aConsumer())).toEqual([])
  })
})

describe('a consumer in the database’s own VPC', () => {
  it('is told that a function there would register the endpoint', () => {
    const { vpcId } = anInstance()
    expect(warnings(aConsumer({ vpcId }))).toEqual([
      expect.stringContaining('A function inside that VPC would register the endpoint instead of the writer'),
    ])
    expect(warnings(aConsumer({ vpcId, dnsName: 'orders.example.com' }))).toEqual([])
  })
})
