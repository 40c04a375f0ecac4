import { consumerStackName } from '../../../infra/app/settings/resource-names.ts'
import type { ConsumerSettings } from '../../../infra/app/settings.ts'
import { isQuiet, remedyOf, showFlows } from '../../checks/load-balancer-use.ts'
import type { RetireCheck } from '../../checks/retire.ts'
import type { ConsumerSituation, RetireSituation } from '../../facts/retirement-facts.ts'
import { checkPreflight } from './word-checks.ts'

/** What a consumer that is to lose its path through the load balancer has to have behind it. */
export const checkConsumer = (situation: RetireSituation, one: ConsumerSituation): readonly RetireCheck[] => [
  checkStage(one.consumer),
  checkWeights(one),
  checkPath(one),
  checkEndpointFlows(one, situation.quietForMs),
  checkPreflight(situation, one.consumer.name),
]

/** One that this run is not about: only its settings are known. */
export const checkOther = ({ name, gateway }: ConsumerSettings): RetireCheck => ({
  check: 'other-consumers',
  what: `${name}, of the same database, is at gateway or retired in the settings`,
  holds: gateway.stage === 'gateway' || gateway.stage === 'retired',
  found: `it is at ${gateway.stage}`,
  remedy: `It still needs the path through the load balancer: \`repoint migrate plan --consumer ${name}\` shows its next stage.`,
})

/** At the provider's step: nothing of a consumer leads to the load balancer any more. */
export const checkGone = ({ consumer, side }: ConsumerSituation): readonly RetireCheck[] => {
  const { zone } = side
  const nlb = zone.kind === 'known' ? zone.value.weights.nlb : undefined
  return [
    {
      check: 'weights',
      what: `${consumer.name}: no record leads to the load balancer`,
      holds: zone.kind === 'known' && nlb === undefined,
      found: zone.kind !== 'known' ? zone.why : nlb === undefined ? 'there is none' : `repoint-nlb has weight ${nlb}`,
      remedy: remedyOf(zone, `Deploy what the settings say: npx cdk deploy ${consumerStackName(consumer)}.`),
    },
    checkPath({ consumer, side }),
  ]
}

const checkStage = ({ name, gateway }: ConsumerSettings): RetireCheck => ({
  check: 'consumer-stage',
  what: `${name} is at gateway in the settings`,
  holds: gateway.stage === 'gateway',
  found: `it is at ${gateway.stage}`,
  remedy: `Take it there first: \`repoint migrate shift 100 --consumer ${name} --apply\`, and deploy.`,
})

const checkWeights = ({ consumer: { name }, side: { zone } }: ConsumerSituation): RetireCheck => {
  const { nlb, gateway } = zone.kind === 'known' ? zone.value.weights : {}
  return {
    check: 'weights',
    what: `${name}: the live weights are 0 to the load balancer and 100 to the gateway`,
    holds: nlb === 0 && gateway === 100,
    found: zone.kind === 'known' ? `load balancer ${nlb ?? 'no record'}, gateway ${gateway ?? 'no record'}` : zone.why,
    remedy: remedyOf(zone, `Move all of it: \`repoint migrate shift 100 --consumer ${name} --apply\`.`),
  }
}

const checkPath = ({ consumer, side: { gateway } }: Pick<ConsumerSituation, 'consumer' | 'side'>): RetireCheck => ({
  check: 'gateway-way',
  what: `${consumer.name}: the path through the gateway is there, and its record leads to it`,
  holds: gateway.kind === 'known' && gateway.value.leads && gateway.value.state.toLowerCase() === 'available',
  found:
    gateway.kind === 'known'
      ? `${gateway.value.endpointId} is ${gateway.value.state}${gateway.value.leads ? '' : ', and no record leads to it'}`
      : gateway.why,
  remedy: remedyOf(
    gateway,
    `It is to be the only way: deploy ${consumerStackName(consumer)} until its resource endpoint is available.`,
  ),
})

const checkEndpointFlows = (
  { consumer: { name }, side, flows }: ConsumerSituation,
  quietForMs: number,
): RetireCheck => {
  const id = side.nlb.kind === 'known' ? ` ${side.nlb.value.endpointId}` : ''
  const isGone = flows.kind === 'none'
  return {
    check: 'endpoint-flows',
    what: `${name}: nobody comes through its interface endpoint${id}`,
    holds: isGone || (flows.kind === 'known' && isQuiet(flows.value)),
    found:
      flows.kind === 'known'
        ? `${showFlows({ began: flows.value.began ?? 0, open: flows.value.open ?? 0 }, quietForMs)}`
        : flows.why,
    remedy: remedyOf(
      flows,
      "Clients that keep a connection, an answer of DNS or the endpoint's own name: pools move as they recycle, a name or address that somebody has written down has to be changed.",
    ),
  }
}
