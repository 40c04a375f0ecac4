import { sharedName } from '../../infra/app/settings/complete.ts'
import { shareOf } from '../../infra/app/settings/stage-weights.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Gathered } from './gathered.ts'
import type { ConsumerFacts, ProviderFacts } from './migration-facts.ts'
import type { Standing } from './standing.ts'
import { othersOf, type ZoneFacts } from './zone-records.ts'

const isThere = (fact: Gathered<unknown>): boolean => fact.kind === 'known'

const unknownOf = (facts: readonly Gathered<unknown>[]): Standing | undefined => {
  for (const fact of facts) if (fact.kind === 'unknown') return { kind: 'unknown', why: fact.why }
  return undefined
}

const between = (odd: string, remedy: string): Standing => ({ kind: 'between', odd, remedy })

type ProviderParts = Pick<ProviderFacts, 'lambda' | 'loadBalancer' | 'endpointService' | 'gateway' | 'configuration'>

/**
 * The provider's stage by what is deployed. `shadow`, `shift` and `gateway` are the same resources there: which of them
 * it is, only the settings say.
 */
export const deriveProvider = (
  { frontDoor, exposure, gateway: said }: Pick<DatabaseSettings, 'frontDoor' | 'exposure' | 'gateway'>,
  parts: ProviderParts,
): Standing => {
  const { lambda, loadBalancer, endpointService, gateway, configuration } = parts
  const isOurs = frontDoor.kind === 'create'
  const wantsService = isOurs && exposure.endpointService
  const unknown = unknownOf([lambda, gateway, configuration, ...(isOurs ? [loadBalancer] : [])])
  if (unknown) return unknown
  const hasGateway = isThere(gateway) && isThere(configuration)
  if (isThere(gateway) !== isThere(configuration)) {
    const [there, missing] = isThere(gateway)
      ? ['the resource gateway is there', 'its resource configuration is not']
      : ['the resource configuration is there', 'its resource gateway is not']
    return between(
      `${there}, ${missing}`,
      "Deploy the provider's stack again with the settings as they are; it was interrupted or something was deleted by hand.",
    )
  }
  if (isThere(lambda)) {
    if (isOurs && !isThere(loadBalancer)) {
      return between(
        'the function is there, its load balancer is not',
        "Deploy the provider's stack again; `repoint doctor` says what is missing.",
      )
    }
    if (wantsService && endpointService.kind === 'none') {
      return between(
        'the load balancer is there, its endpoint service is not',
        "Deploy the provider's stack again: without an endpoint service no consumer comes through the load balancer, and there is nothing to go back to.",
      )
    }
    if (!hasGateway) return { kind: 'at', stage: 'nlb' }
    const { stage, from } = said
    const among = [stage, from].find(it => it === 'shadow' || it === 'shift' || it === 'gateway')
    return { kind: 'at', stage: among === undefined ? 'shadow' : (among as 'shadow' | 'shift' | 'gateway') }
  }
  if (isOurs && sharedName(frontDoor) === undefined && isThere(loadBalancer)) {
    return between(
      'the load balancer is there and the function that keeps it right is not',
      hasGateway
        ? "Deploy the provider's stack again: a removal was interrupted. Until then the path through the load balancer breaks at the next failover."
        : "Deploy the provider's stack again: until then the path through the load balancer breaks at the next failover.",
    )
  }
  return hasGateway ? { kind: 'at', stage: 'retired' } : { kind: 'new' }
}

/** The consumer's stage, by its endpoints and by the weights that are live now. */
export const deriveConsumer = ({ zone, nlb, gateway }: Pick<ConsumerFacts, 'zone' | 'nlb' | 'gateway'>): Standing => {
  const unknown = unknownOf([zone, nlb, gateway])
  if (unknown) return unknown
  const isLedTo = nlb.kind === 'known' && nlb.value.leads
  const has = { nlb: isThere(nlb), gateway: isThere(gateway), isLedTo }
  if (zone.kind !== 'known') {
    if (!has.nlb && !has.gateway) return { kind: 'new' }
    return between(
      'there is an endpoint and no hosted zone that leads to it',
      "Deploy the consumer's stack again; clients that use the database's name do not come through any of the two paths now.",
    )
  }
  return oddRecords(zone.value, { nlb, gateway }) ?? ofWeights(zone.value, has)
}

