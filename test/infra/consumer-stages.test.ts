import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { type Stage, stages, whyNotStage } from '../../infra/app/settings/stages.ts'
import { aProvider, atStage, consumerAt, consumerTemplate, resourceConfigurationArn } from './consumer-fixture.ts'
import { aCluster, aConsumer, anInstance, onlyResource } from './settings-fixture.ts'
import { needsIn } from './template-dependencies.ts'
import { diffTemplates } from './template-diff.ts'

const templates = Object.fromEntries(stages.map(stage => [stage, consumerAt(stage)])) as Record<Stage, Template>

const unsaid = consumerTemplate(aConsumer())

const weights = (template: Template) =>
  Object.values(template.findResources('AWS::Route53::RecordSet'))
    .map(({ Properties: { SetIdentifier, Weight } }) => `${SetIdentifier} ${Weight}`)
    .toSorted()

const endpoints = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .map(({ Properties }) => Properties.VpcEndpointType)
    .toSorted()

describe('a consumer', () => {
  it.each<[Stage, string[], string[]]>([
    ['nlb', ['repoint-nlb 100'], ['Interface']],
    ['shadow', ['repoint-gateway 0', 'repoint-nlb 100'], ['Interface', 'Resource']],
    ['shift', ['repoint-gateway 10', 'repoint-nlb 90'], ['Interface', 'Resource']],
    ['gateway', ['repoint-gateway 100', 'repoint-nlb 0'], ['Interface', 'Resource']],
    ['retired', ['repoint-gateway 100'], ['Resource']],
  ])('at stage %s has these records and endpoints', (stage, records, kinds) => {
    expect(weights(templates[stage])).toEqual(records)
    expect(endpoints(templates[stage])).toEqual(kinds)
    expect(templates[stage].findOutputs('Stage')).toMatchObject({ Stage: { Value: stage } })
  })

  it('of a new version keeps endpoints, zone and records: these logical ids and names are for good', () => {
    const kept = Object.entries(
      templates.shift.toJSON().Resources as Record<string, { Type: string; Properties: object }>,
    )
      .filter(([, { Type }]) => /^AWS::(EC2::VPCEndpoint|Route53::)/.test(Type))
      // The resource endpoint's ends in a hash of what is fixed of it.
      .map(([id, { Properties }]) => [
        id.replace(/^(GatewayEndpoint).+$/, '$1'),
        (Properties as { Name?: string }).Name,
      ])
    const name = anInstance().endpoint
    expect(Object.fromEntries(kept)).toEqual({
      Endpoint: undefined,
      GatewayEndpoint: undefined,
      ZoneA5DE4B68: `${name}.`,
      Record: name,
      GatewayRecord: name,
    })
  })

  it('without the setting is at stage nlb, and has no function; with it the stack is the same, and guarded', () => {
    expect(unsaid.findResources('AWS::Lambda::Function')).toEqual({})
    const { added, removed, changed } = diffTemplates(unsaid, templates.nlb)
    expect({ removed, changed }).toEqual({ removed: [], changed: {} })
    expect(added).toContain(guard)
    expect(added.filter(id => !id.startsWith('StageGuard'))).toEqual([])
  })

  it('has a resource endpoint that leaves the database’s name alone, in zones that the gateway has too', () => {
    const { id, properties } = onlyResource(templates.shadow, 'AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Resource' })
    expect(properties).toMatchObject({
      ResourceConfigurationArn: resourceConfigurationArn,
      PrivateDnsEnabled: false,
      VpcId: 'vpc-0f1e2d3c4b5a69788',
      SubnetIds: ['subnet-0f1e2d3c4b5a69781'],
    })
    expect(onlyResource(templates.shadow, 'Custom::RepointEndpointName').properties).toMatchObject({
      EndpointId: { Ref: id },
      WriterHostname: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
    })
  })

  it('lets its clients to the resource endpoint on the database’s port, by a group of the endpoint’s own', () => {
    const { properties } = onlyResource(templates.shadow, 'AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Resource' })
    const [group] = (properties.SecurityGroupIds as { 'Fn::GetAtt': [string, string] }[]).map(it => it['Fn::GetAtt'][0])
    const groups = templates.shadow.findResources('AWS::EC2::SecurityGroup')
    expect(Object.keys(groups)).toHaveLength(2)
    expect(groups[group ?? '']?.Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '10.0.0.0/16', FromPort: 5432, ToPort: 5432 }),
    ])
  })

  it('has another endpoint, and keeps the name’s record, when what is fixed changes', () => {
    const arn = 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0f1e2d3c4b5a69788'
    const { added, removed, changed, replaced } = diffTemplates(
      templates.gateway,
      consumerAt('gateway', { resourceConfigurationArn: arn }),
    )
    expect(added).toEqual([expect.stringMatching(/^GatewayEndpoint/)])
    expect(removed).toEqual([expect.stringMatching(/^GatewayEndpoint/)])
    const name = onlyResource(templates.gateway, 'Custom::RepointEndpointName').id
    expect(changed).toEqual({ [guard]: ['EndpointHash'], [name]: ['EndpointId'] })
    expect(replaced).toEqual([])
  })

  it('tells the guard of another endpoint when only the provider’s zone ids are written down', () => {
    const subnets = (zoneId?: string) => [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', zoneId }]
    const at = (zoneId?: string) =>
      consumerTemplate(aConsumer({ gateway: atStage('gateway') }), aProvider({}, { subnets: subnets(zoneId) }))
    const { added, changed } = diffTemplates(at(), at('euw1-az2'))
    expect(added).toEqual([expect.stringMatching(/^GatewayEndpoint/)])
    expect(changed[guard]).toEqual(['EndpointHash'])
  })

  it.each([
    [
      'the service',
      { serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0fedcba9876543210' },
      'InterfaceEndpointHash',
    ],
    ['the name', { dnsName: 'orders.corp.example' }, 'RecordName'],
    ['a network where the name answers too', { peeredVpcIds: ['vpc-0b0b0b0b0b0b0b0b0'] }, 'LeadsToHash'],
  ])('tells the guard when %s is another one', (_, change, property) => {
    const { changed } = diffTemplates(templates.shift, consumerAt('shift', {}, change))
    expect(changed[guard]).toContain(property)
  })

  it('tells the guard when the readers’ name is another one, or goes', () => {
    const host = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'
    const at = (readerHostname?: string) =>
      consumerTemplate(
        aConsumer({
          database: undefined,
          hostname: 'ledger.cluster-abc123def456.eu-west-1.rds.amazonaws.com',
          port: 5432,
          gateway: atStage('shift', readerHostname === undefined ? {} : { readerHostname }),
        }),
      )
    for (const other of [at(host.replace('ledger', 'other')), at()]) {
      expect(diffTemplates(at(host), other).changed[guard]).toContain('LeadsToHash')
    }
  })

  it('tells the guard of a deployment that was asked to raise the share', () => {
    const at = (raise?: string) =>
      onlyResource(consumerAt('shift', {}, {}, raise === undefined ? {} : { raise }), 'Custom::RepointStage').properties
    expect(at('analytics')).toMatchObject({ RaiseShare: 'true' })
    expect([at(), at('reports')].map(it => 'RaiseShare' in it)).toEqual([false, false])
  })

  it('tells the guard where a replacement in use is wanted', () => {
    const wanted = consumerAt('gateway', { replaceInUse: true })
    expect(onlyResource(wanted, 'Custom::RepointStage').properties).toMatchObject({ ReplaceInUse: 'true' })
    expect(onlyResource(templates.gateway, 'Custom::RepointStage').properties).not.toHaveProperty('ReplaceInUse')
  })
})

