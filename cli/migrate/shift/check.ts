import { type Origin, whyNotStage } from '../../../infra/settings/stages.ts'
import type { Weights } from '../../../infra/settings/weights.ts'
import type { Gathered } from '../../doctor/gathered.ts'
import type { Precondition } from '../../drill/checks.ts'
import { ago } from '../../render/durations.ts'
import type { MigrationFacts, Way } from '../facts.ts'
import { lastOf, lastPassed, type MigrationRecord, type StepKind } from '../record.ts'
import type { FrontDoorView } from './front-door.ts'
import { shareOf, stageFor } from './weights.ts'

/** What a share of the gateway is decided upon. Everything is in here; nothing is asked. */
export interface ShiftSituation {
  readonly facts: MigrationFacts
  /** Just read. */
  readonly live: Weights
  readonly percent: number
  readonly record: MigrationRecord
  readonly frontDoor: Gathered<FrontDoorView>
  /** Why the settings could not say it; `undefined` where they can. */
  readonly settingsProblem: string | undefined
  readonly nowMs: number
}

export interface ShiftCheck extends Precondition {
  /** `--force` goes on without it. */
  readonly isForcible: boolean
}

export const longestWordMs = 7 * 86_400_000

/** Less through the gateway needs the load balancer's way alone; more needs everything that has been verified. */
export const checkShift = (situation: ShiftSituation): readonly ShiftCheck[] => {
  const { facts, live, percent } = situation
  const side = facts.consumerSide
  const isMore = percent > shareOf(live)
  return [
    checkStage(situation),
    checkSettings(situation),
    checkWay('nlb', side?.nlb, live.nlb),
    ...(isMore
      ? [
          checkWay('gateway', side?.gateway, live.gateway),
          checkFrontDoor(situation),
          checkWord('preflight', situation),
          checkWord('verify', situation),
        ]
      : []),
  ]
}

const liveStage = ({ facts, live }: ShiftSituation): Origin => {
  if (live.nlb === undefined && live.gateway !== undefined) return 'retired'
  if (live.gateway === undefined) return live.nlb === undefined ? 'new' : 'nlb'
  const isUneven = live.nlb !== 0 || live.gateway !== 0
  return isUneven ? stageFor(shareOf(live)) : (facts.consumer?.gateway.stage ?? 'shadow')
}

const checkStage = (situation: ShiftSituation): ShiftCheck => {
  const from = liveStage(situation)
  const to = stageFor(situation.percent)
  const why = whyNotStage(from, to)
  return {
    what: `the consumer’s stage lets it go to ${to}`,
    holds: why === undefined,
    found: why === undefined ? `it is at ${from}` : `it is at ${from}, which leads to ${why}`,
    cure: 'Take the stages one after the other; `repoint migrate plan` shows the next.',
    isForcible: false,
  }
}

const checkSettings = ({ settingsProblem }: ShiftSituation): ShiftCheck => ({
  what: 'the settings can say so',
  holds: settingsProblem === undefined,
  found: settingsProblem ?? 'they stay valid',
  cure: 'Mend the settings first: the next deployment has to agree with the weights.',
  isForcible: false,
})

const wayTitles = { nlb: 'the way back through the load balancer is there', gateway: 'the gateway’s way is there' }

const checkWay = (
  way: 'nlb' | 'gateway',
  endpoint: Gathered<Way> | undefined,
  weight: number | undefined,
): ShiftCheck => {
  const name = way === 'nlb' ? 'interface endpoint' : 'resource endpoint'
  const isThere = endpoint?.kind === 'known' && endpoint.value.state.toLowerCase() === 'available'
  const found =
    weight === undefined
      ? `there is no record repoint-${way}`
      : endpoint === undefined
        ? 'the consumer’s side is not known'
        : endpoint.kind === 'known'
          ? `${endpoint.value.endpointId} is ${endpoint.value.state}`
          : endpoint.why
  return {
    what: wayTitles[way],
    holds: isThere && weight !== undefined,
    found,
    cure: `Deploy the consumer’s stack so that its ${name} is available, and accepted by the provider.`,
    isForcible: false,
  }
}

const checkFrontDoor = ({ frontDoor, facts }: ShiftSituation): ShiftCheck => ({
  what: 'the load balancer points at the writer, so that going back is real',
  holds: frontDoor.kind === 'known' && frontDoor.value.isRight,
  found: frontDoor.kind === 'known' ? frontDoor.value.found : frontDoor.why,
  cure: `Look at \`repoint status -d ${facts.database.id}\` and mend that first.`,
  isForcible: true,
})

const checkWord = (kind: StepKind, { facts, record, nowMs }: ShiftSituation): ShiftCheck => {
  const { database, consumer } = facts
  const passed = lastPassed(record, kind, database.id, consumer?.name)
  const last = lastOf(record, kind, { database: database.id, consumer: consumer?.name })
  const isFresh = passed !== undefined && nowMs - Date.parse(passed.at) <= longestWordMs
  const found =
    last === undefined ? 'the record has none' : `${last.outcome} ${ago(Date.parse(last.at), nowMs)} by ${last.by}`
  return {
    what: `the last ${kind} passed, not more than 7 days ago`,
    holds: isFresh,
    found,
    cure: `\`repoint migrate ${kind}\`; --force goes on without it, and the record will say so.`,
    isForcible: true,
  }
}
