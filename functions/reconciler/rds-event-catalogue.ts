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

// biome-ignore format: a table
export const catalogue: readonly CataloguedEvent[] = [
  // Multi-AZ instances
  { id: 'RDS-EVENT-0013', source: 'instance', watch: 'started', meaning: 'Multi-AZ instance failover started' },
  { id: 'RDS-EVENT-0050', source: 'instance', watch: 'started', meaning: 'Multi-AZ instance activation started' },
  { id: 'RDS-EVENT-0052', source: 'instance', watch: 'started', meaning: 'Multi-AZ instance recovery started' },
  { id: 'RDS-EVENT-0053', source: 'instance', watch: 'started', meaning: 'Multi-AZ instance recovery completed, failover or activation pending' },
  { id: 'RDS-EVENT-0049', source: 'instance', watch: 'completed', meaning: 'Multi-AZ instance failover completed' },
  { id: 'RDS-EVENT-0015', source: 'instance', watch: 'completed', meaning: 'Multi-AZ failover to the standby complete, DNS still propagating' },
  { id: 'RDS-EVENT-0051', source: 'instance', watch: 'completed', meaning: 'Multi-AZ instance activation completed' },
  { id: 'RDS-EVENT-0065', source: 'instance', watch: 'completed', meaning: 'Recovered from a partial failover' },
  { id: 'RDS-EVENT-0034', source: 'instance', watch: 'check', meaning: 'Requested failover abandoned, one happened recently' },
  { id: 'RDS-EVENT-0025', source: 'instance', watch: 'completed', meaning: 'Converted to a Multi-AZ instance' },
  { id: 'RDS-EVENT-0029', source: 'instance', watch: 'completed', meaning: 'Converted to a Single-AZ instance' },
  { id: 'RDS-EVENT-0362', source: 'instance', watch: 'completed', meaning: 'Standby recovered' },

  // Host recovery and replacement, scaling, start and stop
  { id: 'RDS-EVENT-0020', source: 'instance', watch: 'started', meaning: 'Instance recovery started' },
  { id: 'RDS-EVENT-0021', source: 'instance', watch: 'completed', meaning: 'Instance recovery complete' },
  { id: 'RDS-EVENT-0012', source: 'instance', watch: 'started', meaning: 'Instance class change started' },
  { id: 'RDS-EVENT-0014', source: 'instance', watch: 'completed', meaning: 'Instance class change finished' },
  { id: 'RDS-EVENT-0422', source: 'instance', watch: 'started', meaning: 'Host will be replaced for pending maintenance' },
  { id: 'RDS-EVENT-0154', source: 'instance', watch: 'started', meaning: 'Instance is being started, it was stopped for too long' },
  { id: 'RDS-EVENT-0087', source: 'instance', watch: 'restart', meaning: 'Instance stopped' },
  { id: 'RDS-EVENT-0088', source: 'instance', watch: 'completed', meaning: 'Instance started' },
  { id: 'RDS-EVENT-0004', source: 'instance', watch: 'restart', meaning: 'Instance shut down' },
  { id: 'RDS-EVENT-0006', source: 'instance', watch: 'completed', meaning: 'Instance restarted' },
  { id: 'RDS-EVENT-0374', source: 'instance', watch: 'completed', meaning: 'Serverless instance resumed' },
  { id: 'RDS-EVENT-0221', source: 'instance', watch: 'restart', meaning: 'Instance shut down, its storage is full' },
  { id: 'RDS-EVENT-0420', source: 'instance', watch: 'completed', meaning: 'Encryption key can be accessed again' },
  { id: 'RDS-EVENT-0279', source: 'instance', watch: 'check', meaning: 'Promotion of an RDS Custom read replica failed' },
  { id: 'RDS-EVENT-0284', source: 'instance', watch: 'check', meaning: 'RDS Custom instance could not be made highly available' },
  { id: 'RDS-EVENT-0421', source: 'instance', watch: 'check', meaning: 'RDS Custom instance could not be converted to Multi-AZ' },

  // Instance maintenance
  { id: 'RDS-EVENT-0026', source: 'instance', watch: 'restart', meaning: 'Offline patching of the instance started' },
  { id: 'RDS-EVENT-0027', source: 'instance', watch: 'completed', meaning: 'Offline patching of the instance finished' },
  { id: 'RDS-EVENT-0047', source: 'instance', watch: 'completed', meaning: 'Instance patched' },
  { id: 'RDS-EVENT-0178', source: 'instance', watch: 'restart', meaning: 'Instance upgrade in progress' },
  { id: 'RDS-EVENT-0266', source: 'instance', watch: 'restart', meaning: 'Downtime of the instance started' },
  { id: 'RDS-EVENT-0268', source: 'instance', watch: 'completed', meaning: 'Engine version upgrade finished' },
  { id: 'RDS-EVENT-0270', source: 'instance', watch: 'completed', meaning: 'Engine version upgrade failed and was rolled back' },
  { id: 'RDS-EVENT-0188', source: 'instance', watch: 'completed', meaning: 'Instance could not be upgraded and was rolled back' },
  { id: 'RDS-EVENT-0295', source: 'instance', watch: 'restart', meaning: 'Storage configuration upgrade started' },
  { id: 'RDS-EVENT-0296', source: 'instance', watch: 'completed', meaning: 'Storage configuration upgrade completed' },
  { id: 'RDS-EVENT-0306', source: 'instance', watch: 'check', meaning: 'Storage configuration upgrade failed' },
  { id: 'RDS-EVENT-0332', source: 'instance', watch: 'restart', meaning: 'Dedicated log volume disabled' },
  { id: 'RDS-EVENT-0333', source: 'instance', watch: 'restart', meaning: 'Disabling the dedicated log volume started' },
  { id: 'RDS-EVENT-0334', source: 'instance', watch: 'restart', meaning: 'Enabling the dedicated log volume started' },
  { id: 'RDS-EVENT-0335', source: 'instance', watch: 'restart', meaning: 'Dedicated log volume enabled' },

  // The name now means another instance
  { id: 'RDS-EVENT-0005', source: 'instance', watch: 'completed', meaning: 'Instance created' },
  { id: 'RDS-EVENT-0003', source: 'instance', watch: 'completed', meaning: 'Instance deleted' },
  { id: 'RDS-EVENT-0019', source: 'instance', watch: 'completed', meaning: 'Instance restored from another' },
  { id: 'RDS-EVENT-0233', source: 'instance', watch: 'started', meaning: 'Switchover to the read replica started' },

  // The only event documented as "DNS changed". Which source carries it is not, so it is asked of both.
  { id: 'RDS-EVENT-0385', source: 'instance', watch: 'completed', meaning: 'Cluster topology updated, DNS changed' },
  { id: 'RDS-EVENT-0385', source: 'cluster', watch: 'completed', meaning: 'Cluster topology updated, DNS changed' },

  // Clusters: failover, start and stop, names
  { id: 'RDS-EVENT-0072', source: 'cluster', watch: 'started', meaning: 'Failover within the zone started' },
  { id: 'RDS-EVENT-0073', source: 'cluster', watch: 'started', meaning: 'Failover across zones started' },
  { id: 'RDS-EVENT-0071', source: 'cluster', watch: 'completed', meaning: 'Cluster failover completed' },
  { id: 'RDS-EVENT-0069', source: 'cluster', watch: 'check', meaning: 'Cluster failover failed' },
  // A fail-back moves the writer again, while DNS may still name the other node.
  { id: 'RDS-EVENT-0070', source: 'cluster', watch: 'completed', meaning: 'Previous writer is promoted again' },
  { id: 'RDS-EVENT-0150', source: 'cluster', watch: 'restart', meaning: 'Cluster stopped' },
  { id: 'RDS-EVENT-0151', source: 'cluster', watch: 'completed', meaning: 'Cluster started' },
  { id: 'RDS-EVENT-0152', source: 'cluster', watch: 'check', meaning: 'Cluster could not be stopped' },
  { id: 'RDS-EVENT-0153', source: 'cluster', watch: 'started', meaning: 'Cluster is being started, it was stopped for too long' },
  { id: 'RDS-EVENT-0142', source: 'cluster', watch: 'completed', meaning: 'Serverless cluster scaled' },
  { id: 'RDS-EVENT-0148', source: 'cluster', watch: 'completed', meaning: 'Serverless cluster resumed' },
  { id: 'RDS-EVENT-0149', source: 'cluster', watch: 'completed', meaning: 'Serverless cluster scaled, connections interrupted' },
  { id: 'RDS-EVENT-0170', source: 'cluster', watch: 'completed', meaning: 'Cluster created' },
  { id: 'RDS-EVENT-0172', source: 'cluster', watch: 'completed', meaning: 'Cluster renamed' },

  // Clusters: maintenance
  { id: 'RDS-EVENT-0177', source: 'cluster', watch: 'restart', meaning: 'Cluster upgrade in progress' },
  { id: 'RDS-EVENT-0173', source: 'cluster', watch: 'completed', meaning: 'Cluster engine version upgraded' },
  { id: 'RDS-EVENT-0176', source: 'cluster', watch: 'completed', meaning: 'Cluster engine major version upgraded' },
  { id: 'RDS-EVENT-0174', source: 'cluster', watch: 'check', meaning: 'Cluster cannot be upgraded in its state' },
  { id: 'RDS-EVENT-0085', source: 'cluster', watch: 'check', meaning: 'Cluster cannot be upgraded because of an instance' },
  { id: 'RDS-EVENT-0286', source: 'cluster', watch: 'started', meaning: 'Cluster engine upgrade started, cluster stays online' },
  { id: 'RDS-EVENT-0290', source: 'cluster', watch: 'completed', meaning: 'Cluster patched' },
  { id: 'RDS-EVENT-0288', source: 'cluster', watch: 'started', meaning: 'Cluster operating system upgrade starting' },
  { id: 'RDS-EVENT-0289', source: 'cluster', watch: 'completed', meaning: 'Cluster operating system upgrade completed' },
  { id: 'RDS-EVENT-0388', source: 'cluster', watch: 'started', meaning: 'Offline patching in partitions started' },
  { id: 'RDS-EVENT-0386', source: 'cluster', watch: 'completed', meaning: 'Cluster partitioned for patching, online' },
  { id: 'RDS-EVENT-0387', source: 'cluster', watch: 'check', meaning: 'Cluster could not be partitioned for patching' },
  { id: 'RDS-EVENT-0389', source: 'cluster', watch: 'check', meaning: 'Cluster operating system could not be upgraded' },
  { id: 'RDS-EVENT-0413', source: 'cluster', watch: 'started', meaning: 'Cluster pre-upgrade tasks in progress' },
  { id: 'RDS-EVENT-0417', source: 'cluster', watch: 'started', meaning: 'Cluster engine version upgrade started' },
  { id: 'RDS-EVENT-0513', source: 'cluster', watch: 'completed', meaning: 'Cluster volume replaced' },

  // Global databases
  { id: 'RDS-EVENT-0390', source: 'instance', watch: 'started', meaning: 'Writes blocked for a global switchover or failover' },
  { id: 'RDS-EVENT-0391', source: 'instance', watch: 'started', meaning: 'Blocking writes timed out, the global switchover or failover proceeds' },
  { id: 'RDS-EVENT-0181', source: 'cluster', watch: 'started', meaning: 'Global switchover started' },
  { id: 'RDS-EVENT-0182', source: 'cluster', watch: 'started', meaning: 'Global switchover: old primary cluster shut down' },
  { id: 'RDS-EVENT-0183', source: 'cluster', watch: 'started', meaning: 'Global switchover: waiting for data to synchronize' },
  { id: 'RDS-EVENT-0423', source: 'cluster', watch: 'started', meaning: 'Global switchover: waiting for the target to synchronize' },
  { id: 'RDS-EVENT-0184', source: 'cluster', watch: 'completed', meaning: 'Global switchover: new primary cluster promoted' },
  { id: 'RDS-EVENT-0185', source: 'cluster', watch: 'completed', meaning: 'Global switchover finished' },
  { id: 'RDS-EVENT-0186', source: 'cluster', watch: 'check', meaning: 'Global switchover cancelled' },
  { id: 'RDS-EVENT-0187', source: 'cluster', watch: 'check', meaning: 'Global switchover failed' },
  { id: 'RDS-EVENT-0238', source: 'cluster', watch: 'completed', meaning: 'Global failover completed' },
  { id: 'RDS-EVENT-0239', source: 'cluster', watch: 'check', meaning: 'Global failover failed' },
  { id: 'RDS-EVENT-0397', source: 'cluster', watch: 'completed', meaning: 'Global writer endpoint changed in DNS' },

  // Proxies. No event says that a proxy's addresses changed.
  { id: 'RDS-EVENT-0203', source: 'proxy', watch: 'completed', meaning: 'Proxy created' },
  { id: 'RDS-EVENT-0204', source: 'proxy', watch: 'completed', meaning: 'Proxy modified' },
  { id: 'RDS-EVENT-0206', source: 'proxy', watch: 'completed', meaning: 'Proxy endpoint created' },
  { id: 'RDS-EVENT-0207', source: 'proxy', watch: 'completed', meaning: 'Proxy endpoint modified' },

  // Blue/green deployments
  { id: 'RDS-EVENT-0247', source: 'blue-green', watch: 'started', meaning: 'Switchover started' },
  { id: 'RDS-EVENT-0250', source: 'blue-green', watch: 'started', meaning: 'Switchover of the instance started' },
  { id: 'RDS-EVENT-0259', source: 'blue-green', watch: 'started', meaning: 'Switchover of the cluster started' },
  { id: 'RDS-EVENT-0307', source: 'blue-green', watch: 'started', meaning: 'Sequence sync of the instance started' },
  { id: 'RDS-EVENT-0308', source: 'blue-green', watch: 'started', meaning: 'Sequence sync of the instance completed, switchover goes on' },
  { id: 'RDS-EVENT-0311', source: 'blue-green', watch: 'started', meaning: 'Sequence sync of the cluster started' },
  { id: 'RDS-EVENT-0312', source: 'blue-green', watch: 'started', meaning: 'Sequence sync of the cluster completed, switchover goes on' },
  { id: 'RDS-EVENT-0248', source: 'blue-green', watch: 'completed', meaning: 'Switchover completed' },
  { id: 'RDS-EVENT-0251', source: 'blue-green', watch: 'completed', meaning: 'Switchover of the instance completed' },
  { id: 'RDS-EVENT-0260', source: 'blue-green', watch: 'completed', meaning: 'Switchover of the cluster completed' },
  { id: 'RDS-EVENT-0249', source: 'blue-green', watch: 'check', meaning: 'Switchover cancelled' },
  { id: 'RDS-EVENT-0252', source: 'blue-green', watch: 'check', meaning: 'Switchover of the instance cancelled' },
  { id: 'RDS-EVENT-0261', source: 'blue-green', watch: 'check', meaning: 'Switchover of the cluster cancelled' },
  { id: 'RDS-EVENT-0310', source: 'blue-green', watch: 'check', meaning: 'Sequence sync of the instance cancelled' },
  { id: 'RDS-EVENT-0314', source: 'blue-green', watch: 'check', meaning: 'Sequence sync of the cluster cancelled' },
]

/** The ids to ask EventBridge for, for one source. */
export const eventIds = (source: EventSource): string[] =>
  catalogue.filter(event => event.source === source).map(event => event.id)

/** By id alone: an id means the same from every source. */
export const findEvent = (id: string): CataloguedEvent | undefined => catalogue.find(event => event.id === id)
