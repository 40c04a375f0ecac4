import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib'
import { type CfnRule, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Kind } from '../../functions/reconciler/config/database.ts'
import { detailTypes, type EventSource, eventIds } from '../../functions/reconciler/rds-event-catalogue.ts'
import { readArn } from '../app/settings/database-fields.ts'
import { ruleKinds, ruleName, wakeOnRuleName } from '../app/settings/resource-names.ts'
import { longestPattern } from '../app/settings/wake-fields.ts'
import { type DatabaseModel, physical } from './front-door-model.ts'
import { instanceArn } from './role-statements.ts'

/**
 * The RDS events that wake the function, in one rule: the catalogue's ids, about this database; and what `wakeOn` names,
 * which starts a watch. AWS services send to the default bus, whatever bus the reports go to.
 */
export const wakeOnEvents = (
  scope: Construct,
  database: DatabaseModel,
  lambda: IFunction,
  deadLetters: Queue,
): Rule[] => {
  // Lambda takes an event in at once and queues it itself: trying for long only helps where Lambda itself is down.
  const delivery = { deadLetterQueue: deadLetters, maxEventAge: Duration.hours(1), retryAttempts: 60 }
  return [...ownRules(scope, database), ...otherRules(database)].map(({ id, nameOf, description, pattern, event }) => {
    const rule = new Rule(scope, id, {
      ...physical(database, 'ruleName', nameOf),
      description: `${database.id}: ${description}`,
      eventPattern: { source: [...pattern.source] },
    })
    // As EventBridge spells it: CDK's own type knows no `$or`.
    ;(rule.node.defaultChild as CfnRule).eventPattern = pattern
    rule.addTarget(new LambdaTarget(lambda, { ...delivery, ...(event && { event }) }))
    return rule
  })
}

interface WakeRule {
  /** Of the construct: it is what the deployed rule is known by, whose pattern changes in place. */
  readonly id: string
  readonly nameOf: (named: { readonly id: string }) => string
  readonly description: string
  readonly pattern: Pattern & { readonly source: readonly string[] }
  /** What the function gets; by default the event. */
  readonly event?: RuleTargetInput
}

type Pattern = Readonly<Record<string, unknown>>

const source = ['aws.rds']

const otherRules = ({ wakeOn }: DatabaseModel): readonly WakeRule[] =>
  wakeOn.map((wake, index) => {
    const rule = {
      id: `WakeOn${index + 1}`,
      nameOf: (it: { readonly id: string }) => wakeOnRuleName(it, index),
      event: RuleTargetInput.fromObject({ action: 'watch' }),
    }
    if (typeof wake !== 'string') return { ...rule, description: 'its own pattern', pattern: wake }
    const { kind, identifier } = readArn(wake)
    const pattern = { source, ...about(kind as Exclude<Kind, 'hostname'>, [wake]) }
    return { ...rule, description: `${identifier} fails over, restarts or changes`, pattern }
  })

const ownRules = (scope: Construct, database: DatabaseModel): readonly WakeRule[] => {
  const { kind, arn } = database
  if (kind === 'hostname' || arn === undefined) return []
  const nameOf: WakeRule['nameOf'] = it => ruleName(it, ruleKinds[kind][0])
  if (kind === 'proxy') {
    // AWS's sample event ends in the proxy's name, the proxy's own ARN in an id (prx-…): ask for both.
    const byName = Token.isUnresolved(arn)
      ? Stack.of(scope).formatArn({
          service: 'rds',
          resource: 'db-proxy',
          resourceName: database.id,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        })
      : arn.replace(/[^:]+$/, database.id)
    const pattern = { source, ...about('proxy', [...new Set([arn, byName])]) }
    return [{ id: 'ProxyEvents', nameOf, description: 'its proxy changes', pattern }]
  }
  const description =
    kind === 'instance'
      ? 'the instance fails over, restarts, changes or is switched over'
      : 'the cluster or a member fails over, restarts, changes or is switched over'
  const pattern =
    kind === 'instance'
      ? anyOf([about('instance', [arn]), blueGreenOf(scope, database)])
      : clusterPattern(scope, database, arn)
  return [{ id: 'DatabaseEvents', nameOf, description, pattern }]
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const anyOf = (patterns: readonly Pattern[]): WakeRule['pattern'] => ({ source, $or: patterns })

const about = (of: EventSource, resources: readonly unknown[], ids: readonly unknown[] = eventIds(of)): Pattern => ({
  'detail-type': [detailTypes[of]],
  resources,
  detail: { EventID: ids },
})

/**
 * The deployment has an ARN of its own (`deployment:bgd-…`), so nothing but the text names the database. Of a switchover at
 * least its start and its end for this very database do; what names nobody wakes nobody, and the schedule sees it. Events
 * of a deployment are few, so their ids are not asked for. One that another account passes on to the bus keeps that
 * account's number, and its text could name ours
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html).
 */
const blueGreenOf = (scope: Construct, { id }: DatabaseModel): Pattern => ({
  'detail-type': [detailTypes['blue-green']],
  account: [Stack.of(scope).account],
  detail: { Message: [{ wildcard: `*${id}*` }] },
})

/**
 * One pattern has to hold the ids of three kinds of events. What they have in common takes less room, and wakes for more than
 * the catalogue: the function looks once at what it does not know. Where the members' names do not fit either, what they have
 * in common: the function checks membership itself.
 */
const clusterPattern = (scope: Construct, database: DatabaseModel, arn: string): WakeRule['pattern'] => {
  const withMembers = (members: readonly unknown[]) =>
    anyOf([
      about('cluster', [arn, ...globalClusters(database)], shortened(eventIds('cluster'))),
      about('instance', members, shortened(eventIds('instance'))),
      blueGreenOf(scope, database),
    ])
  const pattern = withMembers(membersOf(scope, database))
  if (charactersOf(scope, pattern) <= longestPattern) return pattern
  const common = instanceArn(scope, database, `${commonBeginning(database.members)}*`)
  return withMembers([{ prefix: common.slice(0, -1) }])
}

/** Four ids that differ in their last digit alone are longer than what they begin with. */
const shortened = (ids: readonly string[]): readonly unknown[] =>
  [...Map.groupBy(ids, it => it.slice(0, -1))].flatMap<unknown>(([prefix, alike]) =>
    alike.length < 4 ? alike : [{ prefix }],
  )

const charactersOf = (scope: Construct, pattern: Pattern): number =>
  JSON.stringify(Stack.of(scope).resolve(pattern)).length

const commonBeginning = (names: readonly string[]): string => {
  if (names.some(name => Token.isUnresolved(name))) return ''
  const [first = '', ...others] = names
  const isCommon = (length: number) => others.every(it => it.startsWith(first.slice(0, length).replace(/\*$/, '')))
  const length = [...first].findIndex((_, index) => !isCommon(index + 1))
  return (length === -1 ? first : first.slice(0, length)).replace(/\*$/, '')
}

/** Members by name; by default the instances whose names begin with the cluster's. The function checks membership. */
const membersOf = (scope: Construct, database: DatabaseModel): unknown[] =>
  (database.members.length > 0 ? database.members : [`${database.id}*`]).map(name => {
    const arn = instanceArn(scope, database, name)
    return arn.endsWith('*') ? { prefix: arn.slice(0, -1) } : arn
  })

const globalClusters = ({ engine, arn }: DatabaseModel): unknown[] => {
  if (!engine.startsWith('aurora') || arn === undefined) return []
  const { partition, account } = readArn(arn)
  return [{ prefix: `arn:${partition}:rds::${account}:global-cluster:` }]
}
