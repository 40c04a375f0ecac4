import type { ConsumerSettings } from '../../infra/app/settings.ts'
import { aboutOf } from '../facts/about.ts'
import type { About, MigrationStep } from '../facts/migration-record.ts'
import type { RetireFacts } from '../facts/retirement.ts'
import { stageOf } from '../facts/standing.ts'
import { type Check, type Finding, type Judgement, judgeAll, notice, ok, problem } from './finding.ts'
import { balancerFlows, knownConnections, noConnections } from './load-balancer-use.ts'
import { type EvidenceKind, judgeRecorded } from './recorded-evidence.ts'
import { judgeRequired } from './required.ts'
import { consumerChecks, goneChecks, retiringOf } from './retire-consumers.ts'
import { judgeSettingsEdit } from './settings-edit.ts'

/**
 * Which of its steps the end is at. Consumers go before their provider: the settings refuse the other order, and an
 * endpoint service whose load balancer goes first leaves endpoints behind that lead nowhere.
 */
export type RetireStep =
  /** The consumers' settings are next. */
  | 'consumers'
  /** All of them are retired in the settings: the database's are next. */
  | 'provider'
  /** The settings hold all of it, and the load balancer still stands. */
  | 'deploy'
  | 'done'

export interface RetireDecision {
  readonly step: RetireStep
  /** Whose settings this step changes. */
  readonly consumers: readonly ConsumerSettings[]
  readonly findings: readonly Finding[]
}

/** Which step it is. */
export const stepOf = ({
  database,
  entries,
  provider,
}: Pick<RetireFacts, 'database' | 'entries' | 'provider'>): RetireStep => {
  if (database.gateway.stage === 'retired') return stageOf(provider.standing) === 'retired' ? 'done' : 'deploy'
  return entries.some(({ gateway }) => gateway.stage !== 'retired') ? 'consumers' : 'provider'
}

/** Of the others a failover is not theirs to cause who own the endpoint: one that was watched is as good. */
const isCaused: readonly string[] = ['instance', 'cluster']

/** Of gateway and configuration, and where it is one of this run, of the consumer's endpoint that was looked through. */
const aboutStep = ({ provider, chosen }: RetireFacts, { consumer: name }: MigrationStep): About => {
  const side = chosen.find(({ consumer }) => consumer.name === name)?.side
  // The one that goes may have been replaced since: it says nothing of the gateway.
  const { nlbEndpointId: _, ...own } = aboutOf({ provider, ...(side && { consumerSide: side }) })
  return own
}

/** What concerns gateway and configuration, whichever consumer looked. */
const recorded = (kind: EvidenceKind, remedyOf: (facts: RetireFacts) => string): Check<RetireFacts> => ({
  name: kind,
  question: `Has the last ${kind} passed, about the gateway that is there now?`,
  judge: facts => {
    const { record, database, nowMs } = facts
    return [
      judgeRecorded(
        kind,
        { record, database: database.id, about: step => aboutStep(facts, step), nowMs },
        {
          remedy: remedyOf(facts),
          counts: ({ applied }) => kind !== 'drill' || applied || !isCaused.includes(database.kind),
        },
      ),
    ]
  },
})

const drill = recorded('drill', ({ database: { id, kind } }) => {
  const how = isCaused.includes(kind)
    ? ' fails it over once; a failover that was only watched does not count'
    : '; with --watch where the failover is not yours to cause'
  return `\`repoint migrate verify -d ${id} --drill\`${how}. Afterwards the load balancer has to be quiet again.`
})

const providerStage: Check<RetireFacts> = {
  name: 'provider-stage',
  question: 'Is the database at gateway in the settings?',
  judge: ({ database }) => {
    const { stage } = database.gateway
    if (stage === 'gateway') return [ok(`${database.id} is at gateway in the settings.`)]
    const remedy = `Take it there, one stage after the other, and deploy ${database.stackId}: shadow, shift and gateway are the same resources. \`repoint migrate plan\` shows the settings.`
    return [problem(`${database.id} is at ${stage} in the settings; expected gateway.`, remedy)]
  },
}

/** At the consumers' step it is said and does not stand against it. */
const providerStageLater: Check<RetireFacts> = {
  ...providerStage,
  judge: ({ database: { id, gateway } }) =>
    gateway.stage === 'gateway'
      ? []
      : [
          notice(
            `${id} itself is at ${gateway.stage} in the settings; the second step asks for gateway, which changes no resource: take it there and deploy before.`,
          ),
        ],
}

/** What everybody is to come through alone. */
const providerGateway: Check<RetireFacts> = {
  name: 'provider-gateway',
  question: 'Are the resource gateway and its resource configuration active?',
  judge: ({ provider: { gateway, configuration }, database }) => {
    const remedy = `Deploy ${database.stackId} again; \`repoint migrate preflight\` finds what is wrong with it.`
    return [gateway, configuration].map(
      (fact): Judgement =>
        judgeRequired<{ id: string; status: string }>(fact, remedy, ({ id, status }) =>
          status === 'ACTIVE' ? ok(`${id} is ACTIVE.`) : problem(`${id} is ${status}; expected ACTIVE.`, remedy),
        ),
    )
  },
}

const settings: Check<RetireFacts> = {
  name: 'settings',
  question: 'Do the settings stay valid?',
  judge: ({ settingsProblem }) => [judgeSettingsEdit(settingsProblem)],
}

const ofConsumersStep: readonly Check<RetireFacts>[] = [
  ...consumerChecks,
  drill,
  providerGateway,
  knownConnections,
  balancerFlows,
  providerStageLater,
  settings,
]

const ofProvidersStep: readonly Check<RetireFacts>[] = [
  providerStage,
  ...goneChecks,
  recorded('preflight', ({ database }) => `\`repoint migrate preflight -d ${database.id}\`.`),
  drill,
  providerGateway,
  noConnections,
  balancerFlows,
  settings,
]

/** Whether the path through the load balancer may end, by everything that could still use it. What is not known stands against it. */
export const decideRetire = (facts: RetireFacts): RetireDecision => {
  const step = stepOf(facts)
  if (step === 'consumers') {
    const consumers = retiringOf(facts).map(({ consumer }) => consumer)
    return { step, consumers, findings: judgeAll(ofConsumersStep, facts) }
  }
  if (step === 'provider') return { step, consumers: [], findings: judgeAll(ofProvidersStep, facts) }
  return { step, consumers: [], findings: [] }
}
