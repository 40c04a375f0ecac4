import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { CfnListener, NetworkListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct, type IDependable } from 'constructs'
import type { Reason } from '../../functions/reconciler/core/reasons.ts'
import type { DatabaseSettings } from '../app/settings.ts'
import { inlineScript } from './inline-script.ts'
import type { DoorArns } from './reconciler-config.ts'
import type { ReconcilerFunction } from './reconciler-function.ts'

export interface SeedProps {
  readonly database: DatabaseSettings
  readonly reconciler: ReconcilerFunction
  readonly doors: DoorArns
  /** The listener that the stack makes for the writer. */
  readonly listener: NetworkListener | undefined
  /** What must stand before the first registration can be in use. */
  readonly after: readonly IDependable[]
}

/**
 * What a seed may end with beside a success: it takes the load balancer minutes to call a first registration healthy, and a
 * cluster may have no reader yet.
 */
const notYetHealthy: Reason = 'target-not-healthy'
const noReader: Reason = 'no-reader'
/** Before the listener, in a new stack, no load balancer uses the target group. */
const notYetInUse: Reason = 'target-not-in-use'

/**
 * Registers the writer during the deployment, and again whenever the target group, the configuration or, for `weighted`,
 * the listener changes: whenever CloudFormation writes a listener it writes the template's weights. A deployment whose
 * seed cannot resolve or register fails with the reconciler's reason.
 *
 * A paused or dry-running reconciler writes nothing on purpose: its answer is accepted.
 *
 * For a cluster behind one target group the function also runs before the listener is written:
 * 1. The strategy was `weighted`; the writer is in another slot than the first, which holds a reader.
 * 2. It becomes `swap`: CloudFormation lets the listener forward to the first target group alone.
 * 3. Writers reach the reader for as long as the registration of the writer takes, minutes.
 * It runs there once, when the stack or this strategy begins, and waits until the writer is healthy.
 */
export class Seed extends Construct {
  constructor(scope: Construct, id: string, { database, reconciler, doors, listener, after }: SeedProps) {
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
      code: inlineScript('custom-resources/seed-handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.minutes(15),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    })
    const run = (name: string, properties: Readonly<Record<string, unknown>>) => {
      const resource = new CustomResource(this, name, {
        resourceType: 'Custom::RepointSeed',
        serviceToken: provider.functionArn,
        serviceTimeout: Duration.minutes(16),
        properties: {
          FunctionName: reconciler.lambda.functionName,
          TargetGroupArn: doors.targetGroups[0],
          ...properties,
        },
      })
      resource.node.addDependency(role, reconciler)
      return resource
    }
    const isWeighted = database.frontDoor.strategy === 'weighted'
    if (listener && database.kind === 'cluster' && !isWeighted) {
      const handOver = run('HandOver', { AcceptedReasons: [notYetInUse, ...database.policies], UntilHealthy: true })
      listener.node.addDependency(handOver)
    }
    run('Seed', {
      AcceptedReasons: [notYetHealthy, ...(database.readers ? [noReader] : []), ...database.policies],
      Config: reconciler.config,
      ...(listener && isWeighted ? { Listener: declarationOf(listener) } : {}),
    }).node.addDependency(...after)
  }
}

/** All that CloudFormation writes to the listener. */
const declarationOf = (listener: NetworkListener): string => {
  const { port, defaultActions, listenerAttributes } = listener.node.defaultChild as CfnListener
  return Stack.of(listener).toJsonString({ port, defaultActions, listenerAttributes })
}
