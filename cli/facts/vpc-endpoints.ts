import type { VpcEndpoint } from '@aws-sdk/client-ec2'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { everyPage } from './every-page.ts'
import type { FunctionFacts } from './function.ts'
import { andThen, type Gathered, known } from './gathered.ts'
import { readGroups, type SecurityGroup } from './security-groups.ts'

export interface VpcEndpointFacts {
  readonly id: string
  /** `com.amazonaws.eu-west-1.rds` */
  readonly service: string
  readonly state: string
  readonly hasPrivateDns: boolean
  readonly policy?: string
  readonly groups: readonly SecurityGroup[]
}

export const gatherVpcEndpoints = (
  clients: Clients,
  lambda: Gathered<FunctionFacts>,
): Promise<Gathered<readonly VpcEndpointFacts[]>> =>
  andThen(lambda, ({ vpc }) => {
    if (vpc === undefined) return known([])
    return attempt(async () => {
      const endpoints = await readVpcEndpoints(clients, vpc.vpcId)
      const interfaces = endpoints.filter(it => it.VpcEndpointType === 'Interface')
      const ids = [...new Set(interfaces.flatMap(it => (it.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? [])))]
      const groups = ids.length === 0 ? [] : await readGroups(clients, ids)
      return interfaces.map(it => ({
        id: it.VpcEndpointId ?? '',
        service: it.ServiceName ?? '',
        state: it.State ?? 'unknown',
        hasPrivateDns: it.PrivateDnsEnabled === true,
        ...(it.PolicyDocument === undefined ? {} : { policy: it.PolicyDocument }),
        groups: groups.filter(({ id }) => (it.Groups ?? []).some(({ GroupId }) => GroupId === id)),
      }))
    })
  })

/** Every endpoint of a VPC, whatever it leads to. */
export const readVpcEndpoints = async (
  clients: Clients,
  vpcId: string,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<VpcEndpoint[]> => {
  const ec2 = await clients.ec2()
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
  return everyPage('VpcEndpoints', NextToken => ec2.describeVpcEndpoints({ Filters, NextToken }, options))
}
