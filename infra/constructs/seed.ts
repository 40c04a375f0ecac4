import { CustomResource, Duration } from 'aws-cdk-lib'
import type { NetworkListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct, type IConstruct } from 'constructs'
import type { Reason } from '../../functions/reconciler/core/reasons.ts'
import type { DatabaseSettings } from '../app/settings.ts'
import { hashOfDeclared } from './declared.ts'
import { InlineProvider } from './inline-provider.ts'
import type { DoorArns } from './reconciler-config.ts'
import type { ReconcilerFunction } from './reconciler-function.ts'

export interface SeedProps {
  readonly database: DatabaseSettings
  readonly reconciler: ReconcilerFunction
  readonly doors: DoorArns
  /** The listener that the stack makes for the writer. */
  readonly listener: NetworkListener | undefined
  /** Over which the function reaches AWS. */
  readonly network: readonly IConstruct[]
}

/**
 * What a seed may end with beside a success: it takes the load balancer minutes to call a first registration healthy, and a
 * cluster may have no reader yet.
 */
const notYetHealthy: Reason = 'target-not-healthy'
const noReader: Reason = 'no-reader'
/** Before the listener, in a new stack, no load balancer uses the target group. */
const notYetInUse: Reason = 'target-not-in-use'

/** CloudWatch has a minute's metric one to three minutes later. */
const metricDelay = Duration.minutes(4)

/**
 * Registers the writer during the deployment, and again whenever something changes that can break the function: its code,
 * its configuration, its role, its network, the target group; for `weighted` also the listener, because whenever
 * CloudFormation writes a listener it writes the template's weights. A deployment whose seed cannot resolve or register
 * fails with the function's reason; a rollback never does.
 *
 * A paused or dry-running function writes nothing on purpose: its answer is accepted.
 *
 * For a cluster behind one target group the function also runs before the listener is written:
 * 1. The strategy was `weighted`; the writer is in another slot than the first, which holds a reader.
 * 2. It becomes `swap`: CloudFormation lets the listener forward to the first target group alone.
 * 3. Writers reach the reader for as long as the registration of the writer takes, minutes.
 * It runs there once, when the stack or this strategy begins, and waits until the writer is healthy.
 */
export class Seed extends Construct {
  readonly registration: CustomResource
  readonly handOver: CustomResource | undefined
  /** A first run of the schedule, after which every alarm has its metric. */
  readonly firstTick: CustomResource

  constructor(scope: Construct, id: string, { database, reconciler, doors, listener, network }: SeedProps) {
    super(scope, id)
    const { lambda, ticks } = reconciler
    const provider = new InlineProvider(this, 'Provider', {
      description: `Registers the writer of ${database.id} during a deployment`,
      module: 'custom-resources/seed-handler.ts',
      statements: [
        new PolicyStatement({
          sid: 'InvokeReconciler',
          actions: ['lambda:InvokeFunction'],
          resources: [lambda.functionArn, ticks.functionArn],
        }),
      ],
      timeout: Duration.minutes(15),
    })
    const run = (name: string, resourceType: string, properties: Readonly<Record<string, unknown>>) => {
      const serviceTimeout = Duration.minutes(16)
      const { serviceToken } = provider
      const resource = new CustomResource(this, name, { resourceType, serviceToken, serviceTimeout, properties })
      resource.node.addDependency(provider.role, reconciler)
      return resource
    }
    const seed = { FunctionName: lambda.functionName, TargetGroupArn: doors.targetGroups[0] }
    const isWeighted = database.frontDoor.strategy === 'weighted'
    if (listener && database.kind === 'cluster' && !isWeighted) {
      const AcceptedReasons = [notYetInUse, ...database.policies]
      this.handOver = run('HandOver', 'Custom::RepointSeed', { ...seed, AcceptedReasons, UntilHealthy: true })
    }
    this.registration = run('Seed', 'Custom::RepointSeed', {
      ...seed,
      AcceptedReasons: [notYetHealthy, ...(database.readers ? [noReader] : []), ...database.policies],
      Config: reconciler.config,
      Declared: hashOfDeclared(lambda, reconciler.role, ...network),
      ...(listener && isWeighted ? { Listener: hashOfDeclared(listener) } : {}),
      ...(listener && isProtected(database) ? { ProtectedLoadBalancer: listener.loadBalancer.loadBalancerArn } : {}),
    })
    this.firstTick = run('FirstTick', 'Custom::RepointFirstTick', {
      TickFunction: ticks.functionArn,
      WaitSeconds: metricDelay.toSeconds(),
    })
  }
}

/** Then a first deployment that fails cannot be taken away before somebody lifts it. */
const isProtected = ({ frontDoor }: SeedProps['database']): boolean =>
  frontDoor.kind === 'create' && frontDoor.deletionProtection
