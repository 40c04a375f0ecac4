import type { Driver } from '../client/connection.ts'
import { connectMariadb } from '../client/mariadb-driver.ts'
import { connectPostgres } from '../client/postgres-driver.ts'
import type { Database, DatabaseOptions, Engine, Replication } from '../database/database.ts'
import { openPglite } from '../database/pglite/pglite-database.ts'
import { openClusterDatabase } from '../database/servers/cluster-database.ts'
import { openInstanceDatabase } from '../database/servers/instance-database.ts'
import { findMariadb, MariadbServer } from '../database/servers/mariadb-server.ts'
import { findPostgres, PostgresServer } from '../database/servers/postgres-server.ts'
import type { DatabaseKind } from '../fixture.ts'

export interface EngineChoice {
  readonly kind: DatabaseKind
  /** PGlite by default. */
  readonly engine?: Engine
  /** Of a cluster of real servers; synchronous by default. */
  readonly replication?: Replication
}

export const isInstalled = (engine: Engine): boolean =>
  engine === 'pglite' || (engine === 'postgres' ? findPostgres() : findMariadb()) !== undefined

/** As RDS calls it. */
export const rdsEngineOf = ({ kind, engine }: EngineChoice): string => {
  // No DB cluster of RDS runs MariaDB: it stands in for MySQL there.
  if (kind === 'cluster') return engine === 'mariadb' ? 'aurora-mysql' : 'aurora-postgresql'
  return engine === 'mariadb' ? 'mariadb' : 'postgres'
}

export const driverOf = (engine: Engine): Driver => (engine === 'mariadb' ? connectMariadb : connectPostgres)

/** @throws Error where the server is not installed */
export const openEngine = async (choice: EngineChoice, options: DatabaseOptions): Promise<Database> => {
  const { kind, engine = 'pglite', replication = 'synchronous' } = choice
  if (engine === 'pglite') return openPglite(options)
  const { certificate } = options
  const open = (place: { readonly serverId?: number } = {}) =>
    engine === 'postgres' ? PostgresServer.open(certificate) : MariadbServer.open({ ...place, certificate })
  if (kind === 'cluster') {
    return openClusterDatabase({ ...options, engine, replication, openServer: at => open({ serverId: at + 1 }) })
  }
  const server = await open()
  await server.initialise()
  return openInstanceDatabase({ ...options, engine, server })
}
