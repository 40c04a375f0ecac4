import { type Origin, whyNotStage } from '../../infra/app/settings/stages.ts'
import type { Weights } from '../../infra/app/settings/weights.ts'
import { exactShareOf, shareOf, stageOfShare } from '../../infra/app/settings/weights.ts'
import type { Gathered } from '../facts/gathered.ts'
import type { MigrationFacts, PathFacts } from '../facts/migration-facts.ts'
import type { MigrationRecord } from '../facts/migration-record.ts'
import type { FrontDoorView } from '../facts/points-at-writer.ts'
import type { WeightedRecords } from '../facts/weighted-records.ts'
import { showOthers } from '../text/weights.ts'
import type { Precondition } from './drill.ts'
import { wordOf } from './recorded-evidence.ts'

/** What a share of the gateway is decided upon. Everything is in here; nothing is asked. */
export interface ShiftSituation {
  readonly facts: MigrationFacts
  /** Just read. */
  readonly live: Weights
  /** Records of the same name that are not ours. */
  readonly others?: WeightedRecords['others']
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

/** Less through the gateway needs the path through the load balancer alone; more needs everything that has been verified. */
export const checkShift = (situation: ShiftSituation): readonly ShiftCheck[] => {
  const { facts, live, percent } = situation
  const side = facts.consumerSide
  const isMore = percent > exactShareOf(live)
  return [
    checkStage(situation),
    checkSettings(situation),
    ...checkOthers(situation),
    checkPath('nlb', side?.nlb, live.nlb),
    ...(isMore
      ? [
          checkPath('gateway', side?.gateway, live.gateway),
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
  return isUneven ? stageOfShare(shareOf(live)) : (facts.consumer?.gateway.stage ?? 'shadow')
}

const checkStage = (situation: ShiftSituation): ShiftCheck => {
  const from = liveStage(situation)
  const to = stageOfShare(situation.percent)
  const why = whyNotStage(from, to)
  return {
    what: `the consumer's stage lets it go to ${to}`,
    holds: why === undefined,
    found: why === undefined ? `it is at ${from}` : `it is at ${from}, which leads to ${why}`,
    remedy: 'Take the stages one after the other; `repoint migrate plan` shows the next.',
    isForcible: false,
  }
}

const checkSettings = ({ settingsProblem }: ShiftSituation): ShiftCheck => ({
  what: 'the settings can say so',
  holds: settingsProblem === undefined,
  found: settingsProblem ?? 'they stay valid',
  remedy: 'Fix the settings first: the next deployment has to agree with the weights.',
  isForcible: false,
})

/** A share is one of ours only where nobody else has one. */
const checkOthers = ({ others }: ShiftSituation): readonly ShiftCheck[] =>
  others === undefined
    ? []
    : [
        {
          what: "the two paths' records are the only ones of their name",
          holds: false,
          found: `there are ${showOthers(others)}`,
          remedy: 'Take them out of the hosted zone: the stack made none of them.',
          isForcible: false,
        },
      ]

const pathTitles = {
  nlb: 'the way back through the load balancer is there',
  gateway: 'the path through the gateway is there',
}

const checkPath = (
  path: 'nlb' | 'gateway',
  endpoint: Gathered<PathFacts> | undefined,
  weight: number | undefined,
): ShiftCheck => {
  const name = path === 'nlb' ? 'interface endpoint' : 'resource endpoint'
  const isThere = endpoint?.kind === 'known' && endpoint.value.state.toLowerCase() === 'available'
  const isLedTo = endpoint?.kind === 'known' && endpoint.value.leads
  const found =
    weight === undefined ? `there is no record repoint-${path}` : foundOf(endpoint, `the record repoint-${path}`)
  return {
    what: pathTitles[path],
    holds: isThere && isLedTo && weight !== undefined,
    found,
    remedy:
      isThere && !isLedTo && endpoint.value.dnsName !== ''
        ? `Set the alias of repoint-${path} to ${endpoint.value.dnsName} in Route 53, as the consumer's stack had it.`
        : `Deploy the consumer's stack so that its ${name} is available, and accepted by the provider.`,
    isForcible: false,
  }
}

const foundOf = (endpoint: Gathered<PathFacts> | undefined, record: string): string => {
  if (endpoint === undefined) return "the consumer's side is not known"
  if (endpoint.kind !== 'known') return endpoint.why
  const { endpointId, dnsName, state, leads } = endpoint.value
  if (dnsName === '') return `${endpointId} is ${state} and has no name yet`
  return leads ? `${endpointId} is ${state}` : `${endpointId} is ${state}, and ${record} leads elsewhere`
}

const checkFrontDoor = ({ frontDoor, facts }: ShiftSituation): ShiftCheck => ({
  what: 'the load balancer points at the writer, so that going back is real',
  holds: frontDoor.kind === 'known' && frontDoor.value.isRight,
  found: frontDoor.kind === 'known' ? frontDoor.value.found : frontDoor.why,
  remedy: `Look at \`repoint status -d ${facts.database.id}\` and fix that first.`,
  isForcible: true,
})

const checkWord = (kind: 'preflight' | 'verify', situation: ShiftSituation): ShiftCheck => ({
  what: `the last ${kind} passed, not more than 7 days ago`,
  ...wordOf(kind, situation),
  remedy: `\`repoint migrate ${kind}\`; --force goes on without it, and the record will say so.`,
  isForcible: true,
})
