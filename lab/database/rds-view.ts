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
