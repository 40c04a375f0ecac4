import { detailTypes, type EventSource, eventIds } from '../../functions/reconciler/rds-event-catalogue.ts'
import type { DoctorFacts, RuleFacts } from '../facts/facts.ts'
import { accepts, type Pattern, UnknownOperatorError } from './event-pattern.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** RDS events are best effort, so the schedule is a safety net and no replacement. */
export const rule: Check<DoctorFacts> = {
  name: 'rule',
  question: 'Is a rule enabled that sends this database’s events, each of the catalogue, to the function?',
  judge: facts =>
    whenKnown([facts.rules], rules => {
      const { kind, arn } = facts.settings
      if (kind === 'hostname' || arn === undefined) {
        return [notice('A host name has no RDS events: the schedule alone finds a moved writer.')]
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
      const judgements: Judgement[] = [...judgeStates(facts, rules), ...judgeTargets(facts, rules)]
      const wanted = kind === 'proxy' ? (['proxy'] as const) : ([kind, 'blue-green'] as const)
      for (const source of wanted) judgements.push(...judgeSource(facts, rules, source, arn))
      if (kind === 'cluster') judgements.push(...judgeMembers(rules))
      return judgements.length > 0
        ? judgements
        : [
            ok(
              `${rules.length === 1 ? 'The rule' : `${rules.length} rules`} ${rules.map(({ name }) => name).join(', ')} send every event of the catalogue to the function.`,
            ),
          ]
    }),
}

const pauseOf = ({ schedules }: DoctorFacts) =>
  schedules.kind === 'known' ? schedules.value.find(({ pause }) => pause !== undefined)?.pause : undefined

const judgeStates = (facts: DoctorFacts, rules: readonly RuleFacts[]): Judgement[] => {
  const off = rules.filter(({ state }) => state === 'DISABLED').map(({ name }) => name)
  if (off.length === 0) return []
  const pause = pauseOf(facts)
  const resume = `repoint resume --database ${facts.settings.id}`
  const what = `The rule${off.length > 1 ? 's' : ''} ${off.join(', ')} ${off.length > 1 ? 'are' : 'is'} disabled`
  if (pause !== undefined && !pause.isOverdue) {
    return [warning(`${what} by a pause until ${pause.until}: ${pause.reason}.`, `When the work is done: ${resume}.`)]
  }
  const why =
    pause === undefined ? 'and no pause says why' : `by a pause whose time was up at ${pause.until} (${pause.reason})`
  return [problem(`${what} ${why}: events do not wake the function.`, `${resume}.`, sources.eventDelivery)]
}

const judgeTargets = (facts: DoctorFacts, rules: readonly RuleFacts[]): Judgement[] => {
  if (facts.lambda.kind !== 'known') return []
  const { arn } = facts.lambda.value
  return rules
    .filter(({ targets }) => !targets.some(target => target.arn === arn || target.arn.startsWith(`${arn}:`)))
    .map(({ name }) =>
      problem(`The rule ${name} does not call the function.`, 'Deploy the stack again.', sources.eventDelivery),
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
      'Deploy the stack again: the pattern is made from the same catalogue.',
      sources.rdsEvents,
    ),
  ]
}

/** Members' names may be anything; a rule that asks for no instance event at all cannot be right. */
const judgeMembers = (rules: readonly RuleFacts[]): Judgement[] => {
  const hasMembers = rules.some(({ pattern }) => pattern.includes(detailTypes.instance))
  if (hasMembers) return []
  return [
    warning(
      'No rule asks for the events of the cluster’s instances: restarts and host replacements are seen by the schedule only.',
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
  detail: { EventID: eventId, SourceArn: arn, SourceIdentifier: arn.split(':').at(-1), EventCategories: [] },
})

/** A pattern that is not understood is given the benefit of the doubt: rules of others are not ours to call wrong. */
const matches = (pattern: string, event: unknown): boolean => {
  try {
    return accepts(JSON.parse(pattern) as Pattern, event)
  } catch (error) {
    return error instanceof UnknownOperatorError
  }
}

const short = (ids: readonly string[]): string =>
  ids.length > 6 ? `${ids.slice(0, 6).join(', ')} and ${ids.length - 6} more` : ids.join(', ')
