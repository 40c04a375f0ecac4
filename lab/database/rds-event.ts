import { randomUUID } from 'node:crypto'

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
} as const satisfies Record<string, readonly [string, string, (to: string) => string]>

export type RdsEventName = keyof typeof catalogue

export interface EventSource {
  readonly kind: 'instance' | 'cluster'
  readonly id: string
  readonly arn: string
  readonly account: string
  readonly region: string
}

/** `date` is wall time; it is what `detail.Date` says, while `time` has whole seconds as EventBridge has. */
export const rdsEvent = (source: EventSource, name: RdsEventName, date: Date, to = ''): RdsEvent => {
  const [number, category, message] = catalogue[name]
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': source.kind === 'instance' ? 'RDS DB Instance Event' : 'RDS DB Cluster Event',
    source: 'aws.rds',
    account: source.account,
    time: `${date.toISOString().slice(0, 19)}Z`,
    region: source.region,
    resources: [source.arn],
    detail: {
      EventCategories: [category],
      SourceType: source.kind === 'instance' ? 'DB_INSTANCE' : 'CLUSTER',
      SourceArn: source.arn,
      Date: date.toISOString(),
      Message: message(to),
      SourceIdentifier: source.id,
      EventID: `RDS-EVENT-${number}`,
    },
  }
}
