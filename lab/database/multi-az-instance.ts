import { delays } from '../delays.ts'
import type { ZoneView } from '../dns/zone.ts'
import * as fixture from '../fixture.ts'
import type { Closable, DatabaseNode } from '../model.ts'
import { type EventSource, type RdsEventName, rdsEvent } from './rds-event.ts'
import type { InstanceView, RdsOptions, RdsView } from './rds-view.ts'
import { openCourse } from './timetable.ts'

export interface MultiAzOptions extends RdsOptions {
  /** The writer first, then the standby. */
  readonly hosts: readonly [Host, Host]
  /** Those of the other environment of a blue/green deployment, its writer first. */
  readonly green?: readonly Host[]
  /** After a switchover the former writer goes on to answer reads. */
  readonly keepsBlue?: boolean
}

export interface Host {
  readonly node: DatabaseNode
  readonly zone: string
}

export interface InstanceFailover {
  /** Scenario milliseconds from the writer's silence to the DNS change. */
  readonly dnsFlipMs?: number
}

export interface MultiAzInstance extends Closable {
  readonly kind: 'instance'
  readonly arn: string
  readonly zoneView: ZoneView
  readonly rdsView: RdsView
  readonly writer: () => Host
  /** Makes the standby the writer, and back again when called a second time. Ends with the completed event. */
  failover(options?: InstanceFailover): Promise<void>
  /** Restarts the writer where it is. Ends with the restarted event. */
  rebootWithoutFailover(): Promise<void>
  /**
   * Switches a blue/green deployment over. Ends with the completed event.
   * @throws Error without another environment
   */
  switchOver(): Promise<void>
  /** Everything in the zone stops answering, and RDS fails over by itself where the writer was there. */
  loseZone(zone: string): Promise<void>
  /** It answers again: what was the writer there is the standby. */
  restoreZone(zone: string): Promise<void>
  /** Another host is the standby from now on; the old one's address is given back. */
  replaceStandby(host: Host): void
}

/**
 * A Multi-AZ DB instance: two hosts of which one listens. The order of events and the DNS change follow a published log
 * of a real failover (see `delays`). The failed writer is fenced: it drops packets until it is back as the standby, which
 * does not listen.
 */
