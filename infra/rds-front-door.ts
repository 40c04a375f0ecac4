import { fileURLToPath } from 'node:url'
import { Stack } from 'aws-cdk-lib'
import type { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2'
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events'
import type { Grant, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam'
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { detailTypes, metrics, reportSource } from '../functions/reconciler/names.ts'
import { logGroupName } from './app/settings/resource-names.ts'
import { encryptAll } from './constructs/encryption.ts'
import { EndpointService } from './constructs/endpoint-service.ts'
import type { FrontDoorModel } from './constructs/front-door-model.ts'
import { addLoadBalancerPath, type LoadBalancerPath } from './constructs/load-balancer-path.ts'
import { repointMetric } from './constructs/metrics.ts'
import { acknowledge } from './constructs/nag.ts'
import type { StageProperties } from './custom-resources/stage-decisions.ts'
import type { FrontDoorExposure, RdsFrontDoorProps } from './front-door-props.ts'
import { encryptionKeysOf, frontDoorModel, oneInEachZone } from './front-door-settings.ts'

/** Beside `dist` by one folder, in a clone as in the installed package. */
const artefact = fileURLToPath(new URL('../dist/reconciler', import.meta.url))

/**
 * Keeps a Network Load Balancer pointed at the writer of an RDS database: load balancer (or your own target groups),
 * endpoint service, function, rules, schedule, first registration, alarms, dashboard.
 *
 * @example
 * const door = new RdsFrontDoor(this, 'FrontDoor', {
 *   target: FrontDoorTarget.instance(orders),
 *   vpc,
 *   vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
 *   databaseSecurityGroup: orders.connections.securityGroups[0],
 *   endpointService: { allowedPrincipals: ['arn:aws:iam::444455556666:root'] },
 * })
 * door.metricTimeToHealthy().createAlarm(this, 'Slow', { threshold: 300_000, evaluationPeriods: 1 })
 * door.onRepointed('Moved', { target: new targets.SnsTopic(topic) })
 */
export class RdsFrontDoor extends Construct implements IConnectable, IGrantable {
  /** The function. */
  readonly lambda: IFunction
  /** Of the function. */
  readonly logGroup: ILogGroup
  /** One for every section of docs/runbook.md that fits the front door. */
  readonly alarms: readonly Alarm[]
  /** The load balancer, where the construct makes it. */
  readonly loadBalancer: NetworkLoadBalancer | undefined
  readonly grantPrincipal: IPrincipal
  readonly #path: LoadBalancerPath
  readonly #model: FrontDoorModel
  readonly #props: RdsFrontDoorProps
  #service: EndpointService | undefined

  /** @throws Error naming every property that does not suit the database */
  constructor(scope: Construct, id: string, props: RdsFrontDoorProps) {
    super(scope, id)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    this.#props = props
    this.#model = frontDoorModel(props)
    this.#path = addLoadBalancerPath(this, this.#model, props.code ?? Code.fromAsset(artefact))
    this.lambda = this.#path.reconciler.lambda
    const { vpc, placement, functionSubnets, vpcSubnets } = props
    if (vpc && placement === 'in-vpc') {
      // Its subnets are known by their ids alone: without this, a first run may be there before the way out.
      const { internetConnectivityEstablished } = vpc.selectSubnets(oneInEachZone(functionSubnets ?? vpcSubnets))
      this.lambda.node.addDependency(internetConnectivityEstablished)
    }
    this.logGroup = this.#path.reconciler.logGroup
    this.grantPrincipal = this.lambda.grantPrincipal
    this.alarms = this.#path.alarms
    this.loadBalancer = this.#path.front?.loadBalancer
    this.#service = this.#path.service
    if (props.encryptionKey !== undefined) encryptAll(this, encryptionKeysOf(props.encryptionKey))
  }

  /** What consumers connect to; absent without an endpoint service. */
  get endpointServiceName(): string | undefined {
    return this.#service?.serviceName
  }

  /**
   * Of the load balancer that the construct makes: let the database's group in from here.
   * @throws Error with a load balancer of your own, whose connections are yours
   */
  get connections(): Connections {
    return this.#created('use its own connections').connections
  }

  /**
   * An endpoint service for a front door that was made with `endpointService: false`.
   * @returns its name, which consumers connect to
   * @throws Error where there is one already, and with a load balancer of your own
   */
  addEndpointService(exposure: FrontDoorExposure = {}): string {
    if (this.#service) throw new Error(`${this.node.path} has an endpoint service: a load balancer is in one only`)
    const model = frontDoorModel({ ...this.#props, endpointService: exposure })
    const loadBalancer = this.#created('make its endpoint service yourself')
    this.#service = new EndpointService(this, 'EndpointService', model, loadBalancer)
    this.#path.orderLast(this.#service)
    return this.#service.serviceName
  }

  /** Lets somebody call the function: `{"action":"resync"}` looks and repoints now. */
  grantResync(grantee: IGrantable): Grant {
    return this.lambda.grantInvoke(grantee)
  }

  /** Milliseconds from an event to the first healthy answer of the new writer's registration. */
  metricTimeToHealthy(options: MetricOptions = {}): Metric {
    return this.#metric(metrics.timeToHealthy, { statistic: 'Maximum', ...options })
  }

  /** 1 where the function found the writer healthy behind the load balancer, 0 where it did not. */
  metricWriterHealthy(options: MetricOptions = {}): Metric {
    return this.#metric(metrics.writerHealthy, { statistic: 'Minimum', ...options })
  }

  /** Runs that refused to register what they found. */
  metricRefused(options: MetricOptions = {}): Metric {
    return this.#metric(metrics.refused, { statistic: 'Sum', ...options })
  }

  /** A rule on the report that the front door follows another writer now. */
  onRepointed(id: string, options: OnEventOptions = {}): Rule {
    const { eventPattern: _, target, ...rest } = options
    const { eventBus } = this.#props
    const rule = new Rule(this, id, {
      ...rest,
      ...(eventBus === undefined ? {} : { eventBus }),
      eventPattern: {
        source: [reportSource],
        detailType: [detailTypes.repointed, detailTypes.driftCorrected],
        detail: { database: [this.#model.id] },
      },
    })
    if (target) rule.addTarget(target)
    return rule
  }

  /**
   * The function's log group as another stack may name it.
   * @throws Error without a name of the settings: a reference from stack to stack would lead round in a circle
   * @internal
   */
  logGroupNameFor(scope: Construct): string {
    const { name, logGroup } = this.#model
    if (Stack.of(scope) === Stack.of(this)) return this.logGroup.logGroupName
    if (name === undefined || logGroup !== undefined) {
      throw new Error(`${this.node.path} is in another stack than ${scope.node.path}: give it a name`)
    }
    return logGroupName({ id: name })
  }

  /** By what its use by consumers is seen. @internal */
  get inUse(): Pick<StageProperties, 'EndpointServiceId' | 'LoadBalancer'> {
    return { EndpointServiceId: this.#path.service?.serviceId, LoadBalancer: this.#path.loadBalancer }
  }

  #created(instead: string): NetworkLoadBalancer {
    const { loadBalancer } = this
    if (loadBalancer === undefined) throw new Error(`${this.node.path} has no load balancer of its own: ${instead}`)
    return loadBalancer
  }

  #metric(name: string, options: MetricOptions & { statistic: string }): Metric {
    return repointMetric(this.#model.id, name, { statistic: options.statistic }).with(options)
  }
}
