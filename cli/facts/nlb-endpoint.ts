import type { VpcEndpoint } from '@aws-sdk/client-ec2'
import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { explain } from '../aws/explain.ts'
import { attempt } from './attempt.ts'
import { bare } from './dns-name.ts'
import { type Gathered, known, none, notKnown } from './gathered.ts'
import { readVpcEndpoints } from './vpc-endpoints.ts'
import type { WeightedRecords } from './weighted-records.ts'

/** Whether there is a path through the load balancer to go back to, looked for beside everything else: a rollback does not wait. */

export interface Endpoint {
  readonly id: string
  readonly state: string
}

export type FindEndpoint = (record: ResourceRecordSet | undefined) => Gathered<Endpoint>

/** EC2 that is throttled answers after many seconds, in which clients fail. */
const longestLookMs = 1_500

/**
 * The endpoint that the load balancer's record leads to. It is looked for while the records are still being read, for so
 * long and no longer. What goes wrong with the look is a thing not known, and nothing more: it never throws.
 */
export const findNlbEndpoint = async (
  clients: Clients,
  { vpcId }: Pick<ConsumerSettings, 'vpcId'>,
  longestMs = longestLookMs,
): Promise<FindEndpoint> => {
  const giveUp = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<Gathered<never>>(resolve => {
    const late = notKnown(`EC2 has not answered within ${longestMs / 1000} s.`)
    timer = setTimeout(() => resolve(late), longestMs)
  })
  const all = await Promise.race([readEndpoints(clients, vpcId, giveUp.signal), tooLong])
  clearTimeout(timer)
  // Attempts that are still to come would keep the process alive.
  giveUp.abort()
  return record => (all.kind === 'known' ? leadingTo(all.value, record) : all)
}

const readEndpoints = (clients: Clients, vpcId: string, abortSignal: AbortSignal): Promise<Gathered<VpcEndpoint[]>> =>
  attempt(() => readVpcEndpoints(clients, vpcId, { abortSignal })).catch((error: unknown) =>
    notKnown(explain(error).message),
  )

const leadingTo = (all: readonly VpcEndpoint[], record: ResourceRecordSet | undefined): Gathered<Endpoint> => {
  const target = bare(record?.AliasTarget?.DNSName ?? '')
  const found = all.find(it => it.DnsEntries?.some(({ DnsName }) => bare(DnsName ?? '') === target))
  if (found?.VpcEndpointId === undefined) return none(`no interface endpoint has the name ${target || '(none)'}`)
  return known({ id: found.VpcEndpointId, state: (found.State ?? 'unknown').toLowerCase() })
}

/** States in which nothing can come through, now or after a while. */
const isGone = /^(deleted|deleting|failed|rejected|pendingacceptance)$/

/** Why nothing can go back through the load balancer. What is not known does not stand in the way. */
export const whyNotBack = (
  { name, nlb }: Pick<WeightedRecords, 'name' | 'nlb'>,
  endpoint: Gathered<Endpoint>,
): string | undefined => {
  if (nlb === undefined) {
    return `${name} has no record repoint-nlb: the consumer is retired, and its path through the load balancer is gone. What remains is a new deployment (docs/migrating.md). Nothing was done.`
  }
  if (endpoint.kind === 'none') {
    return `There is nothing to go back to: ${endpoint.why}. Deploy the consumer's stack so that its interface endpoint is there. Nothing was done.`
  }
  if (endpoint.kind === 'known' && isGone.test(endpoint.value.state)) {
    return `There is nothing to go back to: the interface endpoint ${endpoint.value.id} is ${endpoint.value.state}. The provider has to accept it, or the consumer's stack has to be deployed again. Nothing was done.`
  }
  return undefined
}
