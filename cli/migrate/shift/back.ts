import type { VpcEndpoint } from '@aws-sdk/client-ec2'
import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import type { ConsumerSettings } from '../../../infra/settings.ts'
import type { Clients } from '../../aws/clients.ts'
import { attempt } from '../../doctor/gather/attempt.ts'
import { type Gathered, known, none } from '../../doctor/gathered.ts'
import type { WeightedRecords } from './weights.ts'

/** Whether there is a load balancer's way to go back to, by one call that does not wait for anything else. */

export interface Endpoint {
  readonly id: string
  readonly state: string
}

/** The endpoint that the load balancer's record leads to. It is looked for while the records are still being read. */
export const findNlbEndpoint = async (
  clients: Clients,
  { vpcId }: Pick<ConsumerSettings, 'vpcId'>,
): Promise<(record: ResourceRecordSet | undefined) => Gathered<Endpoint>> => {
  const all = await attempt(async () => {
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    return (await (await clients.ec2()).describeVpcEndpoints({ Filters })).VpcEndpoints ?? []
  })
  return record => (all.kind === 'known' ? leadingTo(all.value, record) : all)
}

const leadingTo = (all: readonly VpcEndpoint[], record: ResourceRecordSet | undefined): Gathered<Endpoint> => {
  const target = bare(record?.AliasTarget?.DNSName)
  const found = all.find(it => it.DnsEntries?.some(({ DnsName }) => bare(DnsName) === target))
  if (found?.VpcEndpointId === undefined) return none(`no interface endpoint has the name ${target || '(none)'}`)
  return known({ id: found.VpcEndpointId, state: (found.State ?? 'unknown').toLowerCase() })
}

/** Route 53 shows an alias with `dualstack.` before or a dot behind, depending on who made it. */
const bare = (name: string | undefined): string =>
  (name ?? '')
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^dualstack\./, '')

/** Why nothing can go back through the load balancer. What is not known does not stand in the way. */
export const whyNotBack = (
  { name, nlb }: Pick<WeightedRecords, 'name' | 'nlb'>,
  endpoint: Gathered<Endpoint>,
): string | undefined => {
  if (nlb === undefined) {
    return `${name} has no record repoint-nlb: the consumer is retired, and its way through the load balancer is gone. The way back is a new deployment (docs/migrating.md). Nothing was done.`
  }
  if (endpoint.kind === 'none') {
    return `There is nothing to go back to: ${endpoint.why}. Deploy the consumer’s stack so that its interface endpoint is there. Nothing was done.`
  }
  if (endpoint.kind === 'known' && endpoint.value.state !== 'available') {
    return `There is nothing to go back to: the interface endpoint ${endpoint.value.id} is ${endpoint.value.state}. The provider has to accept it, or the consumer’s stack has to be deployed again. Nothing was done.`
  }
  return undefined
}
