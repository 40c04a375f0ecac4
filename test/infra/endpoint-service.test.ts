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

  it('is not there where the settings want none', () => {
    ;(templates['Repoint-inner'] as Template).resourceCountIs(service, 0)
  })
})
