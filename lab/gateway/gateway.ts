import type { Socket } from 'node:net'
import type { NetworkInterface } from '../api/account.ts'
import type { AccountResources, ResourceConfiguration, ResourceGateway } from '../api/resources.ts'
import type { RdsView } from '../database/rds-view.ts'
import { resolveIn, type ZoneView } from '../dns/zone.ts'
import * as fixture from '../fixture.ts'
import type { Closable, Timeline } from '../model.ts'
import { type Dialer, type Dialled, dial } from '../nlb/dial.ts'
import { Pipe } from '../nlb/pipe.ts'
import { type AccessLogs, openAccessLog } from './access-log.ts'
import { defaultGatewaySettings, type GatewaySettings } from './gateway-settings.ts'
import { whoDrops } from './security-groups.ts'
import { type NamedTarget, targetOf } from './target.ts'

export interface GatewayOptions {
  readonly dialer: Dialer
  readonly timeline: Timeline
  readonly resources: AccountResources
  /** Who owns which address of the provider's VPC. */
  readonly interfaces: readonly NetworkInterface[]
  readonly databases: RdsView
  /** How names resolve on the provider's side. */
  readonly zones: readonly ZoneView[]
  readonly logs: AccessLogs
  readonly settings?: Partial<GatewaySettings> | undefined
}

/** A connection that has come in at a resource endpoint. */
export interface Arrival {
  readonly client: Socket
  readonly endpointId: string
  readonly vpcId: string
  /** Where in the consumer's VPC it came in. */
  readonly destination: { readonly ip: string; readonly port: number }
  readonly configurationArn: string
  readonly onEnd: () => void
}

export interface Gateway extends Closable {
  /** Takes the connection to what its configuration names now. */
  take(arrival: Arrival): Pipe
}

/**
 * The data plane of the account's resource gateways: no health checks, no balancing. Each new connection is taken to
 * where the configuration's name leads at that moment, if the security groups let it through; else it times out.
 */
export const openGateway = (options: GatewayOptions): Gateway => {
  const { dialer, timeline, resources, interfaces, databases, zones, logs } = options
  const settings = { ...defaultGatewaySettings, ...options.settings }
  const { time } = dialer
  const accessLog = openAccessLog({
    ...{ time, logs, delayMs: settings.accessLogDelayMs },
    subscriptions: () => resources.accessLogSubscriptions,
  })
  const answers = new Map<string, { readonly ip: string; readonly atMs: number }>()
  const recordChange = changes(timeline)

  const resolve = (name: string): string | undefined => {
    const kept = answers.get(name)
    if (kept && time.now() - kept.atMs < settings.keepsAnswerMs) return kept.ip
    const [ip] = resolveIn(zones, name)?.addresses ?? []
    if (ip !== undefined) answers.set(name, { ip, atMs: time.now() })
    return ip
  }

  const reach = async (arrival: Arrival, signal: AbortSignal): Promise<Dialled> => {
    const { resourceConfigurations, resourceGateways } = resources
    const configuration = resourceConfigurations.find(({ arn }) => arn === arrival.configurationArn)
    const gateway = resourceGateways.find(({ id }) => id === configuration?.gatewayId)
    const target = configuration && targetOf(configuration, databases)
    const ip = target && resolve(target.name)
    if (!configuration || !gateway || !target || ip === undefined) {
      return giveUp({ ip: arrival.destination.ip, port: arrival.destination.port }, signal)
    }
    const from = { ip: addressOf(gateway, arrival), groupIds: gateway.securityGroupIds }
    const to = { ip, groupIds: interfaces.find(it => it.ip === ip)?.securityGroupIds ?? [] }
    const droppedBy = whoDrops(resources, { from, to, port: target.port })
    recordChange(target, ip, droppedBy)
    if (droppedBy !== undefined) return giveUp({ ip, port: target.port }, signal)
    const dialled = await dial({ ip, port: target.port }, settings.connectTimeoutMs, dialer, signal)
    if (dialled.outcome === 'connected') log(arrival, configuration, { from: from.ip, ip, target, dialled })
    return dialled
  }

  /** Packets are dropped: nobody answers, and nobody refuses. */
  const giveUp = (nowhere: { ip: string; port: number }, signal: AbortSignal): Promise<Dialled> =>
    dial(nowhere, settings.connectTimeoutMs, { ...dialer, isReachable: () => false }, signal)

  const log = (
    { client, endpointId, vpcId, destination, configurationArn }: Arrival,
    configuration: ResourceConfiguration,
    path: { from: string; ip: string; target: NamedTarget; dialled: Dialled & { outcome: 'connected' } },
  ) => {
    const subscribed = resources.resourceConfigurations.find(({ id }) => id === configuration.groupId)
    accessLog.write(
      {
        vpcEndpointId: endpointId,
        sourceVpcArn: `arn:aws:ec2:${fixture.region}:${fixture.account}:vpc/${vpcId}`,
        resourceConfigurationArn: configurationArn,
        sourceIpPort: `${fixture.consumer.client.ip}:${client.remotePort ?? 0}`,
        destinationIpPort: `${destination.ip}:${destination.port}`,
        gatewayIpPort: `${path.from}:${path.dialled.socket.localPort ?? 0}`,
        resourceIpPort: `${path.ip}:${path.target.port}`,
      },
      subscribed?.arn ?? configurationArn,
    )
  }

  return {
    take: arrival =>
      new Pipe({
        client: arrival.client,
        reach: signal => reach(arrival, signal),
        time,
        idleTimeoutMs: settings.idleTimeoutMs,
        passesTargetReset: settings.whenTargetResets === 'passes-on',
        onEnd: arrival.onEnd,
      }),
    close: accessLog.close,
  }
}

/** The gateway's interface in the zone of the endpoint's; any other where it has none there. */
const addressOf = ({ subnetIds }: ResourceGateway, { destination }: Arrival): string => {
  const addresses = subnetIds.map(fixture.gatewayAddress)
  return addresses.find(ip => ip.split('.')[2] === destination.ip.split('.')[2]) ?? addresses[0] ?? ''
}

/** Records in the timeline where connections go, and what drops them, when it becomes another. */
const changes = (timeline: Timeline) => {
  const shown = new Map<string, string>()
  return ({ name }: NamedTarget, ip: string, droppedBy: 'egress' | 'ingress' | undefined): void => {
    const now = `${ip} ${droppedBy}`
    if (shown.get(name) === now) return
    shown.set(name, now)
    if (droppedBy === undefined) timeline.record('targets', 'The gateway takes new connections there', { name, ip })
    else timeline.record('targets', 'A security group drops the gateway’s connections', { name, ip, rules: droppedBy })
  }
}
