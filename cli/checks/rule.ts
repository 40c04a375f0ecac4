import { detailTypes, type EventSource, eventIds } from '../../functions/reconciler/rds-event-catalogue.ts'
import { wakeOnRuleName } from '../../infra/app/settings/resource-names.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { Pause } from '../facts/pause-note.ts'
import type { RuleFacts } from '../facts/wake.ts'
import { accepts, type Pattern, UnknownOperatorError } from './event-pattern.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** RDS events are best effort, so the schedule is a safety net and no replacement. */
export const rule: Check<DoctorFacts> = {
  name: 'rule',
  question: 'Is a rule enabled that sends this database’s events, each of the catalogue, to the function?',
  judge: facts =>
    whenKnown([facts.rules], rules => {
      const { kind, arn, wakeOn } = facts.settings
      if (kind === 'hostname' || arn === undefined) {
        if (wakeOn.length > 0) return judgeWakes(facts, rules)
        return [
          notice(
            'A host name has no RDS events, and wakeOn names nothing: only the schedule finds a moved writer.',
            'Where something knows of the move sooner, name its event in wakeOn.',
          ),
        ]
      }
      if (rules.length === 0) {
        return [
          problem(
            'No EventBridge rule on the default bus calls the function: only the schedule finds a failover.',
            'Deploy the stack again.',
            sources.eventDelivery,
          ),
        ]
      }
      const judgements: Judgement[] = [
        ...judgeMissing(facts, rules),
        ...judgeStates(facts, rules),
        ...judgeTargets(facts, rules),
      ]
      const wanted = kind === 'proxy' ? (['proxy'] as const) : ([kind, 'blue-green'] as const)
      for (const source of wanted) judgements.push(...judgeSource(facts, rules, source, arn))
      if (kind === 'cluster') judgements.push(...judgeMembers(rules))
      if (judgements.length > 0) return judgements
      const names = rules.map(({ name }) => name).join(', ')
      const all = rules.length === 1 ? `The rule ${names} sends` : `The rules ${names} send`
      return [ok(`${all} every event of the catalogue to the function.`)]
    }),
}

/** Of a host name: what somebody else's events start. */
const judgeWakes = (facts: DoctorFacts, rules: readonly RuleFacts[]): readonly Judgement[] => {
  const wrong = [...judgeMissing(facts, rules), ...judgeStates(facts, rules), ...judgeTargets(facts, rules)]
  if (wrong.length > 0) return wrong
  const names = rules.map(({ name }) => name)
  return [ok(`A watch is started by the rule${names.length > 1 ? 's' : ''} ${names.join(', ')}.`)]
}

const judgeMissing = ({ settings }: DoctorFacts, rules: readonly RuleFacts[]): readonly Judgement[] =>
  settings.wakeOn
    .map((_, index) => wakeOnRuleName(settings, index))
    .filter(name => !rules.some(it => it.name === name))
    .map(name =>
      problem(
        `The rule ${name}, which wakeOn asks for, is not there.`,
        'Deploy the stack again.',
        sources.eventDelivery,
      ),
    )

const judgeStates = ({ schedules, settings }: DoctorFacts, rules: readonly RuleFacts[]): readonly Judgement[] => {
  const off = rules.filter(({ state }) => state === 'DISABLED').map(({ name }) => name)
  if (off.length === 0) return []
  if (schedules.kind === 'none') return [judgeOff(off, undefined, settings.id)]
  // The schedule's description says whether somebody paused.
  return whenKnown([schedules], found => [judgeOff(off, found.find(it => it.pause !== undefined)?.pause, settings.id)])
}

const judgeOff = (off: readonly string[], pause: Pause | undefined, id: string): Judgement => {
  const resume = `repoint resume --database ${id}`
  const what = `The rule${off.length > 1 ? 's' : ''} ${off.join(', ')} ${off.length > 1 ? 'are' : 'is'} disabled`
  if (pause !== undefined && !pause.isOverdue) {
    return warning(`${what} by a pause until ${pause.until}: ${pause.reason}.`, `When the work is done: ${resume}.`)
  }
  const why =
    pause === undefined ? 'and no pause explains it' : `by a pause that ended at ${pause.until} (${pause.reason})`
  return problem(`${what} ${why}: events do not wake the function.`, `${resume}.`, sources.eventDelivery)
}

const judgeTargets = ({ lambda }: DoctorFacts, rules: readonly RuleFacts[]): readonly Judgement[] => {
  // A function that is not there is the matter of its own check.
  if (lambda.kind === 'none') return []
  return whenKnown([lambda], ({ arn }) =>
    rules
      .filter(({ targets }) => !targets.some(target => target.arn === arn || target.arn.startsWith(`${arn}:`)))
      .map(({ name }) =>
        problem(`The rule ${name} does not call the function.`, 'Deploy the stack again.', sources.eventDelivery),
      ),
  )
}

const judgeSource = (
  facts: DoctorFacts,
  rules: readonly RuleFacts[],
  source: EventSource,
  arn: string,
): Judgement[] => {
  const lost = eventIds(source).filter(
    eventId => !rules.some(({ pattern }) => matches(pattern, sample(source, arn, eventId))),
  )
  if (lost.length === 0) return []
  const all = lost.length === eventIds(source).length
  const what = `${all ? 'no' : `${eventIds(source).length - lost.length} of ${eventIds(source).length}`} ${detailTypes[source]}s`
  const isVital = source === facts.settings.kind
  const judge = isVital ? problem : warning
  return [
    judge(
      `The rules match ${what} of ${source === 'blue-green' ? 'this account' : arn}${all ? '' : `; lost: ${short(lost)}`}.`,
      'Deploy the stack again: its pattern is made from the same catalogue.',
      sources.rdsEvents,
    ),
  ]
}

/** Members' names may be anything; a rule without any instance event cannot be right. */
const judgeMembers = (rules: readonly RuleFacts[]): Judgement[] => {
  const hasMembers = rules.some(({ pattern }) => pattern.includes(detailTypes.instance))
  if (hasMembers) return []
  return [
    warning(
      'No rule matches the events of the cluster’s instances: only the schedule finds restarts and host replacements.',
      'Deploy the stack again, with members in repoint.json if their names do not begin with the cluster’s.',
      sources.rdsEvents,
    ),
  ]
}

const sample = (source: EventSource, arn: string, eventId: string) => ({
  source: 'aws.rds',
  'detail-type': detailTypes[source],
  account: arn.split(':')[4],
  region: arn.split(':')[3],
  resources: [source === 'blue-green' ? arn.replace(/:(db|cluster):.*/, ':deployment:bgd-0') : arn],
  detail: {
    EventID: eventId,
    SourceArn: arn,
    SourceIdentifier: arn.split(':').at(-1),
    EventCategories: [],
    // By which alone a blue/green event names the database.
    Message: `Switchover from ${arn.split(':').at(-1)} to another started.`,
  },
})

/** A pattern with operators that are not evaluated here may match: a rule of somebody else is not called wrong. */
const matches = (pattern: string, event: unknown): boolean => {
  try {
    return accepts(JSON.parse(pattern) as Pattern, event)
  } catch (error) {
    return error instanceof UnknownOperatorError
  }
}

const short = (ids: readonly string[]): string =>
  ids.length > 6 ? `${ids.slice(0, 6).join(', ')} and ${ids.length - 6} more` : ids.join(', ')