describe('readers of a cluster', () => {
  const readerHostname = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'
  const cluster = aCluster({
    readers: {},
    gateway: { stage: 'shadow', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', principals: ['444455556666'] },
  })
  const template = consumerTemplate(
    aConsumer({ database: 'ledger', gateway: atStage('shadow', { readerHostname }) }),
    cluster,
  )

  it('have a hosted zone of their own that leads to the gateway’s readers', () => {
    const { id } = onlyResource(template, 'AWS::Route53::HostedZone', { Name: `${readerHostname}.` })
    const name = onlyResource(template, 'Custom::RepointEndpointName')
    expect(name.properties).toMatchObject({ ReaderHostname: readerHostname })
    expect(onlyResource(template, 'AWS::Route53::RecordSet', { Name: readerHostname }).properties).toMatchObject({
      HostedZoneId: { Ref: id },
      AliasTarget: {
        DNSName: { 'Fn::GetAtt': [name.id, 'ReaderDnsName'] },
        HostedZoneId: { 'Fn::GetAtt': [name.id, 'ReaderHostedZoneId'] },
      },
    })
  })

  it('are told both where they connect now and where they will', () => {
    expect(template.findOutputs('*')).toMatchObject({
      ConnectReaders: { Value: 'ledger.cluster-abc123def456.eu-west-1.rds.amazonaws.com:5433' },
      ConnectReadersByGateway: { Value: `${readerHostname}:5432` },
    })
  })
})

describe('a hosted zone comes after what its records lead to', () => {
  const needsOf = (template: Template, id: string) => [...(needsIn(template).get(id) ?? [])]
  const zoneOf = (template: Template, name = 'orders.abc123def456.eu-west-1.rds.amazonaws.com') =>
    onlyResource(template, 'AWS::Route53::HostedZone', { Name: `${name}.` }).id

  const all = [...stages.map(stage => [stage, 'as it was'] as const), ['shadow', 'new'], ['retired', 'new']] as const
  it.each(all)('at stage %s (%s) after the guard, and after every endpoint and its name', (stage, from) => {
    const template = from === 'new' ? consumerAt(stage, { from }) : templates[stage]
    const types = ['AWS::EC2::VPCEndpoint', 'Custom::RepointStage', 'Custom::RepointEndpointName']
    const before = types.flatMap(type => Object.keys(template.findResources(type)))
    expect(before).toHaveLength({ nlb: 2, shadow: 4, shift: 4, gateway: 4, retired: 3 }[stage])
    const needs = needsOf(template, zoneOf(template))
    for (const it of before) expect(needs).toContain(it)
  })

  it('of a changed name too: another zone with other records, after the guard and the endpoints that stay', () => {
    const renamed = consumerAt('shift', {}, { dnsName: 'orders.corp.example' })
    const { added, removed, replaced, changed } = diffTemplates(templates.shift, renamed)
    const zone = zoneOf(renamed, 'orders.corp.example')
    expect([added, removed]).toEqual([[], []])
    expect(replaced.toSorted()).toEqual(['GatewayRecord', 'Record', zone].toSorted())
    expect(changed[guard]).toContain('RecordName')
    const needs = needsOf(renamed, zone)
    for (const it of [guard, ...Object.keys(renamed.findResources('AWS::EC2::VPCEndpoint'))])
      expect(needs).toContain(it)
  })

  it('and its records need it, so that nothing of the name before goes until they are there', () => {
    for (const record of ['Record', 'GatewayRecord']) {
      expect(needsOf(templates.shift, record)).toContain(zoneOf(templates.shift))
    }
  })

  it('of readers after the gateway’s name for them', () => {
    const readerHostname = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'
    const cluster = aCluster({
      readers: {},
      gateway: { stage: 'shadow', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', principals: ['444455556666'] },
    })
    const consumer = aConsumer({ database: 'ledger', gateway: atStage('shadow', { readerHostname }) })
    const template = consumerTemplate(consumer, cluster)
    expect(needsOf(template, zoneOf(template, readerHostname))).toContain(
      onlyResource(template, 'Custom::RepointEndpointName').id,
    )
  })
})

const guard = onlyResource(templates.shadow, 'Custom::RepointStage').id
const allowed = stages.flatMap(from =>
  stages.filter(to => whyNotStage(from, to) === undefined).map((to): [Stage, Stage] => [from, to]),
)

describe('a consumer going', () => {
  it.each(allowed)('from %s to %s replaces nothing', (from, to) => {
    expect(diffTemplates(templates[from], consumerAt(to, { from })).replaced).toEqual([])
  })

  it.each(allowed.filter(pair => !pair.includes('nlb') && pair[1] !== 'retired'))(
    'from %s to %s changes weights and the guard, and nothing else',
    (from, to) => {
      const { added, removed, changed } = diffTemplates(templates[from], consumerAt(to, { from }))
      expect([...added, ...removed]).toEqual([])
      const { [guard]: _, ...others } = changed
      expect(new Set(Object.values(others).flat())).toEqual(new Set(from === to ? [] : ['Weight']))
    },
  )

  it('from nlb to shadow only adds', () => {
    const { removed, changed } = diffTemplates(unsaid, templates.shadow)
    expect({ removed, changed }).toEqual({ removed: [], changed: {} })
  })

  it('from gateway to retired removes the load balancer’s way alone', () => {
    const { added, removed, changed } = diffTemplates(templates.gateway, templates.retired)
    expect(removed.toSorted()).toEqual(['Endpoint', 'Record', 'SecurityGroupDD263621'])
    expect(changed).toEqual({ [guard]: ['Stage', 'From', 'Weights', 'InterfaceEndpointHash'] })
    expect(added).toEqual([])
  })

  it('from shadow to nlb removes the gateway’s way alone, and is guarded', () => {
    const { added, removed, changed } = diffTemplates(templates.shadow, consumerAt('nlb', { from: 'shadow' }))
    expect(removed.filter(id => !id.startsWith('Gateway'))).toEqual([])
    expect(changed).toEqual({ [guard]: ['Stage', 'From', 'Weights', 'EndpointHash'] })
    expect(added).toEqual([])
  })

  it('to another percentage changes the two weights, the load balancer’s first', () => {
    const { changed } = diffTemplates(templates.shift, consumerAt('shift', { from: 'shift', percent: 50 }))
    expect(changed).toEqual({ [guard]: ['From', 'Weights'], Record: ['Weight'], GatewayRecord: ['Weight'] })
    const { GatewayRecord } = templates.shift.findResources('AWS::Route53::RecordSet')
    expect(GatewayRecord?.DependsOn).toContain('Record')
  })

  it('takes a record away before the endpoint that it names, as it refers to it', () => {
    const record = (id: string) => JSON.stringify(templates.gateway.findResources('AWS::Route53::RecordSet')[id])
    const resourceEndpoint = onlyResource(templates.gateway, 'AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Resource' })
    const name = onlyResource(templates.gateway, 'Custom::RepointEndpointName')
    expect(record('Record')).toContain('"Fn::GetAtt":["Endpoint","DnsEntries"]')
    expect(record('GatewayRecord')).toContain(`"Fn::GetAtt":["${name.id}","DnsName"]`)
    expect(name.properties.EndpointId).toEqual({ Ref: resourceEndpoint.id })
  })
})

describe('the guard', () => {
  it.each<[Stage, string]>([
    ['shadow', '{"nlb":100,"gateway":0}'],
    ['shift', '{"nlb":90,"gateway":10}'],
    ['gateway', '{"nlb":0,"gateway":100}'],
    ['retired', '{"gateway":100}'],
  ])('at stage %s knows stage, zone and weights', (stage, expected) => {
    expect(onlyResource(templates[stage], 'Custom::RepointStage').properties).toMatchObject({
      Side: 'consumer',
      Stage: stage,
      Zone: onlyResource(templates[stage], 'AWS::Route53::HostedZone').id,
      RecordName: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
      Weights: expected,
    })
  })

  it('comes before every record and everything of the gateway', () => {
    const resources = Object.entries(templates.shadow.toJSON().Resources as Record<string, { DependsOn?: string[] }>)
    const guarded = resources.filter(([id]) => id.startsWith('Gateway') || id === 'Record')
    expect(guarded.length).toBeGreaterThan(8)
    expect(guarded.filter(([, { DependsOn }]) => !DependsOn?.includes(guard))).toEqual([])
  })

  it('reads weights, what is in use, and status and resources of this stack, and no more', () => {
    expect(statementsOf(templates.shadow, 'StageGuard')).toEqual([
      {
        Sid: 'FindZone',
        Effect: 'Allow',
        Action: 'cloudformation:ListStackResources',
        Resource: { Ref: 'AWS::StackId' },
      },
      {
        Sid: 'ReadWeights',
        Effect: 'Allow',
        Action: 'route53:ListResourceRecordSets',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':route53:::hostedzone/*']] },
      },
      {
        Sid: 'ReadWhatIsInUse',
        Effect: 'Allow',
        Action: ['cloudwatch:GetMetricData', 'ec2:DescribeVpcEndpoints'],
        Resource: '*',
      },
      {
        Sid: 'ReadOwnStack',
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStacks',
        Resource: { Ref: 'AWS::StackId' },
      },
      expect.objectContaining({ Sid: 'WriteLogs' }),
    ])
  })
})

