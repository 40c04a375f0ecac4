import type { ServiceConfiguration } from '@aws-sdk/client-ec2'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { everyPage } from './every-page.ts'
import { andThen, type Gathered } from './gathered.ts'
import type { LoadBalancerFacts } from './load-balancer.ts'

export interface EndpointServiceFacts {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly acceptanceRequired: boolean
  readonly allowedPrincipals: Gathered<readonly string[]>
  readonly privateDnsName?: string
  readonly privateDnsState?: string
  readonly connections: Gathered<readonly ConnectionFacts[]>
}

/** One endpoint of the service, whoever owns it. */
export interface ConnectionFacts {
  readonly endpointId: string
  readonly owner: string
  readonly state: string
}

/** Those in front of the load balancer. EC2 cannot filter by it. */
export const gatherEndpointServices = (
  clients: Clients,
  balancer: Gathered<LoadBalancerFacts>,
): Promise<Gathered<readonly EndpointServiceFacts[]>> =>
  andThen(balancer, ({ arn }) =>
    attempt(async () => {
      const ec2 = await clients.ec2()
      const all = await everyPage('ServiceConfigurations', NextToken =>
        ec2.describeVpcEndpointServiceConfigurations({ NextToken }),
      )
      return Promise.all(
        all.filter(it => it.NetworkLoadBalancerArns?.includes(arn)).map(it => readService(clients, it)),
      )
    }),
  )

const readService = async (clients: Clients, it: ServiceConfiguration): Promise<EndpointServiceFacts> => {
  const id = it.ServiceId ?? ''
  const privateState = it.PrivateDnsNameConfiguration?.State
  const [allowedPrincipals, connections] = await Promise.all([
    readPrincipals(clients, id),
    gatherConnections(clients, id),
  ])
  return {
    id,
    name: it.ServiceName ?? '',
    state: it.ServiceState ?? 'unknown',
    acceptanceRequired: it.AcceptanceRequired === true,
    ...(it.PrivateDnsName === undefined ? {} : { privateDnsName: it.PrivateDnsName }),
    ...(privateState === undefined ? {} : { privateDnsState: privateState }),
    allowedPrincipals,
    connections,
  }
}

const readPrincipals = (clients: Clients, ServiceId: string): Promise<Gathered<readonly string[]>> =>
  attempt(async () => {
    const ec2 = await clients.ec2()
    const all = await everyPage('AllowedPrincipals', NextToken =>
      ec2.describeVpcEndpointServicePermissions({ ServiceId, NextToken }),
    )
    return all.flatMap(({ Principal }) => Principal ?? [])
  })

/** Who has asked for an endpoint to the service, in any account. */
export const gatherConnections = (clients: Clients, serviceId: string): Promise<Gathered<readonly ConnectionFacts[]>> =>
  attempt(async () => {
    const ec2 = await clients.ec2()
    const Filters = [{ Name: 'service-id', Values: [serviceId] }]
    const all = await everyPage('VpcEndpointConnections', NextToken =>
      ec2.describeVpcEndpointConnections({ Filters, NextToken }),
    )
    return all.map(one => ({
      endpointId: one.VpcEndpointId ?? '',
      owner: one.VpcEndpointOwner ?? 'unknown',
      state: one.VpcEndpointState ?? 'unknown',
    }))
  })
