import { CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { RegionInfo } from 'aws-cdk-lib/region-info'
import type { Construct } from 'constructs'
import { metrics } from '../../functions/reconciler/names.ts'
import type { Watched } from './alarms.ts'
import { physical } from './front-door-model.ts'
import { type LoadBalancerNames, loadBalancerMetric, repointMetric, targetGroupMetric } from './metrics.ts'
import { queries, queryTable } from './queries.ts'

const times: readonly string[] = [metrics.timeToRegistered, metrics.timeToHealthy]

/** Whatever else the function counts is an end that a run can have. */
const ends = Object.values(metrics).filter(
  name => !times.includes(name) && name !== metrics.reportNotPublished && name !== metrics.writerHealthy,
)

const half = { width: 12, height: 6 }

/** What the function itself counts and times. */
export const runs = (databaseId: string): IWidget[] => [
  new GraphWidget({
    title: 'How runs ended',
    stacked: true,
    left: ends.map(name => repointMetric(databaseId, name, { statistic: 'Sum', label: name })),
    right: [repointMetric(databaseId, metrics.writerHealthy, { statistic: 'Maximum', label: 'Writer healthy' })],
    ...half,
  }),
  new GraphWidget({
    title: 'From the event to registered and to healthy',
    left: times.map(name => repointMetric(databaseId, name, { statistic: 'Maximum', label: name })),
    ...half,
  }),
]

export const createDashboard = (
  scope: Construct,
  watched: Watched,
  alarms: readonly IAlarm[],
  logGroupName: string,
): Dashboard => {
  const { id } = watched.database
  return new Dashboard(scope, 'Dashboard', {
    // Dashboards are of the account, whatever the Region.
    ...physical(watched.database, 'dashboardName', it => `repoint-${it.id}-${Stack.of(scope).region}`),
    defaultInterval: Duration.hours(12),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 })],
      ...(watched.loadBalancer ? loadBalancerRows(watched.loadBalancer, watched.database) : []),
      runs(id),
      [
        new GraphWidget({
          title: 'Function',
          left: [
            watched.lambda.metricErrors({ label: 'Errors' }),
            watched.lambda.metricThrottles({ label: 'Throttles (a watch is running)' }),
          ],
          right: [watched.lambda.metricDuration({ statistic: 'Maximum', label: 'Longest run' })],
          ...half,
        }),
        new GraphWidget({
          title: 'Events under way',
          left: [watched.lambda.metric('AsyncEventAge', { statistic: 'Maximum', label: 'Oldest event' })],
          right: [
            watched.deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'Dead letters' }),
            repointMetric(id, metrics.reportNotPublished, { statistic: 'Sum', label: 'Reports not published' }),
          ],
          ...half,
        }),
      ],
      [queryTable('Where the writer was', [logGroupName], queries['Where the writer was'])],
      [queryTable('What happened', [logGroupName], queries['What happened'])],
    ],
  })
}

export const linkTo = (scope: Construct, { dashboardName }: Dashboard): void => {
  const { region } = Stack.of(scope)
  const console = consoles[RegionInfo.get(region).partition ?? 'aws']
  if (console === undefined) return
  new CfnOutput(scope, 'DashboardLink', {
    value: `https://${region}.${console}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`,
  })
}

/**
 * Of each partition; elsewhere there is no link
 * (https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-endpoints.html,
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html; the European Sovereign Cloud's is the one
 * that AWS's own command line opens, and was not visited).
 */
const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
}

const loadBalancerRows = (
  names: LoadBalancerNames,
  { frontDoor: { strategy }, shared }: Watched['database'],
): IWidget[][] => {
  const graph = (title: string, metricNames: readonly string[]) =>
    new GraphWidget({
      title: shared ? `${title} of every database behind the load balancer` : title,
      left: metricNames.map(name => loadBalancerMetric(names, name, { statistic: 'Sum', label: name })),
      width: 8,
      height: 6,
    })
  const health = new GraphWidget({ title: titles[strategy], left: healthLines(names), width: 8, height: 6 })
  return [
    [
      health,
      graph('Resets', ['TCP_ELB_Reset_Count', 'TCP_Target_Reset_Count', 'TCP_Client_Reset_Count']),
      graph('Flows', ['NewFlowCount', 'UnhealthyRoutingFlowCount', 'PortAllocationErrorCount']),
    ],
  ]
}

const titles = {
  swap: 'Targets',
  standby: 'Targets (one of the pair is always unhealthy)',
  weighted: 'Targets by slot (the writer’s alone has weight)',
} as const

const healthLines = (names: LoadBalancerNames): IMetric[] => {
  const { targetGroups, readers } = names
  const lines = targetGroups.flatMap((group, index) => {
    const slot = targetGroups.length > 1 ? ` in slot ${index + 1}` : ''
    return [
      targetGroupMetric(names, group, 'HealthyHostCount', { statistic: 'Minimum', label: `Healthy${slot}` }),
      targetGroupMetric(names, group, 'UnHealthyHostCount', { statistic: 'Maximum', label: `Unhealthy${slot}` }),
    ]
  })
  if (readers === undefined) return lines
  return [
    ...lines,
    targetGroupMetric(names, readers, 'HealthyHostCount', { statistic: 'Minimum', label: 'Healthy readers' }),
  ]
}
