import type { AccessLogEntry } from '../api/account.ts'
import type { AccessLogSubscription } from '../api/resources.ts'
import type { Closable, LabTime } from '../model.ts'
import { openTimers } from '../time.ts'

/**
 * One connection, with every field that is documented
 * (https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html; `eventTimestamp` stands in its example
 * alone). It has no bytes, no duration and no reason of an end.
 */
export type AccessLogRecord = {
  readonly eventTimestamp: string
  readonly serviceNetworkArn: string
  readonly serviceNetworkResourceAssociationId: string
  readonly vpcEndpointId: string
  readonly sourceVpcArn: string
  readonly resourceConfigurationArn: string
  readonly protocol: 'tcp'
  readonly sourceIpPort: string
  readonly destinationIpPort: string
  readonly gatewayIpPort: string
  readonly resourceIpPort: string
}

/** By the name of the log group. */
export type AccessLogs = Map<string, AccessLogEntry[]>

export interface AccessLogOptions {
  readonly time: LabTime
  readonly delayMs: number
  readonly subscriptions: () => readonly AccessLogSubscription[]
  readonly logs: AccessLogs
}

/** UNCONFIRMED: what stands in the service network's fields of a connection through a resource endpoint. */
const none = '-'

export type Seen = Omit<
  AccessLogRecord,
  'eventTimestamp' | 'serviceNetworkArn' | 'serviceNetworkResourceAssociationId' | 'protocol'
>

/**
 * Writes a record into every log group that is subscribed to the configuration, late. UNCONFIRMED: whether the record is
 * of a connection's beginning or of its end (here: its beginning), and whether one that failed has any (here: none).
 */
export const openAccessLog = ({ time, delayMs, subscriptions, logs }: AccessLogOptions): AccessLog => {
  const timers = openTimers(time)
  return {
    write: (seen, subscribedArn) => {
      const atMs = Date.now()
      const record: AccessLogRecord = {
        eventTimestamp: new Date(atMs).toISOString(),
        serviceNetworkArn: none,
        serviceNetworkResourceAssociationId: none,
        ...seen,
        protocol: 'tcp',
      }
      for (const { destinationArn } of subscriptions().filter(({ resourceArn }) => resourceArn === subscribedArn)) {
        timers.after(delayMs, () => {
          const name = logGroupOf(destinationArn)
          const events = logs.get(name) ?? []
          events.push({ atMs, record })
          logs.set(name, events)
        })
      }
    },
    close: async () => timers.clear(),
  }
}

export interface AccessLog extends Closable {
  /** `subscribedArn`: a child's connections are in the log of the configuration that it belongs to. */
  write(seen: Seen, subscribedArn: string): void
}

/** `arn:aws:logs:region:account:log-group:NAME`, with `:*` behind it or not. */
const logGroupOf = (arn: string): string => arn.split(':')[6] ?? arn
