import { EC2 } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApi, serveApi } from './api-fixture.ts'

const aService = (id: string, connections: { endpointId: string; owner: string; state: string }[]) => ({
  ...{ id, name: `com.amazonaws.vpce.eu-west-1.${id}`, state: 'Available', acceptanceRequired: true },
  ...{ loadBalancerArns: [], allowedPrincipals: [], connections },
})
const aSubnet = (id: string, vpcId: string) => ({
  ...{ id, vpcId, zone: 'eu-west-1a', zoneId: 'euw1-az1', cidr: '10.1.1.0/24', freeAddresses: 200 },
})
const anInterface = (id: string, subnetId: string) => ({
  ...{ id, subnetId, ip: '10.1.1.40', zone: 'eu-west-1a', requesterId: 'amazon-aws', description: 'VPC Endpoint' },
})

describe('two VPCs and what joins them, as the AWS SDK sees them', () => {
  let served: ServedApi
  let ec2: EC2
  beforeAll(async () => {
    served = await serveApi(
      {
        subnets: [aSubnet('subnet-0a', 'vpc-0a'), aSubnet('subnet-0c', 'vpc-0c')],
        securityGroups: ['vpc-0a', 'vpc-0c'].map(vpcId => ({
          ...{ id: `sg-${vpcId}`, name: 'clients', vpcId, incoming: [], outgoing: [] },
        })),
        endpointServices: [
          aService('vpce-svc-0a', [
            { endpointId: 'vpce-0a', owner: '111122223333', state: 'available' },
            { endpointId: 'vpce-0b', owner: '444455556666', state: 'rejected' },
          ]),
          aService('vpce-svc-0b', []),
        ],
      },
      { interfaces: [anInterface('eni-0a', 'subnet-0a'), anInterface('eni-0c', 'subnet-0c')] },
    )
    ec2 = new EC2(served.client)
  })
  afterAll(async () => {
    ec2.destroy()
    await served.api.close()
  })
  const ofConsumer = { Filters: [{ Name: 'vpc-id', Values: ['vpc-0c'] }] }

  it('tells subnets, groups and interfaces of one VPC from those of the other', async () => {
    const { Subnets } = await ec2.describeSubnets(ofConsumer)
    const { SecurityGroups } = await ec2.describeSecurityGroups(ofConsumer)
    const { NetworkInterfaces } = await ec2.describeNetworkInterfaces(ofConsumer)

    expect(Subnets).toMatchObject([{ SubnetId: 'subnet-0c', AvailabilityZoneId: 'euw1-az1' }])
    expect(SecurityGroups?.map(it => it.GroupId)).toEqual(['sg-vpc-0c'])
    expect(NetworkInterfaces).toMatchObject([{ NetworkInterfaceId: 'eni-0c', VpcId: 'vpc-0c' }])
  })

  it('shows the connections of an endpoint service by their state', async () => {
    const { VpcEndpointConnections } = await ec2.describeVpcEndpointConnections({
      Filters: [
        { Name: 'service-id', Values: ['vpce-svc-0a'] },
        { Name: 'vpc-endpoint-state', Values: ['available', 'pending', 'pendingAcceptance'] },
      ],
    })

    expect(VpcEndpointConnections).toMatchObject([
      { ServiceId: 'vpce-svc-0a', VpcEndpointId: 'vpce-0a', VpcEndpointOwner: '111122223333' },
    ])
  })

  it('finds an endpoint service by id, and says when there is none', async () => {
    const one = await ec2.describeVpcEndpointServiceConfigurations({ ServiceIds: ['vpce-svc-0b'] })
    const gone = ec2.describeVpcEndpointServiceConfigurations({ ServiceIds: ['vpce-svc-gone'] })

    expect(one.ServiceConfigurations?.map(it => it.ServiceId)).toEqual(['vpce-svc-0b'])
    await expect(gone).rejects.toMatchObject({ name: 'InvalidVpcEndpointServiceId.NotFound' })
  })
})
