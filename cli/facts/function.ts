import { type Config, ConfigError, parseConfig } from '../../functions/reconciler/config.ts'
import { configVariable, pairTag, reportSource } from '../../functions/reconciler/names.ts'
import { functionName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt, attemptToFind } from './attempt.ts'
import { andThen, type Gathered } from './gathered.ts'
import type { NeededAction } from './needed-actions.ts'

export interface FunctionFacts {
  readonly name: string
  readonly arn: string
  readonly state: string
  readonly stateReason?: string
  readonly lastUpdate: string
  readonly runtime: string
  readonly timeoutSeconds: number
  readonly lastModified: string
  readonly codeSha256: string
  /** The environment variable's text. */
  readonly config?: string
  /** Why Lambda does not show its variables: no permission for their key. */
  readonly hidden?: string
  readonly roleArn: string
  readonly vpc?: {
    readonly vpcId: string
    readonly subnetIds: readonly string[]
    readonly securityGroupIds: readonly string[]
  }
  /** `undefined`: no reservation. */
  readonly reservedConcurrency: Gathered<number | undefined>
  /** The version that the schedule's alias means; `undefined`: there is no such alias. */
  readonly tickVersion: Gathered<string | undefined>
  /** Where Lambda puts events that it gives up; `undefined`: nowhere. */
  readonly onFailureArn: Gathered<string | undefined>
}

export interface PermissionFacts {
  readonly action: string
  readonly resource: string
  /** `allowed`, `explicitDeny`, `implicitDeny` */
  readonly decision: string
}

const tickAlias = 'tick'

export const gatherFunction = (
  clients: Clients,
  database: Pick<DatabaseSettings, 'id'>,
): Promise<Gathered<FunctionFacts>> =>
  attempt(async () => {
    const lambda = await clients.lambda()
    const FunctionName = functionName(database)
    const found = await lambda.getFunctionConfiguration({ FunctionName })
    const [reservedConcurrency, tickVersion, onFailureArn] = await Promise.all([
      attempt(async () => (await lambda.getFunctionConcurrency({ FunctionName })).ReservedConcurrentExecutions),
      attemptToFind(async () => (await lambda.getAlias({ FunctionName, Name: tickAlias })).FunctionVersion),
      attemptToFind(
        async () =>
          (await lambda.getFunctionEventInvokeConfig({ FunctionName })).DestinationConfig?.OnFailure?.Destination,
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

/** What the deployed function is told; `undefined` where it is not shown or does not parse. */
export const configOf = ({ config }: FunctionFacts): Config | undefined => {
  try {
    return parseConfig('the function', config)
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

export const whyNoConfig = 'the function’s configuration is not shown or does not parse'

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
              { ContextKeyName: 'events:source', ContextKeyType: 'stringList', ContextKeyValues: [reportSource] },
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
