import { consumerStackName } from '../../infra/app/settings/resource-names.ts'
import { aboutOf } from '../facts/about.ts'
import type { RetireFacts, RetiringConsumer } from '../facts/retirement.ts'
import { showWeights } from '../text/weights.ts'
import { judgeEndpointPath } from './endpoint-path.ts'
import { type Check, type Judgement, ok, problem } from './finding.ts'
import { judgeEndpointFlows } from './load-balancer-use.ts'
import { judgeRecorded } from './recorded-evidence.ts'
import { judgeRequired } from './required.ts'

/** What a consumer that is to lose its path through the load balancer has to have behind it. */

/** Of this run, those whose settings are about to change. */
export const retiringOf = ({ chosen }: RetireFacts): readonly RetiringConsumer[] =>
  chosen.filter(({ consumer }) => consumer.gateway.stage !== 'retired')

const ofEach = (
  name: string,
  question: string,
  judge: (one: RetiringConsumer, facts: RetireFacts) => Judgement,
): Check<RetireFacts> => ({ name, question, judge: facts => retiringOf(facts).map(one => judge(one, facts)) })

const isAnybodyLeft: Check<RetireFacts> = {
  name: 'consumer-left',
  question: 'Is there a consumer to retire?',
  judge: facts => {
    if (retiringOf(facts).length > 0) return []
    const left = facts.entries.filter(({ gateway }) => gateway.stage !== 'retired').map(({ name }) => name)
    const remedy = `Pass --consumer with one of ${left.join(', ')}, or leave it out for all of them.`
    return [problem('The consumer that was named is retired in the settings already.', remedy)]
  },
}

const stage = ofEach('consumer-stage', 'Is each consumer at gateway in the settings?', ({ consumer }) => {
  const { name, gateway } = consumer
  if (gateway.stage === 'gateway') return ok(`${name} is at gateway in the settings.`)
  const remedy = `Take it there first: \`repoint migrate shift 100 --consumer ${name} --apply\`, and deploy.`
  return problem(`${name} is at ${gateway.stage} in the settings; expected gateway.`, remedy)
})

const weights = ofEach('weights', 'Do all new connections go through the gateway?', ({ consumer: { name }, side }) => {
  const remedy = `Move all of it: \`repoint migrate shift 100 --consumer ${name} --apply\`.`
  const noZone = `\`repoint migrate plan --consumer ${name}\` shows where the consumer stands.`
  return judgeRequired(side.zone, noZone, ({ weights: live }) => {
    const found = `${name}: the live weights are ${showWeights(live)}`
    return live.nlb === 0 && live.gateway === 100
      ? ok(`${found}.`)
      : problem(`${found}; expected 0 to the load balancer and 100 to the gateway.`, remedy)
  })
})

const path = (one: RetiringConsumer): Judgement => {
  const judged = judgeEndpointPath('gateway', one.side.gateway, consumerStackName(one.consumer))
  return { ...judged, fact: `${one.consumer.name}: ${judged.fact}` }
}

const preflight = ofEach('preflight', 'Has the last preflight passed?', ({ consumer, side }, facts) =>
  judgeRecorded(
    'preflight',
    {
      record: facts.record,
      database: facts.database.id,
      consumer: consumer.name,
      about: () => aboutOf({ provider: facts.provider, consumerSide: side }),
      nowMs: facts.nowMs,
    },
    { remedy: `\`repoint migrate preflight -d ${facts.database.id} --consumer ${consumer.name}\`.` },
  ),
)

/** Those that this run is not about: only their settings are known. */
const others: Check<RetireFacts> = {
  name: 'other-consumers',
  question: 'Are the other consumers of the database at gateway, or retired?',
  judge: ({ entries, chosen }) =>
    entries
      .filter(({ name }) => !chosen.some(({ consumer }) => consumer.name === name))
      .map(({ name, gateway }) => {
        const found = `${name}, of the same database, is at ${gateway.stage} in the settings`
        if (gateway.stage === 'gateway' || gateway.stage === 'retired') return ok(`${found}.`)
        return problem(
          `${found}; expected gateway or retired.`,
          `It still needs the path through the load balancer: \`repoint migrate plan --consumer ${name}\` shows its next stage.`,
        )
      }),
}

export const consumerChecks: readonly Check<RetireFacts>[] = [
  isAnybodyLeft,
  stage,
  weights,
  ofEach('gateway-path', 'Is the path through the gateway there?', path),
  ofEach('endpoint-flows', 'Does nobody come through the interface endpoint?', (one, facts) =>
    judgeEndpointFlows(one, facts),
  ),
  preflight,
  others,
]

/** At the provider's step: nothing of a consumer leads to the load balancer any more. */
export const goneChecks: readonly Check<RetireFacts>[] = [
  {
    name: 'weights',
    question: 'Does no record lead to the load balancer?',
    judge: ({ chosen }) =>
      chosen.map(({ consumer, side }) => {
        const remedy = `Deploy what the settings hold: npx cdk deploy ${consumerStackName(consumer)}.`
        return judgeRequired(side.zone, remedy, ({ weights: { nlb } }) =>
          nlb === undefined
            ? ok(`${consumer.name}: no record leads to the load balancer.`)
            : problem(`${consumer.name}: the record repoint-nlb is still there, with weight ${nlb}.`, remedy),
        )
      }),
  },
  { name: 'gateway-path', question: 'Is the path through the gateway there?', judge: ({ chosen }) => chosen.map(path) },
]