export const createMultiAzInstance = (options: MultiAzOptions): MultiAzInstance => {
  const { id, engine, endpoint, time, timeline, emit } = options
  let { hosts } = options
  let green = options.green ?? []
  let generation = 0
  const lostZones = new Set<string>()
  const arn = fixture.rdsArn('db', id)
  const source: EventSource = { kind: 'instance', id, arn }
  const course = openCourse(time)
  let writer: Host = hosts[0]
  let dnsHost: Host = hosts[0]
  let apiHost: Host = hosts[0]
  let status = 'available'

  const standby = (): Host => (writer === hosts[0] ? hosts[1] : hosts[0])
  const announce = (name: RdsEventName, to?: string, from: EventSource = source) => {
    const event = rdsEvent(from, name, new Date(), to)
    timeline.record('rds', event.detail.Message, { eventId: event.detail.EventID })
    emit(event)
  }
  const setStatus = (next: string) => {
    if (next !== status) timeline.record('rds', 'Status changed', { status: next })
    status = next
  }

  const failover = async ({ dnsFlipMs = delays.multiAzDnsFlip.value }: InstanceFailover = {}): Promise<void> => {
    const [from, to] = [writer, standby()]
    const stop = async () => {
      if (!lostZones.has(from.zone)) {
        timeline.record('rds', 'The writer stops answering', { ip: from.node.ip, zone: from.zone })
      }
      await from.node.become('fenced')
      setStatus('rebooting')
    }
    const rejoin = () => {
      // A second failover may have made it the writer again.
      if (writer !== from && !lostZones.has(from.zone)) from.node.become('silent').catch(() => undefined)
      setStatus('available')
    }
    const promote = async () => {
      await to.node.become('writer')
      writer = to
      timeline.record('rds', 'The standby is the writer', { ip: to.node.ip, zone: to.zone })
    }
    const pointDns = () => {
      timeline.record('dns', 'The endpoint points elsewhere', { name: endpoint, ip: to.node.ip })
      dnsHost = to
    }
    course.later(delays.multiAzAvailable.value, rejoin)
    course.later(delays.multiAzZoneLag.value, () => {
      apiHost = writer
    })
    await course.run([
      [0, stop],
      [delays.multiAzStartedEvent.value, () => announce('failoverStarted')],
      [delays.multiAzHostReady.value, promote],
      [delays.multiAzRestartedEvent.value, () => announce('restarted')],
      [dnsFlipMs, pointDns],
      [delays.multiAzCompletedEvent.value, () => announce('failoverCompleted')],
    ])
  }

  const rebootWithoutFailover = async (): Promise<void> => {
    const host = writer
    const stop = async () => {
      timeline.record('rds', 'The writer restarts', { ip: host.node.ip })
      await host.node.become('silent')
      setStatus('rebooting')
    }
    await course.run([
      [0, stop],
      [delays.rebootShutdownEvent.value, () => announce('shutdown')],
      [delays.rebootDuration.value, () => host.node.become('writer')],
      [delays.rebootRestartedEvent.value, () => announce('restarted')],
      [delays.rebootRestartedEvent.value, () => setStatus('available')],
    ])
  }

  /**
   * The order is that of "Switchover actions"; AWS gives no times for instances (see `delays`). Not modelled: the green
   * environment's creation and replication (it has caught up), guardrails, a switchover that is cancelled.
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-switching.html
   */
  const switchOver = async (): Promise<void> => {
    const [next, nextStandby] = green
    if (!next || !nextStandby) throw new Error(`${id} has no green environment`)
    generation += 1
    const [greenName, oldName] = [`${id}-green-1a2b3${generation}`, `${id}-old${generation}`]
    const names = `${id} to ${greenName}`
    const deploymentId = `bgd-0lab000000000000${generation}`
    const deployment: EventSource = {
      ...{ kind: 'blue-green', id: deploymentId, arn: fixture.rdsArn('deployment', deploymentId) },
    }
    const [blue, blueStandby] = [writer, standby()]
    const stop = async () => {
      timeline.record('rds', 'Blue and green drop their connections', { blue: blue.node.ip, green: next.node.ip })
      announce('switchoverStarted', names, deployment)
      announce('switchoverOfPrimaryStarted', names, deployment)
      // UNCONFIRMED which status the instance shows; RDS takes no orders about it meanwhile.
      setStatus('modifying')
      await blue.node.become('silent')
      // What an earlier switchover left there has been deleted.
      for (const { node } of green) await node.become('silent')
    }
    const accept = async () => {
      await next.node.become('writer')
      writer = next
      timeline.record('rds', 'The green environment is the writer', { ip: next.node.ip, zone: next.zone })
      // "the previous production primary DB instance only allows read operations until it is rebooted": it goes on to
      // answer on its old address. A real server has one data directory here, and cannot.
      if (options.keepsBlue) {
        await blue.node.become('reader')
        timeline.record('rds', 'The old blue environment reads on', { ip: blue.node.ip })
      }
    }
    const rename = () => {
      timeline.record('dns', 'The endpoint points elsewhere', { name: endpoint, ip: next.node.ip })
      dnsHost = next
      apiHost = next
      hosts = [next, nextStandby]
      green = [blue, blueStandby]
      announce(
        'switchoverOfPrimaryCompleted',
        `${names} completed. Renamed ${id} to ${oldName} and ${greenName} to ${id}.`,
        deployment,
      )
      setStatus('available')
    }
    await course.run([
      [0, stop],
      [delays.blueGreenAccepts.value, accept],
      [delays.blueGreenRenamed.value, rename],
      [delays.blueGreenCompletedEvent.value, () => announce('switchoverCompleted', '', deployment)],
    ])
  }

  /** Not modelled: the load balancer's own node in the zone. The lab's load balancer is met at one address, which stays. */
  const loseZone = async (zone: string): Promise<void> => {
    lostZones.add(zone)
    timeline.record('rds', 'A zone stops answering', { zone })
    for (const { node } of hosts.filter(host => host.zone === zone)) await node.become('fenced')
    if (writer.zone !== zone) return
    await course.sleep(delays.zoneLossNoticed.value)
    await failover()
  }

  const restoreZone = async (zone: string): Promise<void> => {
    lostZones.delete(zone)
    timeline.record('rds', 'The zone answers again', { zone })
    for (const host of hosts) if (host.zone === zone && host !== writer) await host.node.become('silent')
  }

  const describe = (): InstanceView => {
    const other = apiHost === hosts[0] ? hosts[1] : hosts[0]
    return {
      id,
      arn,
      engine,
      status,
      multiAz: true,
      zone: apiHost.zone,
      secondaryZone: other.zone,
      endpoint,
      port: writer.node.port,
    }
  }

  return {
    kind: 'instance',
    arn,
    writer: () => writer,
    failover,
    rebootWithoutFailover,
    switchOver,
    loseZone,
    restoreZone,
    replaceStandby: host => {
      timeline.record('rds', 'The standby is replaced', { from: standby().node.ip, to: host.node.ip })
      hosts = [writer, host]
    },
    rdsView: { instances: () => [describe()], clusters: () => [] },
    zoneView: {
      lookup: name =>
        name === endpoint
          ? { type: 'A', addresses: [dnsHost.node.ip], ttlSeconds: delays.dnsTtl.value / 1000 }
          : undefined,
    },
    close: course.close,
  }
}
