import * as fixture from '../fixture.ts'
import type { DatabaseNode, LabTime, Timeline } from '../model.ts'
import { type AuroraCluster, createAuroraCluster } from './aurora-cluster.ts'
import { createMultiAzInstance, type MultiAzInstance } from './multi-az-instance.ts'
import type { RdsEvent } from './rds-event.ts'
import type { RdsControl } from './rds-view.ts'

export interface DatabaseParts {
  /** Several nodes may run at once over the one data set. */
  readonly sharesData: boolean
  readonly kind: fixture.DatabaseKind
  /** As RDS calls it. */
  readonly engine: string
  readonly time: LabTime
  readonly timeline: Timeline
}

/** The database of the kind over its nodes, the writer's first. */
export const createDatabase = (
  { kind, engine, sharesData, time, timeline }: DatabaseParts,
  nodes: readonly DatabaseNode[],
  emit: (event: RdsEvent) => void,
): MultiAzInstance | AuroraCluster => {
  const [first, second] = nodes
  if (!first || !second) throw new Error('a database of the lab has two nodes')
  const shared = { id: 'orders', engine, time, timeline, emit }
  const zone = (node: DatabaseNode) => fixture.zoneOf(node.ip) ?? ''
  if (kind === 'instance') {
    const host = (node: DatabaseNode) => ({ node, zone: zone(node) })
    return createMultiAzInstance({
      ...shared,
      endpoint: fixture.endpoints.instance,
      hosts: [host(first), host(second)],
      keepsBlue: sharesData,
      green: fixture.greenHosts.flatMap(ip => nodes.filter(node => node.ip === ip).map(host)),
    })
  }
  const member = (id: string, node: DatabaseNode) => ({
    id,
    node,
    zone: zone(node),
    endpoint: fixture.endpoints.member(id),
  })
  return createAuroraCluster({
    ...shared,
    endpoint: fixture.endpoints.cluster,
    readerEndpoint: fixture.endpoints.readers,
    members: [member('orders-1', first), member('orders-2', second)],
  })
}

/** An order is answered at once; what it sets off goes on, until the lab closes. */
export const controlOf = (database: MultiAzInstance | AuroraCluster): RdsControl => {
  const begin = (work: Promise<void>) => {
    work.catch(() => undefined)
  }
  return {
    reboot: (_id, withFailover) => {
      begin(withFailover ? database.failover() : database.rebootWithoutFailover())
    },
    failOver: (_id, to) => {
      if (database.kind === 'cluster') begin(database.failover(to === undefined ? {} : { to }))
    },
  }
}