/** Records that no stage has: somebody's own beside ours, and ours that lead elsewhere. */
const oddRecords = (
  { records, weights, name }: ZoneFacts,
  { nlb, gateway }: Pick<ConsumerFacts, 'nlb' | 'gateway'>,
): Standing | undefined => {
  const others = othersOf(records)
  if (others.length > 0) {
    const named = others.map(it => `${it.setIdentifier} (weight ${it.weight ?? 'none'})`).join(', ')
    return between(
      `${name} has records beside the two paths', which take their share of new connections: ${named}`,
      'Take them out of the hosted zone: no stack of Repoint made them, and no shift or rollback moves them.',
    )
  }
  for (const [path, fact, weight] of [
    ['nlb', nlb, weights.nlb],
    ['gateway', gateway, weights.gateway],
  ] as const) {
    if (weight === undefined || fact.kind !== 'known' || fact.value.leads) continue
    const { endpointId, dnsName } = fact.value
    // An endpoint that has no name yet: nobody knows where the record leads to.
    if (dnsName === '') continue
    const first =
      path === 'gateway' && weight > 0 && nlb.kind === 'known'
        ? 'Go back first (repoint migrate rollback --apply). '
        : ''
    return between(
      `the record repoint-${path} of ${name} leads elsewhere than to ${endpointId}`,
      `${first}Set its alias to ${dnsName} in Route 53; a deployment of the same template does not look at it.`,
    )
  }
  return undefined
}

const ofWeights = (
  { weights, records, name }: ZoneFacts,
  has: { nlb: boolean; gateway: boolean; isLedTo: boolean },
): Standing => {
  const { nlb, gateway } = weights
  const simple = records.find(it => it.weight === undefined)
  if (nlb === undefined && gateway === undefined) {
    // Before there were stages the record was a simple one; deploying stage nlb makes it a weighted one.
    if (simple?.alias !== undefined && has.isLedTo && has.nlb && !has.gateway)
      return { kind: 'at', stage: 'nlb', percent: 0 }
    return between(
      simple === undefined
        ? `the hosted zone ${name} has no record of its own name`
        : `the record of ${name} has no weight and leads elsewhere`,
      "Deploy the consumer's stack again; where somebody else made the zone, take it off this VPC first.",
    )
  }
  if (nlb !== undefined && !has.nlb) {
    return between(
      `a record with weight ${nlb} leads to an interface endpoint that is not there`,
      nlb > 0 && gateway
        ? "Roll forward at once (repoint migrate shift 100 --apply): that share of new connections fails. Then deploy the consumer's stack again."
        : "Deploy the consumer's stack again.",
    )
  }
  if (gateway !== undefined && !has.gateway) {
    return between(
      `a record with weight ${gateway} leads to a resource endpoint that is not there`,
      gateway > 0 && nlb !== undefined
        ? "Go back at once (repoint migrate rollback --apply): that share of new connections fails. Then deploy the consumer's stack again."
        : "Deploy the consumer's stack again.",
    )
  }
  if (nlb !== undefined && gateway === undefined) {
    return has.gateway
      ? between(
          'the resource endpoint is there and has no record',
          "Deploy the consumer's stack with stage shadow again, or with nlb to take the endpoint away.",
        )
      : { kind: 'at', stage: 'nlb', percent: 0 }
  }
  if (nlb === undefined) {
    return has.nlb
      ? between(
          'the interface endpoint is there and no record leads to it any more',
          "Deploy the consumer's stack with stage retired again: its removal was interrupted.",
        )
      : { kind: 'at', stage: 'retired', percent: 100 }
  }
  return ofShares(nlb, gateway ?? 0)
}

/** Route 53 shares by weight over the sum; with every weight 0 it answers with all of them alike. */
const ofShares = (nlb: number, gateway: number): Standing => {
  if (nlb === 0 && gateway === 0) {
    return between(
      'both records have weight 0, and Route 53 then shares new connections evenly',
      'Say where they are to go: repoint migrate rollback --apply (all to the load balancer) or repoint migrate shift N --apply.',
    )
  }
  if (gateway === 0) return { kind: 'at', stage: 'shadow', percent: 0 }
  if (nlb === 0) return { kind: 'at', stage: 'gateway', percent: 100 }
  return { kind: 'at', stage: 'shift', percent: shareOf({ nlb, gateway }) }
}
