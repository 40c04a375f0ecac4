import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'
import type { Reached } from './migration-log.ts'
import { migrationMoments } from './migration-moments.ts'

export const recordLeftovers = (cloud: Cloud): void => {
  const { endpointServices, loadBalancers, listeners, vpcEndpoints, hostedZones, roles } = cloud.resources
  cloud.timeline.record('lab', migrationMoments.left, {
    left: [
      ...endpointServices.map(({ id }) => id),
      ...Object.keys(loadBalancers),
      ...Object.keys(listeners),
      ...vpcEndpoints.filter(({ type }) => type !== 'Resource').map(({ id }) => id),
      ...hostedZones
        .flatMap(({ records = [] }) => records.flatMap(it => it.setIdentifier ?? []))
        .filter(it => it === 'repoint-nlb'),
      ...cloud.wake.rules.map(({ name }) => name),
      ...(cloud.wake.schedule.isGone ? [] : [cloud.wake.schedule.name]),
      ...roles.map(({ arn }) => arn),
    ],
  })
}

/** Which addresses the gateway's connections reached, one after the other, since the play began. */
export const recordAccessLog = (cloud: Cloud, beganMs: number): void => {
  const { time, accessLogs, resources } = cloud
  const wallOffsetMs = Date.now() - time.now() / time.speed
  const isReaders = (arn: string | undefined): boolean =>
    resources.resourceConfigurations.find(it => it.arn === arn)?.customDomainName === fixture.endpoints.readers
  const entries = [...accessLogs.values()].flat().toSorted((a, b) => a.atMs - b.atMs)
  const reached: Reached[] = []
  for (const { atMs, record } of entries) {
    const name = isReaders(record.resourceConfigurationArn) ? 'readers' : 'writer'
    const ip = record.resourceIpPort?.split(':')[0] ?? ''
    const ms = Math.round((atMs - wallOffsetMs) * time.speed - beganMs)
    const index = reached.findLastIndex(it => it.name === name)
    const last = reached[index]
    if (last?.ip === ip) reached[index] = { ...last, connections: last.connections + 1, toMs: ms }
    else reached.push({ name, ip, connections: 1, fromMs: ms, toMs: ms })
  }
  cloud.timeline.record('targets', migrationMoments.accessLog, { records: entries.length, reached })
}
