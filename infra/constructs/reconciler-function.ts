import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  type Code,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda'
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { configVariable } from '../../functions/reconciler/names.ts'
import { functionTimeoutSeconds } from '../app/settings/function-fields.ts'
import { functionName, logGroupName } from '../app/settings/resource-names.ts'
import { assertConfig } from './assert-config.ts'
import { type FrontDoorModel, physical } from './front-door-model.ts'
import { acknowledge } from './nag.ts'
import type { Placement } from './network-mode.ts'
import { type DoorArns, reconcilerConfig } from './reconciler-config.ts'
import { readableInstances, roleStatements } from './role-statements.ts'

export interface ReconcilerFunctionProps {
  readonly database: FrontDoorModel
  readonly code: Code
  readonly doors: DoorArns
  readonly deadLetters: Queue
  readonly placement: Placement | undefined
}

export const tickAlias = 'tick'

/**
 * The reconciler, its role, its log group, and what Lambda does with events that it cannot serve at once.
 *
 * Reserved concurrency 1 keeps two reconcilers of one database from running side by side. That is an economy, not what
 * keeps the target group right: each reconciler looks again before it writes, so without the reservation two of them
 * end in the same place (docs/decisions/2026-11-21-one-at-a-time.md).
 */
export class ReconcilerFunction extends Construct {
  readonly lambda: LambdaFunction
  readonly role: IRole
  /** What the schedule calls: an event queue of its own, in which a missed tick does not grow old. */
  readonly ticks: IFunction
  readonly logGroup: ILogGroup
  /** The JSON of the function's one variable. */
  readonly config: string

  constructor(scope: Construct, id: string, props: ReconcilerFunctionProps) {
    super(scope, id)
    const { database, placement } = props
    this.logGroup =
      database.logGroup ??
      new LogGroup(this, 'Logs', {
        ...physical(database, 'logGroupName', logGroupName),
        retention: database.function.logRetentionDays as RetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      })
    const config = reconcilerConfig(database, props.doors)
    assertConfig(database.id, config)
    this.config = Stack.of(this).toJsonString(config)
    this.role = this.#roleFor(props)
    this.lambda = new LambdaFunction(this, 'Function', {
      ...physical(database, 'functionName', functionName),
      description: `Keeps the load balancer pointed at the writer of ${database.id}`,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: database.function.memoryMb,
      timeout: Duration.seconds(functionTimeoutSeconds),
      ...(database.function.reserveConcurrency ? { reservedConcurrentExecutions: 1 } : {}),
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[database.function.logLevel],
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: { [configVariable]: this.config, POWERTOOLS_LOG_LEVEL: database.function.logLevel },
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      // The statement is ours: CDK's destination would also grant reading the queue's attributes.
      onFailure: { bind: () => ({ destination: props.deadLetters.queueArn }) },
      ...(placement
        ? {
            vpc: placement.vpc,
            vpcSubnets: { subnets: [...placement.subnets] },
            securityGroups: [placement.securityGroup],
          }
        : {}),
    })
    const { environmentKeyArn } = database.guardrails
    // Not CDK's own property: that would grant the role more than the table says.
    const cfn = this.lambda.node.defaultChild as CfnFunction
    if (environmentKeyArn !== undefined) cfn.kmsKeyArn = environmentKeyArn
    const ticks = new Alias(this, 'Ticks', {
      aliasName: tickAlias,
      version: this.lambda.latestVersion,
      description: 'Called by the schedule; a tick that waits behind a watch is dropped after a minute',
      maxEventAge: Duration.seconds(60),
      retryAttempts: 0,
    })
    // CDK declares two of an alias's optional properties in a way that exactOptionalPropertyTypes rejects.
    this.ticks = ticks as IFunction
  }

  #roleFor({ database, doors, deadLetters }: ReconcilerFunctionProps): IRole {
    const functionArn = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      // A reference would be a circle. The role is one function's alone.
      resourceName: database.name === undefined ? '*' : functionName({ id: database.name }),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    const statements = roleStatements(this, database, {
      doors,
      logGroupArn: this.logGroup.logGroupArn,
      deadLettersArn: deadLetters.queueArn,
      functionArn,
    })
    const role: IRole =
      database.role ??
      new Role(this, 'Role', {
        assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
        description: `What Repoint may do for ${database.id}`,
      })
    for (const statement of statements) role.addToPrincipalPolicy(statement)
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'Describe actions of ELBv2 and EC2 know no resources; nor do most actions with which Lambda makes network interfaces, denied to the code itself.',
      ...Object.fromEntries(
        readableInstances(this, database)
          .filter(arn => arn.endsWith('*'))
          .map(arn => [
            `AwsSolutions-IAM5[Resource::${arn}]`,
            'Reads instances only; any of them may be the writer one day.',
          ]),
      ),
    })
    return role
  }
}
