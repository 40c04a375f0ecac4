import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { anInstance, onlyResource, synthesizeEntries } from './settings-fixture.ts'

const notificationTopicArn = 'arn:aws:sns:eu-west-1:111122223333:endpoint-requests'
const templates = synthesizeEntries([
  anInstance(),
  anInstance({
    arn: 'arn:aws:rds:eu-west-1:111122223333:db:shared',
    exposure: {
      acceptanceRequired: false,
      allowedPrincipals: ['arn:aws:iam::444455556666:root'],
      supportedRegions: ['eu-west-1', 'us-east-1'],
      privateDnsName: 'orders.db.example.com',
      notificationTopicArn,
    },
  }),
  anInstance({
    arn: 'arn:aws:rds:eu-west-1:111122223333:db:verified',
    exposure: {
      privateDnsName: 'orders.db.example.com',
      privateDnsZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'db.example.com' },
    },
  }),
  anInstance({
    arn: 'arn:aws:rds:eu-west-1:111122223333:db:inner',
    exposure: { endpointService: false, clientCidrs: ['10.0.0.0/8'] },
  }),
])
const orders = templates['Repoint-orders'] as Template
const shared = templates['Repoint-shared'] as Template
const service = 'AWS::EC2::VPCEndpointService'

describe('the endpoint service', () => {
  it('asks before it lets a consumer in, and knows no principal, unless told', () => {
    expect(onlyResource(orders, service).properties).toMatchObject({ AcceptanceRequired: true })
    orders.resourceCountIs('AWS::EC2::VPCEndpointServicePermissions', 0)
  })

  it('lets in whom the settings name, from the Regions that they name, under its private name', () => {
    expect(onlyResource(shared, service).properties).toMatchObject({
      AcceptanceRequired: false,
      SupportedRegions: ['eu-west-1', 'us-east-1'],
      PrivateDnsName: 'orders.db.example.com',
    })
    shared.hasResourceProperties('AWS::EC2::VPCEndpointServicePermissions', {
      AllowedPrincipals: ['arn:aws:iam::444455556666:root'],
    })
  })

  it('says on the topic who connects', () => {
    shared.hasResourceProperties('AWS::EC2::VPCEndpointConnectionNotification', {
      ConnectionNotificationArn: notificationTopicArn,
      ConnectionEvents: ['Accept', 'Connect', 'Delete', 'Reject'],
    })
  })

  it('puts out its name, and the TXT record that proves the private name', () => {
    expect(orders.toJSON().Outputs).toHaveProperty('EndpointServiceName')
    expect(orders.toJSON().Outputs).not.toHaveProperty('PrivateDnsTxtName')
    expect(shared.toJSON().Outputs.PrivateDnsTxtName.Value).toEqual({
      'Fn::GetAtt': [expect.anything(), 'ServiceConfigurations.0.PrivateDnsNameConfiguration.Name'],
    })
    expect(shared.toJSON().Outputs.PrivateDnsTxtValue.Value).toEqual({
      'Fn::GetAtt': [expect.anything(), 'ServiceConfigurations.0.PrivateDnsNameConfiguration.Value'],
    })
  })

  it('proves its private name itself where it may write into the public zone: the record, and then the question', () => {
    const verified = templates['Repoint-verified'] as Template
    const { id, properties } = onlyResource(verified, 'AWS::Route53::RecordSet')
    expect(properties).toMatchObject({ HostedZoneId: 'Z0123456789ABCDEFGHIJ', Type: 'TXT' })
    const calls = Object.entries(verified.findResources('Custom::AWS'))
    const named = (action: string) => calls.find(([, it]) => JSON.stringify(it.Properties.Create).includes(action))
    const [names] = named('describeVpcEndpointServiceConfigurations') ?? []
    expect(JSON.stringify(properties)).toContain(
      `"${names}","ServiceConfigurations.0.PrivateDnsNameConfiguration.Name"`,
    )
    const [, question] = named('startVpcEndpointServicePrivateDnsVerification') ?? []
    expect(question?.DependsOn).toContain(id)
    expect(verified.toJSON().Outputs).not.toHaveProperty('PrivateDnsTxtName')
  })

  it('keeps its private name until it goes itself, whatever is removed before it', () => {
    const verified = templates['Repoint-verified'] as Template
    expect(onlyResource(verified, service).properties).toMatchObject({ PrivateDnsName: 'orders.db.example.com' })
    const calls = Object.values(verified.findResources('Custom::AWS'))
    const onDelete = calls.filter(it => it.Properties.Delete !== undefined)
    expect(onDelete.map(it => it.DeletionPolicy)).toEqual(['Retain'])
    expect(JSON.stringify(onDelete)).toContain('RemovePrivateDnsName')
  })

  it.each(['Repoint-shared', 'Repoint-verified'])(
    'is the service, with the grants, that the first version made (%s)',
    name => {
      const ids = Object.keys((templates[name] as Template).toJSON().Resources)
      expect(ids).toContain('EndpointServiceBEA49615')
      if (name === 'Repoint-shared') expect(ids).toContain('EndpointServicePermissions4FA144AE')
    },
  )

  it('is not there where the settings want none', () => {
    ;(templates['Repoint-inner'] as Template).resourceCountIs(service, 0)
  })
})
