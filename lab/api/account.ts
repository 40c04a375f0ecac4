import type { RdsEvent } from '../database/rds-event.ts'
import type { RdsControl, RdsView } from '../database/rds-view.ts'
import type { EventSink } from '../events/put-events.ts'
import type { TargetGroup } from '../model.ts'
import type { FlowSeries } from '../nlb/flow-series.ts'
import type { Operations } from '../operations/operations.ts'
import type { AccountResources } from './resources.ts'

/** What the API shows besides what the state machines own. */
export interface Account {
  readonly id: string
  readonly region: string
  /** Networks of the target groups' VPC. */
  readonly vpc: { readonly id: string; readonly cidrs: readonly string[] }
  readonly targetGroups: readonly TargetGroup[]
  readonly loadBalancers: readonly LoadBalancer[]
  readonly interfaces: readonly NetworkInterface[]
  readonly databases: RdsView
  /** Of resources, by ARN. */
  readonly tags?: Map<string, Map<string, string>>
  readonly events: EventSink
  /** Takes orders for the databases. Without it the API refuses them. */
  readonly control?: RdsControl
  /** What RDS remembers of its events, oldest first. */
  readonly rdsEvents?: () => readonly RdsEvent[]
  /** Networks, parameter groups, endpoints, roles: what no state machine moves. Without it the API shows none. */
  readonly resources?: AccountResources
  /** Function, rules, schedule, alarms and logs of a deployed stack. Without it there are none. */
  readonly operations?: Pick<Operations, 'functions' | 'wake' | 'alarms' | 'logs'>
  /** Delivered access log records of a log group, oldest first; `undefined` for a group that does not exist. */
  readonly accessLogs?: (logGroup: string) => readonly AccessLogEntry[] | undefined
  /** What CloudWatch counts. A data plane writes into the same series: `series.opened(Date.now())`. */
  readonly flows?: Flows
  /** From ChangeResourceRecordSets to INSYNC: milliseconds of the wall clock. At once where it is absent. */
  readonly route53ChangeMs?: number
}

export interface AccessLogEntry {
  /** Epoch milliseconds of the connection. */
  readonly atMs: number
  readonly record: Readonly<Record<string, string>>
}

export interface Flows {
  /** By the endpoint's id; `undefined` before its first connection. Gone endpoints keep theirs. */
  readonly endpoint: (endpointId: string) => FlowSeries | undefined
  /** By the load balancer's ARN. */
  readonly loadBalancer: (arn: string) => FlowSeries | undefined
}

export interface LoadBalancer {
  readonly arn: string
  readonly name: string
  readonly dnsName: string
  readonly zones: readonly string[]
  readonly listeners: readonly Listener[]
}

export interface Listener {
  readonly arn: string
  readonly port: number
  /** The target groups that it forwards to. */
  readonly weights: () => readonly Weight[]
  readonly setWeights: (weights: readonly Weight[]) => void
}

export interface Weight {
  readonly targetGroupArn: string
  readonly weight: number
}

/** RDS's interfaces carry no instance identifier, only `RDSNetworkInterface` and `amazon-rds`. */
export interface NetworkInterface {
  readonly id: string
  readonly ip: string
  readonly zone: string
  readonly subnetId: string
  readonly requesterId: string
  readonly securityGroupIds?: readonly string[]
  readonly description: string
}
