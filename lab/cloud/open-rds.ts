import { createTable } from '../client/writes-table.ts'
import type { AuroraCluster } from '../database/aurora-cluster.ts'
import { issueCertificate } from '../database/certificate.ts'
import { createDatabase } from '../database/create-database.ts'
import type { Database } from '../database/database.ts'
import type { MultiAzInstance } from '../database/multi-az-instance.ts'
import type { RdsEvent } from '../database/rds-event.ts'
import { type Bus, type BusEvent, openBus } from '../events/bus.ts'
import * as fixture from '../fixture.ts'
import type { Closable, LabTime, Network, Timeline } from '../model.ts'
import type { Address } from '../network.ts'
import { type EngineChoice, openEngine, rdsEngineOf } from './open-engine.ts'
import { opening } from './opening.ts'

export interface OpenRdsOptions extends EngineChoice {
  readonly time: LabTime
  readonly timeline: Timeline
  readonly network: Network
  readonly nodes: readonly Address[]
}

/** The database and what RDS makes of it: who is the writer, under which name, and the events that say so. */
export interface Rds extends Closable {
  readonly storage: Database
  readonly database: MultiAzInstance | AuroraCluster
  readonly bus: Bus
  /** The writer runs and holds the application's table; the others of a cluster read. */
  start(): Promise<void>
  /** What RDS remembers of its events, oldest first. */
  readonly events: readonly RdsEvent[]
}

/** Wherever the database of the kind may run. */
export const databaseAddresses = (kind: fixture.DatabaseKind): Address[] => {
  const spares = kind === 'instance' ? [fixture.spareHost, ...fixture.greenHosts] : []
  return [...fixture.hosts[kind], ...spares].map(ip => ({ ip, port: fixture.port }))
}

export const openRds = ({ time, timeline, network, nodes, ...choice }: OpenRdsOptions): Promise<Rds> =>
  opening(async keep => {
    const { endpoints } = fixture
    const { kind } = choice
    const onFault = (error: unknown) => timeline.record('lab', 'The database failed', { error: String(error) })
    const names = [endpoints[kind], endpoints.cluster, endpoints.readers, endpoints.member('*')]
    const storage = keep(
      await openEngine(choice, { network, nodes, certificate: await issueCertificate(names), onFault }),
    )
    const bus = keep(openBus(time, timeline))
    const events: RdsEvent[] = []
    const emit = (event: RdsEvent) => {
      events.push(event)
      bus.send(event as unknown as BusEvent)
    }
    const database = keep(
      createDatabase(
        { kind, time, timeline, engine: rdsEngineOf(choice), sharesData: storage.engine === 'pglite' },
        storage.nodes,
        emit,
      ),
    )
    const start = async () => {
      const [writer, ...others] = storage.nodes
      await writer?.become('writer')
      await createTable(storage.rows)
      if (kind === 'cluster') for (const other of others) await other.become('reader')
    }
    return { storage, database, bus, events, start }
  })