describe('the endpoint’s name', () => {
  it('is read, and nothing is changed', () => {
    expect(statementsOf(templates.shadow, 'Gateway')).toEqual([
      { Sid: 'ReadAssociations', Effect: 'Allow', Action: 'ec2:DescribeVpcEndpointAssociations', Resource: '*' },
      expect.objectContaining({ Sid: 'ReadOwnStack', Action: 'cloudformation:DescribeStacks' }),
      expect.objectContaining({
        Sid: 'WriteLogs',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      }),
    ])
  })
})

describe('the names of a cluster’s endpoint', () => {
  it.each([
    ['with readers', { readerHostname: 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com' }],
    ['for its writer alone', {}],
  ])('%s are told apart in the account and the Region of the configuration', (_, more) => {
    const cluster = aCluster({
      gateway: { stage: 'shadow', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', principals: ['444455556666'] },
    })
    const template = consumerTemplate(aConsumer({ database: 'ledger', gateway: atStage('shadow', more) }), cluster)
    expect(statementsOf(template, 'Gateway')).toContainEqual({
      Sid: 'TellWriterFromReaders',
      Effect: 'Allow',
      Action: 'vpc-lattice:GetResourceConfiguration',
      Resource: 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/*',
    })
  })
})

const statementsOf = (template: Template, prefix: string): unknown[] =>
  Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(prefix))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
