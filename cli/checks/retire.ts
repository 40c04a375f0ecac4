import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { RetireSituation } from '../facts/retirement-facts.ts'
import { stageOf } from '../facts/standing.ts'
import { checkConsumer, checkGone, checkOther } from '../migrate/retire/consumer-checks.ts'
import { checkProviderGateway, checkProviderStage, checkSettings } from '../migrate/retire/provider-checks.ts'
import { checkDrill, checkPreflight } from '../migrate/retire/word-checks.ts'
import type { Precondition } from './drill.ts'
import { checkBalancerFlows, checkConnections, isInUse } from './load-balancer-use.ts'

/**
 * Which of its steps the end is at. Consumers go before their provider: the settings refuse the other order, and an
 * endpoint service whose load balancer goes first leaves endpoints behind that lead nowhere.
 */
export type RetireStep =
  /** The consumers' settings are next. */
  | 'consumers'
  /** All of them are retired in the settings: the database's are next. */
  | 'provider'
  /** The settings say all of it, and the load balancer still stands. */
  | 'deploy'
  | 'done'

/** One reason why not, or one that does not hold. */
export interface RetireCheck extends Precondition {
  readonly check: string
}

export interface RetireDecision {
  readonly step: RetireStep
  /** Whose settings this step changes. */
  readonly consumers: readonly ConsumerSettings[]
  readonly checks: readonly RetireCheck[]
  /** What does not stand against this step, and has to be known. */
  readonly notices: readonly string[]
}

/** Which step it is. */
export const stepOf = ({
  database,
  entries,
  provider,
}: Pick<RetireSituation, 'database' | 'entries' | 'provider'>): RetireStep => {
  if (database.gateway.stage === 'retired') return stageOf(provider.standing) === 'retired' ? 'done' : 'deploy'
  return entries.some(({ gateway }) => gateway.stage !== 'retired') ? 'consumers' : 'provider'
}

/** Whether the path through the load balancer may end, by everything that could still use it. What is not known is a reason why not. */
export const decideRetire = (situation: RetireSituation): RetireDecision => {
  const step = stepOf(situation)
  if (step === 'consumers') return decideConsumers(situation)
  if (step === 'provider') return decideProvider(situation)
  return { step, consumers: [], checks: [], notices: [] }
}

const decideConsumers = (situation: RetireSituation): RetireDecision => {
  const { chosen, entries, database } = situation
  const wanted = chosen.filter(({ consumer }) => consumer.gateway.stage !== 'retired')
  const others = entries.filter(({ name }) => !chosen.some(({ consumer }) => consumer.name === name))
  const left = entries.filter(({ gateway }) => gateway.stage !== 'retired').map(({ name }) => name)
  const checks = [
    {
      check: 'consumer-left',
      what: 'there is a consumer to retire',
      holds: wanted.length > 0,
      found:
        wanted.map(({ consumer }) => consumer.name).join(', ') || 'whom you named is retired in the settings already',
      remedy: `Say --consumer with one of ${left.join(', ')}, or nothing for all of them.`,
    },
    ...wanted.flatMap(one => checkConsumer(situation, one)),
    ...others.map(checkOther),
    checkDrill(situation),
    checkProviderGateway(situation),
    checkConnections(situation, 'consumers'),
    checkBalancerFlows(situation),
    checkSettings(situation),
  ]
  const notices = [...foreignNotice(situation), ...providerNotice(database.id, database.gateway.stage)]
  return { step: 'consumers', consumers: wanted.map(({ consumer }) => consumer), checks, notices }
}

const decideProvider = (situation: RetireSituation): RetireDecision => ({
  step: 'provider',
  consumers: [],
  checks: [
    checkProviderStage(situation),
    ...situation.chosen.flatMap(checkGone),
    checkPreflight(situation, undefined),
    checkDrill(situation),
    checkProviderGateway(situation),
    checkConnections(situation, 'provider'),
    checkBalancerFlows(situation),
    checkSettings(situation),
  ],
  notices: [],
})

/** In other settings files and accounts: each retires its own, and only the provider has to wait for all. */
const foreignNotice = ({ connections, chosen }: RetireSituation): string[] => {
  if (connections.kind !== 'known') return []
  const known = chosen.flatMap(({ side }) => (side.nlb.kind === 'known' ? [side.nlb.value.endpointId] : []))
  const foreign = connections.value.filter(it => isInUse(it) && !known.includes(it.endpointId))
  if (foreign.length === 0) return []
  const list = foreign.map(({ endpointId, owner, state }) => `${endpointId} of account ${owner} (${state})`).join(', ')
  return [
    `The endpoint service has connections of others: ${list}. They stand in the way of the second step, the provider's, until their owners have retired them.`,
  ]
}

const providerNotice = (id: string, stage: string): string[] =>
  stage === 'gateway'
    ? []
    : [
        `${id} itself is at ${stage} in the settings; the second step asks for gateway, which changes no resource: take it there and deploy before.`,
      ]
