import { consumerStackName } from '../../infra/app/settings/resource-names.ts'
import { exactShareOf, shareOf, stageOfShare, type Weights } from '../../infra/app/settings/stage-weights.ts'
import { type Origin, whyNotStage } from '../../infra/app/settings/stages.ts'
import { aboutOf } from '../facts/about.ts'
import type { Gathered } from '../facts/gathered.ts'
import type { MigrationFacts } from '../facts/migration-facts.ts'
import type { MigrationRecord } from '../facts/migration-record.ts'
import type { PathName } from '../facts/path-facts.ts'
import type { FrontDoorView } from '../facts/points-at-writer.ts'
import type { WeightedRecords } from '../facts/weighted-records.ts'
import { showOthers } from '../text/weights.ts'
import { judgeEndpointPath } from './endpoint-path.ts'
import { type Check, type Finding, forcible, isAgainst, judgeAll, ok, problem } from './finding.ts'
import { judgeRecorded } from './recorded-evidence.ts'
import { judgeRequired } from './required.ts'
import { judgeSettingsEdit } from './settings-edit.ts'

/** What a share of the gateway is decided upon. Everything is in here; nothing is asked. */
export interface ShiftFacts {
  readonly facts: MigrationFacts
  /** Just read. */
  readonly live: Weights
  /** Records of the same name that are not ours. */
  readonly others?: WeightedRecords['others']
  readonly percent: number
  readonly record: MigrationRecord
  readonly frontDoor: Gathered<FrontDoorView>
  /** Why the settings could not hold it; `undefined` where they can. */
  readonly settingsProblem: string | undefined
  readonly nowMs: number
}

const stage: Check<ShiftFacts> = {
  name: 'stage',
  question: 'Does the stage that is live lead to the one that the share means?',
  judge: facts => {
    const [from, to] = [liveStage(facts), stageOfShare(facts.percent)]
    const why = whyNotStage(from, to)
    if (why === undefined) return [ok(`The consumer is at ${from}, which leads to ${to}.`)]
    const remedy = 'Take the stages one after the other; `repoint migrate plan` shows the next.'
    return [problem(`The consumer is at ${from}, which does not lead to ${to} but to ${why}.`, remedy)]
  },
}

const liveStage = ({ facts, live }: ShiftFacts): Origin => {
  if (live.nlb === undefined && live.gateway !== undefined) return 'retired'
  if (live.gateway === undefined) return live.nlb === undefined ? 'new' : 'nlb'
  const isUneven = live.nlb !== 0 || live.gateway !== 0
  return isUneven ? stageOfShare(shareOf(live)) : (facts.consumer?.gateway.stage ?? 'shadow')
}

const settings: Check<ShiftFacts> = {
  name: 'settings',
  question: 'Do the settings stay valid with the new share?',
  judge: ({ settingsProblem }) => [judgeSettingsEdit(settingsProblem)],
}

/** A share is one of ours only where nobody else has one. */
const otherRecords: Check<ShiftFacts> = {
  name: 'other-records',
  question: "Are the two paths' records the only ones of their name?",
  judge: ({ others }) =>
    others === undefined
      ? []
      : [
          problem(
            `The name has records beside the two paths', which keep a share: ${showOthers(others)}.`,
            'Take them out of the hosted zone: the stack made none of them.',
          ),
        ],
}

const pathOf = (path: PathName): Check<ShiftFacts> => ({
  name: `${path}-path`,
  question: path === 'nlb' ? 'Is there a path to go back to?' : 'Is there a path to go forward to?',
  judge: ({ facts: { consumer, consumerSide }, live }) => {
    const stack = consumer === undefined ? "the consumer's stack" : consumerStackName(consumer)
    if (live[path] === undefined) {
      return [problem(`There is no record repoint-${path}, so no weight leads there.`, `Deploy ${stack}.`)]
    }
    return [judgeEndpointPath(path, consumerSide?.[path], stack)]
  },
})

const pointsAtWriter: Check<ShiftFacts> = {
  name: 'points-at-writer',
  question: 'Does the load balancer point at the writer, so that going back is real?',
  judge: ({ frontDoor, facts: { database } }) => {
    const remedy = `See \`repoint status -d ${database.id}\` and fix that first.`
    const judged = judgeRequired(frontDoor, remedy, ({ isRight, found }) =>
      isRight
        ? ok(`The load balancer points at the writer (${found}).`)
        : problem(
            `The load balancer does not point at the writer alone (${found}), so going back is not real.`,
            remedy,
          ),
    )
    return [isAgainst(judged) ? forcible(judged) : judged]
  },
}

const recorded = (kind: 'preflight' | 'verify'): Check<ShiftFacts> => ({
  name: kind,
  question: `Has the last ${kind} passed, recently, about what is there now?`,
  judge: ({ facts, record, nowMs }) => {
    const judged = judgeRecorded(
      kind,
      { record, database: facts.database.id, consumer: facts.consumer?.name, about: () => aboutOf(facts), nowMs },
      { remedy: `\`repoint migrate ${kind}\`; --force goes on without it, and the record will say so.` },
    )
    return [isAgainst(judged) ? forcible(judged) : judged]
  },
})

const always = [stage, settings, otherRecords, pathOf('nlb')]

export const shiftChecks: readonly Check<ShiftFacts>[] = [
  ...always,
  pathOf('gateway'),
  pointsAtWriter,
  recorded('preflight'),
  recorded('verify'),
]

/** Less through the gateway needs the path through the load balancer alone; more needs everything that has been verified. */
export const judgeShift = (facts: ShiftFacts): readonly Finding[] =>
  judgeAll(facts.percent > exactShareOf(facts.live) ? shiftChecks : always, facts)
