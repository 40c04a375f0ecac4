import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib'
import { type CfnRule, type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Kind } from '../../functions/reconciler/config/database.ts'
import { detailTypes, type EventSource, eventIds } from '../../functions/reconciler/rds-event-catalogue.ts'
import { readArn } from '../app/settings/database-fields.ts'
import { type RuleKind, ruleName, wakeOnRuleName } from '../app/settings/resource-names.ts'
import { longestPattern } from '../app/settings/wake-fields.ts'
import { type DatabaseModel, physical } from './front-door-model.ts'
import { instanceArn } from './role-statements.ts'

/**
 * The RDS events that wake the function: the catalogue's ids, about this database; and what `wakeOn` names, which starts
 * a watch. AWS services send to the default bus, whatever bus the reports go to.
 */
export const wakeOnEvents = (
  scope: Construct,
  database: DatabaseModel,
  lambda: IFunction,
  deadLetters: Queue,
): Rule[] => {
  // Lambda takes an event in at once and queues it itself: trying for long only helps where Lambda itself is down.
  const delivery = { deadLetterQueue: deadLetters, maxEventAge: Duration.hours(1), retryAttempts: 60 }
  const own = Object.entries(wakePatterns(scope, database)).map(([name, { description, pattern }]) => {
    const rule = new Rule(scope, name, {
      ...physical(database, 'ruleName', it => ruleName(it, ruleKindOf[name as keyof typeof ruleKindOf])),
      description: `${database.id}: ${description}`,
      eventPattern: pattern,
    })
    rule.addTarget(new LambdaTarget(lambda, delivery))
    return rule
  })
  const others = database.wakeOn.map((wake, index) => {
    const isArn = typeof wake === 'string'
    const rule = new Rule(scope, `WakeOn${index + 1}`, {
      ...physical(database, 'ruleName', it => wakeOnRuleName(it, index)),
      description: `${database.id}: ${isArn ? `${readArn(wake).identifier} fails over, restarts or changes` : 'its own pattern'}`,
      eventPattern: isArn ? about(readArn(wake).kind as Exclude<Kind, 'hostname'>, [wake]) : { source: wake.source },
    })
    // As it is written: CDK's own type knows no `$or`.
    if (!isArn) (rule.node.defaultChild as CfnRule).eventPattern = wake
    rule.addTarget(new LambdaTarget(lambda, { ...delivery, event: RuleTargetInput.fromObject({ action: 'watch' }) }))
    return rule
  })
  return [...own, ...others]
}

const ruleKindOf = {
  DatabaseEvents: 'database-events',
  MemberEvents: 'member-events',
  BlueGreenEvents: 'blue-green-events',
  ProxyEvents: 'proxy-events',
} as const satisfies Record<string, RuleKind>

interface Wake {
  readonly description: string
  readonly pattern: EventPattern
}

const wakePatterns = (scope: Construct, database: DatabaseModel): Partial<Record<keyof typeof ruleKindOf, Wake>> => {
  const { kind, arn } = database
  if (kind === 'hostname' || arn === undefined) return {}
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
    return { ProxyEvents: { description: 'its proxy changes', pattern: about('proxy', [...new Set([arn, byName])]) } }
  }
  if (kind === 'instance') {
    return {
      DatabaseEvents: {
        description: 'the instance fails over, restarts or changes',
        pattern: about('instance', [arn]),
      },
      BlueGreenEvents: blueGreenOf(scope),
    }
  }
  return {
    DatabaseEvents: {
      description: 'the cluster fails over, restarts or changes',
      pattern: about('cluster', [arn, ...globalClusters(database)]),
    },
    MemberEvents: { description: 'a member restarts or changes', pattern: memberPattern(scope, database) },
    BlueGreenEvents: blueGreenOf(scope),
  }
}

const about = (source: EventSource, resources: unknown[]): EventPattern => ({
  source: ['aws.rds'],
  detailType: [detailTypes[source]],
  resources: resources as string[],
  detail: { EventID: eventIds(source) },
})

/**
 * The deployment has an ARN of its own (`deployment:bgd-…`), so nothing but the text names the database: look. An event that
 * another account passes on to the bus keeps that account's number, and its text could name ours
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html).
 */
const blueGreenOf = (scope: Construct): Wake => ({
  description: 'a blue/green deployment of this account switches over',
  pattern: {
    source: ['aws.rds'],
    account: [Stack.of(scope).account],
    detailType: [detailTypes['blue-green']],
    detail: { EventID: eventIds('blue-green') },
  },
})

/** Where the names do not fit, what they have in common: the function checks membership itself. */
const memberPattern = (scope: Construct, database: DatabaseModel): EventPattern => {
  const pattern = about('instance', members(scope, database))
  if (charactersOf(scope, pattern) <= longestPattern) return pattern
  const arn = instanceArn(scope, database, `${commonBeginning(database.members)}*`)
  return about('instance', [{ prefix: arn.slice(0, -1) }])
}

/** As EventBridge counts them, whose key CDK spells in its own way. */
const charactersOf = (scope: Construct, { detailType, ...rest }: EventPattern): number =>
  JSON.stringify(Stack.of(scope).resolve({ ...rest, 'detail-type': detailType })).length

const commonBeginning = (names: readonly string[]): string => {
  if (names.some(name => Token.isUnresolved(name))) return ''
  const [first = '', ...others] = names
  const isCommon = (length: number) => others.every(it => it.startsWith(first.slice(0, length).replace(/\*$/, '')))
  const length = [...first].findIndex((_, index) => !isCommon(index + 1))
  return (length === -1 ? first : first.slice(0, length)).replace(/\*$/, '')
}

/** Members by name; by default the instances whose names begin with the cluster's. The function checks membership. */
const members = (scope: Construct, database: DatabaseModel): unknown[] =>
  (database.members.length > 0 ? database.members : [`${database.id}*`]).map(name => {
    const arn = instanceArn(scope, database, name)
    return arn.endsWith('*') ? { prefix: arn.slice(0, -1) } : arn
  })

const globalClusters = ({ engine, arn }: DatabaseModel): unknown[] => {
  if (!engine.startsWith('aurora') || arn === undefined) return []
  const { partition, account } = readArn(arn)
  return [{ prefix: `arn:${partition}:rds::${account}:global-cluster:` }]
}
