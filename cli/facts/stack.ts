import { configVariable, pairTag, reportSource } from '../../functions/reconciler/names.ts'
import {
  deadLettersName,
  functionName,
  ruleNames,
  scheduleGroupName,
  scheduleName,
} from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt, attemptToFind } from './attempt.ts'
import type { FunctionFacts, PermissionFacts, QueueFacts, RuleFacts, ScheduleFacts } from './facts.ts'
import { andThen, type Gathered } from './gathered.ts'
import type { NeededAction } from './needed-actions.ts'
import { readPause } from './pause-note.ts'

/** What the stack deploys around the function, by the names that it gives. */
type Wanted = Pick<DatabaseSettings, 'id' | 'kind'>

const tickAlias = 'tick'

export const gatherFunction = (clients: Clients, database: Wanted): Promise<Gathered<FunctionFacts>> =>
  attempt(async () => {
    const lambda = await clients.lambda()
    const FunctionName = functionName(database)
    const found = await lambda.getFunctionConfiguration({ FunctionName })
    const [reservedConcurrency, tickVersion, onFailureArn] = await Promise.all([
      attempt(async () => (await lambda.getFunctionConcurrency({ FunctionName })).ReservedConcurrentExecutions),
      attemptToFind(
        async () => (await lambda.getAlias({ FunctionName, Name: tickAlias })).FunctionVersion,
        'ResourceNotFoundException',
      ),
      attemptToFind(
        async () =>
          (await lambda.getFunctionEventInvokeConfig({ FunctionName })).DestinationConfig?.OnFailure?.Destination,
        'ResourceNotFoundException',
      ),
    ])
    const vpc = found.VpcConfig
    const config = found.Environment?.Variables?.[configVariable]
    const hidden = found.Environment?.Error?.Message
    return {
      name: FunctionName,
      arn: found.FunctionArn ?? '',
      state: found.State ?? 'Active',
      ...(found.StateReason === undefined ? {} : { stateReason: found.StateReason }),
      lastUpdate: found.LastUpdateStatus ?? 'Successful',
      runtime: found.Runtime ?? 'unknown',
      timeoutSeconds: found.Timeout ?? 3,
      lastModified: found.LastModified ?? 'unknown',
      codeSha256: found.CodeSha256 ?? '',
      ...(config === undefined ? {} : { config }),
      ...(hidden === undefined ? {} : { hidden }),
      roleArn: found.Role ?? '',
      ...(vpc?.VpcId
        ? { vpc: { vpcId: vpc.VpcId, subnetIds: vpc.SubnetIds ?? [], securityGroupIds: vpc.SecurityGroupIds ?? [] } }
        : {}),
      reservedConcurrency,
      tickVersion,
      onFailureArn,
    }
  })

/** Those of the stack that exist. */
export const gatherRules = (clients: Clients, database: Wanted): Promise<Gathered<readonly RuleFacts[]>> =>
  attempt(async () => {
    const events = await clients.eventBridge()
    const rules = await Promise.all(
      ruleNames(database).map(async Name => {
        try {
          const [rule, targets] = await Promise.all([
            events.describeRule({ Name }),
            events.listTargetsByRule({ Rule: Name }),
          ])
          return [
            {
              name: Name,
              state: rule.State ?? 'unknown',
              pattern: rule.EventPattern ?? '',
              targets: (targets.Targets ?? []).map(({ Arn = '', DeadLetterConfig: queue }) => ({
                arn: Arn,
                ...(queue?.Arn === undefined ? {} : { deadLetterArn: queue.Arn }),
              })),
            },
          ]
        } catch (error) {
          if ((error as Error).name === 'ResourceNotFoundException') return []
          throw error
        }
      }),
    )
    return rules.flat()
  })

export const gatherSchedules = (
  clients: Clients,
  database: Wanted,
  nowMs: number,
): Promise<Gathered<readonly ScheduleFacts[]>> =>
  attempt(async () => {
    try {
      const found = await (await clients.scheduler()).getSchedule({
        Name: scheduleName,
        GroupName: scheduleGroupName(database),
      })
      const pause = readPause(found.Description, nowMs)
      return [
        {
          name: `${scheduleGroupName(database)}/${scheduleName}`,
          state: found.State ?? 'unknown',
          expression: found.ScheduleExpression ?? '',
          input: found.Target?.Input ?? '',
          targetArn: found.Target?.Arn ?? '',
          hasEnded: (found.EndDate?.getTime() ?? Number.POSITIVE_INFINITY) <= nowMs,
          ...(pause === undefined ? {} : { pause }),
        },
      ]
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return []
      throw error
    }
  })

export const gatherDeadLetters = (clients: Clients, database: Wanted): Promise<Gathered<readonly QueueFacts[]>> =>
  attempt(async () => {
    const sqs = await clients.sqs()
    const QueueName = deadLettersName(database)
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName })
    const { Attributes = {} } = await sqs.getQueueAttributes({
      QueueUrl,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    })
    return [
      {
        arn: Attributes.QueueArn ?? QueueName,
        messages: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      },
    ]
  })

/** IAM simulates the role's own policies and boundary; service control policies it knows only in part. */
export const gatherPermissions = (
  clients: Clients,
  lambda: Gathered<FunctionFacts>,
  needed: readonly NeededAction[],
): Promise<Gathered<readonly PermissionFacts[]>> =>
  andThen(lambda, ({ roleArn }) =>
    attempt(async () => {
      const iam = await clients.iam()
      const resources = [...new Set(needed.map(({ resource }) => resource))]
      const answers = await Promise.all(
        resources.map(async resource => {
          const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
            PolicySourceArn: roleArn,
            ActionNames: needed.filter(it => it.resource === resource).map(({ action }) => action),
            ResourceArns: [resource],
            ContextEntries: [
              { ContextKeyName: 'events:source', ContextKeyType: 'string', ContextKeyValues: [reportSource] },
              { ContextKeyName: 'aws:TagKeys', ContextKeyType: 'stringList', ContextKeyValues: [pairTag] },
            ],
          })
          return EvaluationResults.map(it => ({
            action: it.EvalActionName ?? '',
            resource,
            decision: it.EvalDecision ?? 'implicitDeny',
          }))
        }),
      )
      return answers.flat()
    }),
  )
