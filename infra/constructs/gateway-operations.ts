import { Duration, Stack } from 'aws-cdk-lib'
import {
  type Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  LogQueryWidget,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { metricNamespace } from '../../functions/reconciler/names.ts'
import { type AlarmOwner, type Conditions, createAlarmsOf } from './alarm.ts'
import { physical } from './front-door-model.ts'
import type { GatewayModel } from './gateway-model.ts'
import { saveQueries } from './queries.ts'

/** Alarms of a resource gateway's access log. Names and sections of docs/runbook.md, as those of the front door. */
export const gatewayAlarmNames = {
  'gateway-not-reaching': 'The gateway takes connections that reach no address of the database',
  'gateway-silent': 'No new connection has come through the gateway for as long as the settings expect',
} as const

/** Of the lines that VpcLatticeResourceAccessLogs has (https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html). */
export const gatewayQueries = {
  'Where the gateway went': [
    'filter ispresent(resourceIpPort)',
    'parse resourceIpPort "*:*" as ip, port',
    'stats count(*) as connections, min(@timestamp) as first, max(@timestamp) as last by ip, resourceConfigurationArn',
    'sort last desc',
  ],
  'Who came through the gateway': [
    'stats count(*) as connections, max(@timestamp) as last by sourceVpcArn, vpcEndpointId',
    'sort connections desc',
  ],
  'Connections through the gateway': [
    'fields @timestamp, sourceIpPort, destinationIpPort, gatewayIpPort, resourceIpPort, vpcEndpointId',
    'sort @timestamp desc',
    'limit 100',
  ],
} as const

export interface GatewayOperationsOptions extends AlarmOwner {
  readonly logGroup: ILogGroup
  /** And saved queries of its own. */
  readonly hasDashboard: boolean
}

/**
 * What an operator sees of a path that has neither health check nor metrics of AWS's: counts of its access log, alarms on
 * them, and on request saved queries and a dashboard.
 *
 * UNCONFIRMED: whether AWS writes a line for a connection that reached nothing, and what stands in it then; here a line
 * without an address in resourceIpPort, or with "-", is taken for one.
 */
export const operateGateway = (
  scope: Construct,
  database: GatewayModel,
  { logGroup, hasDashboard, ...owner }: GatewayOperationsOptions,
): Alarm[] => {
  // Where a metric has no dimensions its namespace tells the databases apart.
  const count = (id: string, pattern: string): Metric =>
    new MetricFilter(scope, id, {
      logGroup,
      filterPattern: FilterPattern.literal(pattern),
      metricNamespace: `${metricNamespace}/gateway/${database.stem}`,
      metricName: id,
      metricValue: '1',
    }).metric({ statistic: 'Sum', period: Duration.minutes(1) })
  const reached = count('GatewayConnections', '{ ($.resourceIpPort = "*") && ($.resourceIpPort != "-") }')
  const lost = count('GatewayNotReached', '{ ($.resourceIpPort NOT EXISTS) || ($.resourceIpPort = "-") }')
  const alarms = createAlarmsOf(scope, owner, {
    names: gatewayAlarmNames,
    conditions: conditionsOf(database, { reached, lost }),
  })
  if (hasDashboard) {
    saveQueries(scope, gatewayQueries, { folder: `Repoint/${database.id}`, logGroupNames: [logGroup.logGroupName] })
    showGateway(scope, database, { alarms, reached, lost, logGroup })
  }
  return alarms
}

/** How long a period of the silence is; CloudWatch looks back a day at most. */
const silentPeriodMinutes = 5

const conditionsOf = (
  { gateway }: GatewayModel,
  { reached, lost }: { reached: Metric; lost: Metric },
): Conditions<keyof typeof gatewayAlarmNames> => {
  const { connectionEveryMinutes } = gateway
  return {
    // A failover itself takes a minute or two, in which connections fail.
    'gateway-not-reaching': { metric: lost, threshold: 1, periods: 4, of: 5 },
    // The log comes up to minutes late, and a period that is late is not the only one.
    'gateway-silent':
      connectionEveryMinutes === undefined
        ? undefined
        : {
            metric: reached.with({ period: Duration.minutes(silentPeriodMinutes) }),
            threshold: 1,
            comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
            periods: Math.ceil(connectionEveryMinutes / silentPeriodMinutes),
            missing: TreatMissingData.BREACHING,
          },
  }
}

interface Shown {
  readonly alarms: readonly Alarm[]
  readonly reached: Metric
  readonly lost: Metric
  readonly logGroup: ILogGroup
}

const showGateway = (scope: Construct, database: GatewayModel, { alarms, reached, lost, logGroup }: Shown): void => {
  new Dashboard(scope, 'GatewayDashboard', {
    ...physical(database, 'dashboardName', it => `repoint-${it.id}-gateway-${Stack.of(scope).region}`),
    defaultInterval: Duration.hours(12),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 })],
      [
        new GraphWidget({
          title: 'New connections through the gateway',
          left: [reached.with({ label: 'Reached the database' }), lost.with({ label: 'Reached nothing' })],
          width: 12,
          height: 6,
        }),
        new LogQueryWidget({
          title: 'Where the gateway went',
          logGroupNames: [logGroup.logGroupName],
          queryLines: [...gatewayQueries['Where the gateway went']],
          width: 12,
          height: 6,
        }),
      ],
    ],
  })
}
