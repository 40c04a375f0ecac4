import type { AccessLogEntry, NetworkInterface } from '../api/account.ts'
import type { AccountResources } from '../api/resources.ts'
import { type Consumer, openConsumer } from '../consumer/consumer.ts'
import type { RdsView } from '../database/rds-view.ts'
import type { ZoneView } from '../dns/zone.ts'
import * as fixture from '../fixture.ts'
import type { AccessLogs } from '../gateway/access-log.ts'
import { openGateway } from '../gateway/gateway.ts'
import type { GatewaySettings } from '../gateway/gateway-settings.ts'
import type { Closable, LabTime, Network, Timeline } from '../model.ts'
import type { Dialer } from '../nlb/dial.ts'
import { applyParts } from '../template/apply-parts.ts'
import { readConsumerParts } from '../template/consumer-parts.ts'
import type { Template } from '../template/intrinsics.ts'
import type { Part } from '../template/parts.ts'
import { hasFrontDoor, readProviderParts } from '../template/provider-parts.ts'
import type { Side } from '../template/synthesis.ts'

export interface GatewayPathOptions {
  readonly dialer: Dialer
  /** The consumer's VPC. */
  readonly consumerNetwork: Network
  readonly time: LabTime
  readonly timeline: Timeline
  readonly resources: AccountResources
  readonly interfaces: readonly NetworkInterface[]
  readonly databases: RdsView
  readonly zones: readonly ZoneView[]
  readonly ports: readonly number[]
  /** Takes the load balancer away. */
  readonly retire: () => Promise<void>
  readonly gatewaySettings?: Partial<GatewaySettings> | undefined
}

/** Everything that stands beside the load balancer: the gateway's data plane, and the consumer in front of both paths. */
export interface GatewayPath extends Closable {
  readonly consumer: Consumer
  readonly accessLogs: ReadonlyMap<string, readonly AccessLogEntry[]>
  readonly hasFrontDoor: () => boolean
  /** Applies what differs from the template before. @throws Error for a load balancer after its end */
  deploy(side: Side, template: Template): Promise<void>
}

export const openGatewayPath = async (options: GatewayPathOptions): Promise<GatewayPath> => {
  const { dialer, time, timeline, resources, zones } = options
  const logs: AccessLogs = new Map()
  const gateway = openGateway({
    ...{ dialer, timeline, resources, zones, logs, interfaces: options.interfaces, databases: options.databases },
    settings: options.gatewaySettings,
  })
  const consumer = await openConsumer({
    ...{ dialer, time, timeline, resources, gateway, ports: options.ports, network: options.consumerNetwork },
    vpcId: fixture.consumer.vpc.id,
    nodeFor: fixture.nodeFor,
    publicZones: zones,
  })
  const deployed: Record<Side, readonly Part[]> = { provider: [], consumer: [] }
  let hasDoor = true
  const deploy = async (side: Side, template: Template): Promise<void> => {
    const isProvider = side === 'provider'
    if (isProvider && !hasDoor && hasFrontDoor(template)) {
      throw new Error('the load balancer is gone: a new one is another deployment, with other names')
    }
    const parts = isProvider
      ? readProviderParts(template)
      : readConsumerParts(template, resources.resourceConfigurations)
    timeline.record('lab', 'A stack is deployed', { side })
    applyParts(resources, deployed[side], parts)
    deployed[side] = parts
    await consumer.endpoints.follow()
    if (!isProvider || !hasDoor || hasFrontDoor(template)) return
    hasDoor = false
    await options.retire()
  }
  return {
    consumer,
    accessLogs: logs,
    hasFrontDoor: () => hasDoor,
    deploy,
    close: async () => {
      await consumer.close()
      await gateway.close()
    },
  }
}
