import { fileURLToPath } from 'node:url'
import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct, type IDependable } from 'constructs'
import { buildSync } from 'esbuild'
import type { Reason } from '../../functions/reconciler/core/reasons.ts'
import type { DatabaseSettings } from '../settings.ts'
import type { ReconcilerFunction } from './reconciler-function.ts'

export interface SeedProps {
  readonly database: DatabaseSettings
  readonly reconciler: ReconcilerFunction
  readonly targetGroupArn: string
  /** What must stand before the first registration can be in use. */
  readonly after: readonly IDependable[]
}

/** What a first registration may end with beside a success: it takes the load balancer minutes to call it healthy. */
const notYetHealthy: Reason = 'target-not-healthy'

/**
 * Registers the writer during the deployment, and again whenever the target group or the configuration changes. A
 * deployment whose seed cannot resolve or register fails with the reconciler's reason.
 *
 * A paused or dry-running reconciler writes nothing on purpose: its answer is accepted.
 */
export class Seed extends Construct {
  constructor(scope: Construct, id: string, { database, reconciler, targetGroupArn, after }: SeedProps) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addToPolicy(
      new PolicyStatement({
        sid: 'InvokeReconciler',
        actions: ['lambda:InvokeFunction'],
        resources: [reconciler.lambda.functionArn],
      }),
    )
    role.addToPolicy(
      new PolicyStatement({
        sid: 'WriteLogs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    )
    const provider = new LambdaFunction(this, 'Provider', {
      description: `Registers the writer of ${database.id} during a deployment`,
      code: Code.fromInline(providerSource()),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.minutes(15),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    })
    const resource = new CustomResource(this, 'Seed', {
      resourceType: 'Custom::RepointSeed',
      serviceToken: provider.functionArn,
      serviceTimeout: Duration.minutes(16),
      properties: {
        FunctionName: reconciler.lambda.functionName,
        TargetGroupArn: targetGroupArn,
        AcceptedReasons: [notYetHealthy, ...database.policies],
        Config: reconciler.config,
      },
    })
    resource.node.addDependency(role, reconciler, ...after)
  }
}

let source: string | undefined

/** The provider as one script inside the template: nothing to upload, and readable where it is deployed. */
const providerSource = (): string => {
  if (source === undefined) {
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL('../seed/handler.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node24',
      external: ['@aws-sdk/*'],
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'none',
    })
    source = outputFiles[0]?.text ?? ''
  }
  return source
}
