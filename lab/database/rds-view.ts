import type { LabTime, Timeline } from '../model.ts'
import type { RdsEvent } from './rds-event.ts'

/** What a database of RDS is made with, of whichever kind. */
export interface RdsOptions {
  readonly id: string
  /** As RDS calls it. */
  readonly engine: string
  readonly endpoint: string
  readonly time: LabTime
  readonly timeline: Timeline
  readonly emit: (event: RdsEvent) => void
}

/** How the RDS API shows a database. */
export interface InstanceView {
  readonly id: string
  readonly arn: string
  readonly engine: string
  readonly status: string
  readonly multiAz: boolean
  readonly zone: string
  readonly secondaryZone?: string
  /** Absent while the instance is being created. */
  readonly endpoint?: string
  readonly port: number
  readonly clusterId?: string
}

export interface ClusterView {
  readonly id: string
  readonly arn: string
  readonly engine: string
  readonly status: string
  readonly endpoint: string
  readonly readerEndpoint: string
  readonly port: number
  readonly members: readonly { readonly instanceId: string; readonly isWriter: boolean }[]
}

export interface RdsView {
  instances(): readonly InstanceView[]
  clusters(): readonly ClusterView[]
}

/** What RDS lets an operator do to a database. Both answer at once and go on by themselves. */
export interface RdsControl {
  reboot(id: string, withFailover: boolean): void
  failOver(clusterId: string, to: string | undefined): void
}
