import { delays } from '../delays.ts'
import type { ZoneRecord, ZoneView } from '../dns/zone.ts'
import * as fixture from '../fixture.ts'
import type { Closable, DatabaseNode } from '../model.ts'
import { type ClusterFailover, dnsFlips } from './dns-flips.ts'
import { type EventSource, type RdsEventName, rdsEvent } from './rds-event.ts'
import type { RdsOptions, RdsView } from './rds-view.ts'
import { type Entry, openCourse } from './timetable.ts'

export interface Member {
  readonly id: string
  /** The instance's own endpoint; its address stays through a failover. */
  readonly endpoint: string
  readonly node: DatabaseNode
  readonly zone: string
}

export interface AuroraOptions extends RdsOptions {
  readonly readerEndpoint: string
  /** The writer first. */
  readonly members: readonly [Member, Member, ...Member[]]
}

export interface AuroraCluster extends Closable {
  readonly kind: 'cluster'
  readonly arn: string
  readonly zoneView: ZoneView
  readonly rdsView: RdsView
  readonly writer: () => Member
  /** Promotes the next member, or the one named. Ends with the completed event, or when the DNS has settled. */
  failover(options?: ClusterFailover & { readonly to?: string }): Promise<void>
  /** Restarts the writer where it is. Ends with the restarted event. */
  rebootWithoutFailover(): Promise<void>
}

/**
 * An Aurora cluster: every member has its own endpoint and address, and the cluster endpoint is a CNAME to the writer's.
 * The old writer comes back as a reader on the same address and accepts connections, so a TCP health check calls it
 * healthy. Order and times follow published logs (see `delays`).
 */
export const createAuroraCluster = (options: AuroraOptions): AuroraCluster => {
  const { id, engine, endpoint, readerEndpoint, members, time, timeline, emit } = options
  const arn = fixture.rdsArn('cluster', id)
  const clusterSource: EventSource = { kind: 'cluster', id, arn }
  const arnOf = (member: Member) => fixture.rdsArn('db', member.id)
  const sourceOf = (member: Member): EventSource => ({ kind: 'instance', id: member.id, arn: arnOf(member) })
  const course = openCourse(time)
  const statuses = new Map(members.map(member => [member.id, 'available']))
  let writer: Member = members[0]
  let dnsWriter: Member = members[0]
  let apiWriter: Member = members[0]
  let clusterStatus = 'available'

  const announce = (source: EventSource, name: RdsEventName, to?: string) => {
    const event = rdsEvent(source, name, new Date(), to)
    timeline.record('rds', event.detail.Message, { source: source.id, eventId: event.detail.EventID })
    emit(event)
  }
  const become = async (member: Member, role: Parameters<DatabaseNode['become']>[0], what: string) => {
    timeline.record('rds', what, { instance: member.id, ip: member.node.ip })
    await member.node.become(role)
  }
  const pointDnsAt = (member: Member) => () => {
    if (member === dnsWriter) return
    timeline.record('dns', 'The endpoint points elsewhere', { name: endpoint, to: member.id, ip: member.node.ip })
    dnsWriter = member
  }

  const failover: AuroraCluster['failover'] = async (wish = {}) => {
    const from = writer
    const to = members.find(member => (wish.to ? member.id === wish.to : member !== from))
    if (!to || to === from) throw new Error(`${wish.to ?? 'nobody'} cannot become the writer of ${id}`)
    const started = from.zone === to.zone ? 'clusterFailoverStartedSameZone' : 'clusterFailoverStarted'
    const stop = async () => {
      await become(from, 'silent', 'The old writer refuses connections')
      await become(to, 'starting', 'The new writer restarts')
      announce(sourceOf(to), 'shutdown')
    }
    const promote = async () => {
      await become(to, 'writer', 'The new writer accepts writes')
      writer = to
    }
    clusterStatus = 'failing-over'
    course.later(delays.auroraWriterFlagLag.value, () => {
      apiWriter = writer
      timeline.record('rds', 'DescribeDBClusters names the new writer', { writer: writer.id })
    })
    course.later(delays.auroraAvailable.value, () => {
      clusterStatus = 'available'
    })
    await course.run([
      [0, () => announce(clusterSource, started, to.id)],
      [delays.auroraRefused.value, stop],
      [delays.auroraStarting.value, () => become(from, 'starting', 'The old writer starts again')],
      [delays.auroraOldWriterReads.value, () => become(from, 'reader', 'The old writer is back as a reader')],
      [delays.auroraNewWriterReady.value, promote],
      [delays.auroraNewWriterRestartedEvent.value, () => announce(sourceOf(to), 'restarted')],
      ...dnsFlips(wish).map((flip): Entry => [flip.atMs, pointDnsAt(flip.to === 'new' ? to : from)]),
      [delays.auroraOldWriterRestartedEvent.value, () => announce(sourceOf(from), 'restarted')],
      [delays.auroraCompletedEvent.value, () => announce(clusterSource, 'clusterFailoverCompleted', to.id)],
    ])
  }

  const rebootWithoutFailover = async (): Promise<void> => {
    const member = writer
    await course.run([
      [0, () => become(member, 'silent', 'The writer restarts')],
      [0, () => void statuses.set(member.id, 'rebooting')],
      [delays.rebootShutdownEvent.value, () => announce(sourceOf(member), 'shutdown')],
      [delays.rebootDuration.value, () => member.node.become('writer')],
      [delays.rebootRestartedEvent.value, () => announce(sourceOf(member), 'restarted')],
      [delays.rebootRestartedEvent.value, () => void statuses.set(member.id, 'available')],
    ])
  }

  const ttlSeconds = delays.dnsTtl.value / 1000
  const reader = () => members.find(member => member !== dnsWriter) ?? dnsWriter
  const lookup = (name: string): ZoneRecord | undefined => {
    if (name === endpoint) return { type: 'CNAME', target: dnsWriter.endpoint, ttlSeconds }
    if (name === readerEndpoint) return { type: 'CNAME', target: reader().endpoint, ttlSeconds }
    const member = members.find(candidate => candidate.endpoint === name)
    return member && { type: 'A', addresses: [member.node.ip], ttlSeconds }
  }

  return {
    kind: 'cluster',
    arn,
    writer: () => writer,
    failover,
    rebootWithoutFailover,
    zoneView: { lookup },
    rdsView: {
      instances: () =>
        members.map(member => ({
          id: member.id,
          arn: arnOf(member),
          engine,
          status: statuses.get(member.id) ?? 'available',
          multiAz: false,
          zone: member.zone,
          endpoint: member.endpoint,
          port: member.node.port,
          clusterId: id,
        })),
      clusters: () => [
        {
          id,
          arn,
          engine,
          status: clusterStatus,
          endpoint,
          readerEndpoint,
          port: members[0].node.port,
          members: members.map(member => ({ instanceId: member.id, isWriter: member === apiWriter })),
        },
      ],
    },
    close: course.close,
  }
}
