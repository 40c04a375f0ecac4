import { Aws, Duration, Lazy, Stack } from 'aws-cdk-lib'
import {
  Dashboard,
  DashboardVariable,
  DefaultValue,
  GraphWidget,
  type IAlarmAction,
  MathExpression,
  Values,
  VariableInputType,
  VariableType,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { dimensions, metricNamespace, metrics } from '../functions/reconciler/names.ts'
import { runs } from './constructs/dashboard.ts'
import { gatewayQueries } from './constructs/gateway-operations.ts'
import { queries, queryTable, saveQueries } from './constructs/queries.ts'
import type { RdsFrontDoor } from './rds-front-door.ts'
import type { RdsResourceGateway } from './rds-resource-gateway.ts'

export interface FleetOperationsProps {
  /** Hears of every alarm. @default - one is created as soon as it is asked for */
  readonly topic?: ITopic
  /** Who hears of alarms by mail, once they have agreed. Not with a topic of your own. @default - nobody */
  readonly emails?: readonly string[]
  /** Of the topic that is created. @default - none */
  readonly encryptionKey?: IKey
  /** Of the dashboard, which is global to the account: the Region is added. @default - CloudFormation makes it */
  readonly name?: string
}

/** Logs Insights takes no more (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatchlogs_limits.html). */
export const mostLogGroups = 50

/**
 * What operates a fleet, once for an account and Region: the topic of all alarms, one dashboard with a choice of the
 * database, and the saved queries over all of them.
 *
 * @example
 * const operations = new FleetOperations(this, 'Operations', { emails: ['on-call@example.com'] })
 * const door = new RdsFrontDoor(this, 'FrontDoor', {
 *   target: FrontDoorTarget.instance(orders),
 *   vpc,
 *   alarmActions: [operations.alarmAction],
 *   dashboard: false,
 * })
 * operations.watch(door)
 */
export class FleetOperations extends Construct {
  /** With every database's health, and a choice of the one whose runs it shows. */
  readonly dashboard: Dashboard
  readonly #logGroupNames: string[] = []
  readonly #gatewayLogGroupNames: string[] = []
  readonly #props: FleetOperationsProps
  #topic: ITopic | undefined

  /** @throws Error with mail addresses and a topic of your own */
  constructor(scope: Construct, id: string, props: FleetOperationsProps = {}) {
    super(scope, id)
    this.#props = props
    // Made when it is asked for; who subscribes, has asked.
    this.#topic = props.topic || props.emails?.length ? this.#topicFor(props) : undefined
    this.dashboard = this.#createDashboard(props)
    saveQueries(this, queries, { folder: 'Repoint', logGroupNames: queried(this.#logGroupNames) })
    saveQueries(this, gatewayQueries, { folder: 'Repoint', logGroupNames: queried(this.#gatewayLogGroupNames) })
  }

  /** Hears of every alarm. */
  get topic(): ITopic {
    this.#topic ??= this.#topicFor(this.#props)
    return this.#topic
  }

  /** For `RdsFrontDoor.alarmActions` and `RdsResourceGateway.alarmActions`. */
  get alarmAction(): IAlarmAction {
    return new SnsAction(this.topic)
  }

  /**
   * A table of what happened to these databases on the dashboard, and their log groups in the saved queries. With more than
   * 50, the most that a query takes, the queries ask which ones.
   * @throws Error for more than 50 at once, and for a front door of another stack that has no `name`
   */
  watch(...doors: readonly RdsFrontDoor[]): void {
    const logGroupNames = doors.map(door => door.logGroupNameFor(this))
    this.#addTable('What happened', logGroupNames, queries['What happened'])
    this.#logGroupNames.push(...logGroupNames)
  }

  /**
   * A row on the dashboard with where the connections through these gateways went, and their access logs in the saved
   * queries, as `watch` does it. @throws Error for more than 50 at once, and for a gateway of another stack without a `name`
   */
  watchGateways(...gateways: readonly RdsResourceGateway[]): void {
    const logGroupNames = gateways.map(gateway => gateway.logGroupNameFor(this))
    this.#addTable('Where the gateways went', logGroupNames, gatewayQueries['Where the gateway went'])
    this.#gatewayLogGroupNames.push(...logGroupNames)
  }

  #addTable(title: string, logGroupNames: string[], lines: readonly string[]): void {
    if (logGroupNames.length > mostLogGroups) {
      throw new Error(`${this.node.path}: a query takes ${mostLogGroups} log groups: watch them in several calls`)
    }
    this.dashboard.addWidgets(queryTable(title, logGroupNames, lines))
  }

  #topicFor({ topic, emails = [], encryptionKey }: FleetOperationsProps): ITopic {
    if (topic) {
      if (emails.length > 0) throw new Error(`${this.node.path}: subscribe the addresses to your own topic`)
      return topic
    }
    const created = new Topic(this, 'Alarms', {
      displayName: 'Repoint alarms',
      enforceSSL: true,
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    })
    // A policy of its own takes the place of the default one, by which alarms of the account may publish.
    created.addToResourcePolicy(letAlarms(['sns:Publish'], created.topicArn))
    encryptionKey?.addToResourcePolicy(letAlarms(['kms:Decrypt', 'kms:GenerateDataKey*'], '*'), true)
    for (const email of emails) created.addSubscription(new EmailSubscription(email))
    return created
  }

  #createDashboard({ name }: FleetOperationsProps): Dashboard {
    const database = dimensions.database
    const everywhere = (title: string, metric: string, statistic: string) => {
      const expression = `SEARCH('{${metricNamespace},${database}} MetricName="${metric}"', '${statistic}', 60)`
      return new GraphWidget({ title, left: [new MathExpression({ expression, label: '' })], width: 12, height: 6 })
    }
    const search = `{${metricNamespace},${database}} MetricName="${metrics.writerHealthy}"`
    const choice = new DashboardVariable({
      id: 'database',
      type: VariableType.PROPERTY,
      value: database,
      inputType: VariableInputType.SELECT,
      label: database,
      values: Values.fromSearch(search, database),
      defaultValue: DefaultValue.FIRST,
    })
    return new Dashboard(this, 'Dashboard', {
      ...(name === undefined ? {} : { dashboardName: `${name}-${Stack.of(this).region}` }),
      defaultInterval: Duration.hours(12),
      variables: [choice],
      widgets: [
        [
          everywhere('Every database: its writer is found healthy', metrics.writerHealthy, 'Minimum'),
          everywhere('Every database: moves that were followed', metrics.repointed, 'Sum'),
        ],
        // The variable takes the place of the name.
        runs('choose one'),
      ],
    })
  }
}

/** With more than a query takes it asks which ones. */
const queried = (logGroupNames: readonly string[]): string[] => {
  const produce = () => (logGroupNames.length > mostLogGroups ? [] : [...logGroupNames])
  return Lazy.list({ produce }, { omitEmpty: true })
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const letAlarms = (actions: string[], resource: string): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions,
    resources: [resource],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  })
