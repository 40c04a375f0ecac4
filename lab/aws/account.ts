import type { TargetGroup } from '../model.ts'
import type { RdsView } from '../rds/view.ts'

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
  readonly events: EventSink
}

export interface LoadBalancer {
  readonly arn: string
  readonly name: string
  readonly dnsName: string
  readonly zones: readonly string[]
  readonly listeners: readonly { readonly arn: string; readonly port: number; readonly targetGroupArn: string }[]
}

/** RDS's interfaces carry no instance identifier, only `RDSNetworkInterface` and `amazon-rds`. */
export interface NetworkInterface {
  readonly id: string
  readonly ip: string
  readonly zone: string
  readonly subnetId: string
  readonly requesterId: string
  readonly description: string
}

/** One entry of PutEvents, and what became of it. */
export interface PutEntry {
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
  readonly EventBusName?: string
  readonly Resources?: readonly string[]
  readonly Time?: number
}

export type PutResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string }

export interface EventSink {
  put(entry: PutEntry): PutResult
}
