import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  type CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { networkInterfaceActions } from '../permissions.ts'
import { inlineScript } from './inline-script.ts'
import { acknowledge } from './nag.ts'

export interface InlineProviderProps {
  readonly description: string
  /** Path under `infra`, which exports `handler`. */
  readonly module: string
  /** What it may do beside writing its log and reading its own stack's status. */
  readonly statements: readonly PolicyStatement[]
  readonly timeout: Duration
}

/** The function behind a custom resource, with a role and a log group of its own. */
export class InlineProvider extends Construct {
  /** A custom resource depends on it, as its calls need these permissions. */
  readonly role: Role
  readonly serviceToken: string
  readonly lambda: LambdaFunction

  constructor(scope: Construct, id: string, { description, module, statements, timeout }: InlineProviderProps) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    const writeLogs = new PolicyStatement({
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    })
    // Whether CloudFormation goes back is only in the stack's status.
    const readOwnStack = new PolicyStatement({
      sid: 'ReadOwnStack',
      actions: ['cloudformation:DescribeStacks'],
      resources: [Aws.STACK_ID],
    })
    for (const statement of [...statements, readOwnStack, writeLogs]) this.role.addToPolicy(statement)
    const lambda = new LambdaFunction(this, 'Function', {
      description,
      code: inlineScript(module),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    })
    this.serviceToken = lambda.functionArn
    this.lambda = lambda
  }
}

/** A helper in a VPC, where the organization lets no function run elsewhere. */
export const placeInVpc = (
  lambda: LambdaFunction,
  {
    subnetIds,
    securityGroupIds,
  }: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] },
): void => {
  const cfn = lambda.node.defaultChild as CfnFunction
  cfn.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] }
  const sid = 'NetworkInterfacesForLambda'
  lambda.role?.addToPrincipalPolicy(
    new PolicyStatement({ sid, actions: [...networkInterfaceActions], resources: ['*'] }),
  )
  acknowledge(lambda.node.scope ?? lambda, {
    'AwsSolutions-IAM5[Resource::*]': 'Actions with which Lambda makes network interfaces know no resources.',
  })
}
