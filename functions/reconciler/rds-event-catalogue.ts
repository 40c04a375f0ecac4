import type { Watch } from './core/model.ts'

/**
 * Every RDS event that can move, restart, or fail to move a writer; alerts that announce none of these are left out.
 * Infra builds its event patterns from this table, so nothing else lives here. Texts and classes:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html and the same page of the Aurora guide.
 */

/** What emits the event. A global database's events come as cluster events. */
export type EventSource = 'instance' | 'cluster' | 'proxy' | 'blue-green'

export interface CataloguedEvent {
  readonly id: string
  readonly source: EventSource
  readonly meaning: string
  readonly watch: Watch
}

/** The detail-type that EventBridge carries for each source. */
export const detailTypes = {
  instance: 'RDS DB Instance Event',
  cluster: 'RDS DB Cluster Event',
  proxy: 'RDS DB Proxy Event',
  'blue-green': 'RDS Blue Green Deployment Event',
} as const satisfies Record<EventSource, string>

/** The number of the id, what emits it, how long to look, what it says. */
type Row = readonly [number: string, source: EventSource, watch: Watch, meaning: string]

// biome-ignore format: a table
const rows: readonly Row[] = [
  // Multi-AZ instances
  ['0013', 'instance', 'started', 'Multi-AZ instance failover started'],
  ['0050', 'instance', 'started', 'Multi-AZ instance activation started'],
  ['0052', 'instance', 'started', 'Multi-AZ instance recovery started'],
  ['0053', 'instance', 'started', 'Multi-AZ instance recovery completed, failover or activation pending'],
  ['0049', 'instance', 'completed', 'Multi-AZ instance failover completed'],
  ['0015', 'instance', 'completed', 'Multi-AZ failover to the standby complete, DNS still propagating'],
  ['0051', 'instance', 'completed', 'Multi-AZ instance activation completed'],
  ['0065', 'instance', 'completed', 'Recovered from a partial failover'],
  ['0034', 'instance', 'check', 'Requested failover abandoned, one happened recently'],
  ['0025', 'instance', 'completed', 'Converted to a Multi-AZ instance'],
  ['0029', 'instance', 'completed', 'Converted to a Single-AZ instance'],
  ['0362', 'instance', 'completed', 'Standby recovered'],

  // Host recovery and replacement, scaling, start and stop
  ['0020', 'instance', 'started', 'Instance recovery started'],
  ['0021', 'instance', 'completed', 'Instance recovery complete'],
  ['0012', 'instance', 'started', 'Instance class change started'],
  ['0014', 'instance', 'completed', 'Instance class change finished'],
  ['0422', 'instance', 'started', 'Host will be replaced for pending maintenance'],
  ['0154', 'instance', 'started', 'Instance is being started, it was stopped for too long'],
  ['0087', 'instance', 'restart', 'Instance stopped'],
  ['0088', 'instance', 'completed', 'Instance started'],
  ['0004', 'instance', 'restart', 'Instance shut down'],
  ['0006', 'instance', 'completed', 'Instance restarted'],
  ['0374', 'instance', 'completed', 'Serverless instance resumed'],
  ['0221', 'instance', 'restart', 'Instance shut down, its storage is full'],
  ['0420', 'instance', 'completed', 'Encryption key can be accessed again'],
  ['0279', 'instance', 'check', 'Promotion of an RDS Custom read replica failed'],
  ['0284', 'instance', 'check', 'RDS Custom instance could not be made highly available'],
  ['0421', 'instance', 'check', 'RDS Custom instance could not be converted to Multi-AZ'],

  // Instance maintenance
  ['0026', 'instance', 'restart', 'Offline patching of the instance started'],
  ['0027', 'instance', 'completed', 'Offline patching of the instance finished'],
  ['0047', 'instance', 'completed', 'Instance patched'],
  ['0178', 'instance', 'restart', 'Instance upgrade in progress'],
  ['0266', 'instance', 'restart', 'Downtime of the instance started'],
  ['0268', 'instance', 'completed', 'Engine version upgrade finished'],
  ['0270', 'instance', 'completed', 'Engine version upgrade failed and was rolled back'],
  ['0188', 'instance', 'completed', 'Instance could not be upgraded and was rolled back'],
  ['0295', 'instance', 'restart', 'Storage configuration upgrade started'],
  ['0296', 'instance', 'completed', 'Storage configuration upgrade completed'],
  ['0306', 'instance', 'check', 'Storage configuration upgrade failed'],
  ['0332', 'instance', 'restart', 'Dedicated log volume disabled'],
  ['0333', 'instance', 'restart', 'Disabling the dedicated log volume started'],
  ['0334', 'instance', 'restart', 'Enabling the dedicated log volume started'],
  ['0335', 'instance', 'restart', 'Dedicated log volume enabled'],

  // The name now means another instance
  ['0005', 'instance', 'completed', 'Instance created'],
  ['0003', 'instance', 'completed', 'Instance deleted'],
  ['0019', 'instance', 'completed', 'Instance restored from another'],
  ['0233', 'instance', 'started', 'Switchover to the read replica started'],

  // The only event documented as "DNS changed". Which source carries it is not, so it is asked of both.
  ['0385', 'instance', 'completed', 'Cluster topology updated, DNS changed'],
  ['0385', 'cluster', 'completed', 'Cluster topology updated, DNS changed'],

  // Clusters: failover, start and stop, names
  ['0072', 'cluster', 'started', 'Failover within the zone started'],
  ['0073', 'cluster', 'started', 'Failover across zones started'],
  ['0071', 'cluster', 'completed', 'Cluster failover completed'],
  ['0069', 'cluster', 'check', 'Cluster failover failed'],
  // A fail-back moves the writer again, while DNS may still name the other node.
  ['0070', 'cluster', 'completed', 'Previous writer is promoted again'],
  ['0150', 'cluster', 'restart', 'Cluster stopped'],
  ['0151', 'cluster', 'completed', 'Cluster started'],
  ['0152', 'cluster', 'check', 'Cluster could not be stopped'],
  ['0153', 'cluster', 'started', 'Cluster is being started, it was stopped for too long'],
  ['0142', 'cluster', 'completed', 'Serverless cluster scaled'],
  ['0148', 'cluster', 'completed', 'Serverless cluster resumed'],
  ['0149', 'cluster', 'completed', 'Serverless cluster scaled, connections interrupted'],
  ['0170', 'cluster', 'completed', 'Cluster created'],
  ['0172', 'cluster', 'completed', 'Cluster renamed'],

  // Clusters: maintenance
  ['0177', 'cluster', 'restart', 'Cluster upgrade in progress'],
  ['0173', 'cluster', 'completed', 'Cluster engine version upgraded'],
  ['0176', 'cluster', 'completed', 'Cluster engine major version upgraded'],
  ['0174', 'cluster', 'check', 'Cluster cannot be upgraded in its state'],
  ['0085', 'cluster', 'check', 'Cluster cannot be upgraded because of an instance'],
  ['0286', 'cluster', 'started', 'Cluster engine upgrade started, cluster stays online'],
  ['0290', 'cluster', 'completed', 'Cluster patched'],
  ['0288', 'cluster', 'started', 'Cluster operating system upgrade starting'],
  ['0289', 'cluster', 'completed', 'Cluster operating system upgrade completed'],
  ['0388', 'cluster', 'started', 'Offline patching in partitions started'],
  ['0386', 'cluster', 'completed', 'Cluster partitioned for patching, online'],
  ['0387', 'cluster', 'check', 'Cluster could not be partitioned for patching'],
  ['0389', 'cluster', 'check', 'Cluster operating system could not be upgraded'],
  ['0413', 'cluster', 'started', 'Cluster pre-upgrade tasks in progress'],
  ['0417', 'cluster', 'started', 'Cluster engine version upgrade started'],
  ['0513', 'cluster', 'completed', 'Cluster volume replaced'],

  // Global databases
  ['0390', 'instance', 'started', 'Writes blocked for a global switchover or failover'],
  ['0391', 'instance', 'started', 'Blocking writes timed out, the global switchover or failover proceeds'],
  ['0181', 'cluster', 'started', 'Global switchover started'],
  ['0182', 'cluster', 'started', 'Global switchover: old primary cluster shut down'],
  ['0183', 'cluster', 'started', 'Global switchover: waiting for data to synchronize'],
  ['0423', 'cluster', 'started', 'Global switchover: waiting for the target to synchronize'],
  ['0184', 'cluster', 'completed', 'Global switchover: new primary cluster promoted'],
  ['0185', 'cluster', 'completed', 'Global switchover finished'],
  ['0186', 'cluster', 'check', 'Global switchover cancelled'],
  ['0187', 'cluster', 'check', 'Global switchover failed'],
  ['0238', 'cluster', 'completed', 'Global failover completed'],
  ['0239', 'cluster', 'check', 'Global failover failed'],
  ['0397', 'cluster', 'completed', 'Global writer endpoint changed in DNS'],

  // Proxies. No event says that a proxy's addresses changed.
  ['0203', 'proxy', 'completed', 'Proxy created'],
  ['0204', 'proxy', 'completed', 'Proxy modified'],
  ['0206', 'proxy', 'completed', 'Proxy endpoint created'],
  ['0207', 'proxy', 'completed', 'Proxy endpoint modified'],

  // Blue/green deployments
  ['0247', 'blue-green', 'started', 'Switchover started'],
  ['0250', 'blue-green', 'started', 'Switchover of the instance started'],
  ['0259', 'blue-green', 'started', 'Switchover of the cluster started'],
  ['0307', 'blue-green', 'started', 'Sequence sync of the instance started'],
  ['0308', 'blue-green', 'started', 'Sequence sync of the instance completed, switchover goes on'],
  ['0311', 'blue-green', 'started', 'Sequence sync of the cluster started'],
  ['0312', 'blue-green', 'started', 'Sequence sync of the cluster completed, switchover goes on'],
  ['0248', 'blue-green', 'completed', 'Switchover completed'],
  ['0251', 'blue-green', 'completed', 'Switchover of the instance completed'],
  ['0260', 'blue-green', 'completed', 'Switchover of the cluster completed'],
  ['0249', 'blue-green', 'check', 'Switchover cancelled'],
  ['0252', 'blue-green', 'check', 'Switchover of the instance cancelled'],
  ['0261', 'blue-green', 'check', 'Switchover of the cluster cancelled'],
  ['0310', 'blue-green', 'check', 'Sequence sync of the instance cancelled'],
  ['0314', 'blue-green', 'check', 'Sequence sync of the cluster cancelled'],
]

export const catalogue: readonly CataloguedEvent[] = rows.map(([number, source, watch, meaning]) => ({
  id: `RDS-EVENT-${number}`,
  source,
  watch,
  meaning,
}))

/** The ids to ask EventBridge for, for one source. */
export const eventIds = (source: EventSource): string[] =>
  catalogue.filter(event => event.source === source).map(event => event.id)

/** By id alone: an id means the same from every source. */
export const findEvent = (id: string): CataloguedEvent | undefined => catalogue.find(event => event.id === id)
