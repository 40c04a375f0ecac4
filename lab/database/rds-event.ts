import { randomUUID } from 'node:crypto'
import * as fixture from '../fixture.ts'

/** An EventBridge event as RDS sends it. */
export interface RdsEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: 'aws.rds'
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: {
    readonly EventCategories: readonly string[]
    readonly SourceType: string
    readonly SourceArn: string
    readonly Date: string
    readonly Message: string
    readonly SourceIdentifier: string
    readonly EventID: string
  }
}

/**
 * Identifier, category and text of the events that the lab's databases emit, as printed in
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html and the Aurora guide. The newer
 * logs say "Completed customer initiated failover to DB instance: X".
 */
const catalogue = {
  failoverStarted: ['0013', 'failover', () => 'Multi-AZ instance failover started.'],
  failoverCompleted: ['0049', 'failover', () => 'Multi-AZ instance failover completed.'],
  shutdown: ['0004', 'availability', () => 'DB instance shutdown.'],
  restarted: ['0006', 'availability', () => 'DB instance restarted.'],
  clusterFailoverStartedSameZone: [
    '0072',
    'failover',
    (to: string) => `Started same AZ failover to DB instance: ${to}.`,
  ],
  clusterFailoverStarted: ['0073', 'failover', (to: string) => `Started cross AZ failover to DB instance: ${to}.`],
  clusterFailoverCompleted: [
    '0071',
    'failover',
    (to: string) => `Completed customer initiated failover to DB instance: ${to}`,
  ],
  switchoverStarted: ['0247', 'notification', (names: string) => `Switchover from ${names} started.`],
  switchoverOfPrimaryStarted: ['0250', 'notification', (names: string) => `Switchover from primary ${names} started.`],
  switchoverOfPrimaryCompleted: ['0251', 'notification', (names: string) => `Switchover from primary ${names}`],
  switchoverCompleted: ['0248', 'notification', () => 'Switchover completed on blue/green deployment.'],
} as const satisfies Record<string, readonly [string, string, (to: string) => string]>

/**
 * As captured: the detail-type and SourceType of `bgd-…` deployments too
 * (https://github.com/Aimably/aimablyverticalautoscaling, test fixtures).
 */
const sources = {
  instance: ['RDS DB Instance Event', 'DB_INSTANCE'],
  cluster: ['RDS DB Cluster Event', 'CLUSTER'],
  'blue-green': ['RDS Blue Green Deployment Event', 'BLUE_GREEN_DEPLOYMENT'],
} as const

export type RdsEventName = keyof typeof catalogue

export interface EventSource {
  /** A deployment has an id of its own, and its events name no database but in their text. */
  readonly kind: keyof typeof sources
  readonly id: string
  readonly arn: string
}

/** `date` is wall time; it is what `detail.Date` says, while `time` has whole seconds as EventBridge has. */
export const rdsEvent = (source: EventSource, name: RdsEventName, date: Date, to = ''): RdsEvent => {
  const [number, category, message] = catalogue[name]
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': sources[source.kind][0],
    source: 'aws.rds',
    account: fixture.account,
    time: `${date.toISOString().slice(0, 19)}Z`,
    region: fixture.region,
    resources: [source.arn],
    detail: {
      EventCategories: [category],
      SourceType: sources[source.kind][1],
      SourceArn: source.arn,
      Date: date.toISOString(),
      Message: message(to),
      SourceIdentifier: source.id,
      EventID: `RDS-EVENT-${number}`,
    },
  }
}
