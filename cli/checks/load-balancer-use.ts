import type { Gathered } from '../facts/gathered.ts'
import type { Connection, Flows, RetireSituation } from '../facts/retirement-facts.ts'
import { showSpan } from '../migrate/retire/period.ts'
import type { RetireCheck } from './retire.ts'

/** What still uses the load balancer, whoever it is. */

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpointConnection.html: the states of one that is over. */
const over = ['deleted', 'rejected', 'failed', 'expired']

/** Asked for, open, or being taken away. */
export const isInUse = ({ state }: Connection): boolean => !over.includes(state.toLowerCase())

/** What is unknown says which permission is missing. */
export const remedyOf = (fact: Gathered<unknown>, remedy: string): string =>
  fact.kind === 'unknown' && fact.action !== undefined
    ? `Allow ${fact.action} to whoever runs this; it only reads. What is not known counts as a reason why not.`
    : remedy

/** Consumers that this run knows may still be connected when their own settings are about to change; then nobody. */
export const checkConnections = (
  { connections, chosen, provider }: RetireSituation,
  step: 'consumers' | 'provider',
): RetireCheck => {
  const ofService =
    provider.endpointService.kind === 'known' ? provider.endpointService.value.id : 'the endpoint service'
  const what =
    step === 'consumers'
      ? 'who is connected to the endpoint service is known'
      : 'nobody is connected to the endpoint service any more'
  const check = 'connections'
  if (connections.kind !== 'known') {
    const remedy = 'Without it nobody knows who would lose the way.'
    return { check, what, holds: false, found: connections.why, remedy: remedyOf(connections, remedy) }
  }
  const left = connections.value.filter(isInUse)
  const nameOf = ({ endpointId }: Connection) =>
    chosen.find(({ side }) => side.nlb.kind === 'known' && side.nlb.value.endpointId === endpointId)?.consumer.name
  const found = left.map(it => `${it.endpointId} (${it.state}, ${nameOf(it) ?? `of account ${it.owner}`})`).join(', ')
  const ours = left.flatMap(it => nameOf(it) ?? [])
  const deploy = ours.map(name => `npx cdk deploy Repoint-consumer-${name}`).join(' and ')
  const remedy =
    ours.length > 0
      ? `Deploy what the settings say already: ${deploy}. Whoever else is in the list retires it, or loses the way.`
      : `Their owners retire them first, in their own accounts; one that nobody owns up to you reject: aws ec2 reject-vpc-endpoint-connections --service-id ${ofService} --vpc-endpoint-ids ….`
  return { check, what, holds: step === 'consumers' || left.length === 0, found: found || 'nobody is', remedy }
}

export const showFlows = ({ began, open }: Flows, quietForMs: number): string =>
  `${began ?? 'no report of'} new in the last ${showSpan(quietForMs)}, ${open ?? 'no report of'} open now`

export const checkBalancerFlows = ({ flows, quietForMs, database }: RetireSituation): RetireCheck => {
  const check = 'load-balancer-flows'
  const readers = database.readers === undefined ? '' : ", the readers' port too"
  const what = `nobody comes through the load balancer (every listener${readers}; health checks are not counted)`
  if (flows.kind !== 'known') {
    const remedy = '`repoint migrate plan` says where the provider stands.'
    return { check, what, holds: false, found: flows.why, remedy: remedyOf(flows, remedy) }
  }
  const { began, open } = flows.value
  // A load balancer always reports: silence is no zero.
  const isSilent = began === undefined || open === undefined
  return {
    check,
    what,
    holds: began === 0 && open === 0,
    found: showFlows(flows.value, quietForMs),
    remedy: isSilent
      ? 'CloudWatch has no report of it yet, and a load balancer always reports: wait some minutes, or say a longer --quiet-for.'
      : `Find who it is: the interface endpoints' own counts, and VPC flow logs of the load balancer's interfaces. Kept connections of a pool end when it recycles them${database.readers === undefined ? '' : "; clients of the readers' port change name and port themselves"}. \`migrate verify\` and a drill come through the load balancer too: count from the last one.${sharedDoor(database)}`,
  }
}

/** CloudWatch counts by load balancer, not by listener. */
const sharedDoor = ({ frontDoor }: RetireSituation['database']): string =>
  frontDoor.kind === 'existing'
    ? " The load balancer is not this stack's own: whatever else it serves is counted with it and cannot be told apart."
    : ''

/** Nothing is reported of an endpoint in a minute without traffic. */
export const isQuiet = ({ began, open }: Flows): boolean => (began ?? 0) === 0 && (open ?? 0) === 0
