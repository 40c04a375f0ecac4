import { createTable } from '../client/writes-table.ts'
import type { AuroraCluster } from '../database/aurora-cluster.ts'
import { issueCertificate } from '../database/certificate.ts'
import { createDatabase } from '../database/create-database.ts'
import { type Database, openDatabase } from '../database/database.ts'
import type { MultiAzInstance } from '../database/multi-az-instance.ts'
import type { RdsEvent } from '../database/rds-event.ts'
import { type Bus, type BusEvent, openBus } from '../events/bus.ts'
import * as fixture from '../fixture.ts'
import type { Closable, LabTime, Network, Timeline } from '../model.ts'
import type { Address } from '../network.ts'
import { opening } from './opening.ts'

export interface RdsOptions {
  readonly kind: fixture.DatabaseKind
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
  /** What RDS remembers of its events, oldest first. */
  readonly events: readonly RdsEvent[]
}

/** Wherever the database of the kind may run. */
export const databaseAddresses = (kind: fixture.DatabaseKind): Address[] => {
  const spares = kind === 'instance' ? [fixture.spareHost] : []
  return [...fixture.hosts[kind], ...spares].map(ip => ({ ip, port: fixture.port }))
}

export const openRds = ({ kind, time, timeline, network, nodes }: RdsOptions): Promise<Rds> =>
  opening(async keep => {
    const { account, region, endpoints } = fixture
    const names = [endpoints[kind], endpoints.cluster, endpoints.readers, endpoints.member('*')]
    const storage = keep(await openDatabase({ network, nodes, certificate: await issueCertificate(names) }))
    await createTable(storage.dataSet)
    const bus = keep(openBus({ time, timeline, account, region }))
    const events: RdsEvent[] = []
    const emit = (event: RdsEvent) => {
      events.push(event)
      bus.send(event as unknown as BusEvent)
    }
    const database = keep(createDatabase({ kind, time, timeline }, storage.nodes, emit))
    return { storage, database, bus, events }
  })
