import type { Driver } from '../client/connection.ts'
import { connectMariadb } from '../client/mariadb-driver.ts'
import { connectPostgres } from '../client/postgres-driver.ts'
import type { Database, DatabaseOptions, Engine, Replication } from '../database/database.ts'
import { openPglite } from '../database/pglite/pglite-database.ts'
import { openClusterDatabase } from '../database/servers/cluster-database.ts'
import { openInstanceDatabase } from '../database/servers/instance-database.ts'
import { findMariadb, MariadbServer } from '../database/servers/mariadb-server.ts'
import { findPostgres, PostgresServer } from '../database/servers/postgres-server.ts'
import { freeEnd } from '../database/servers/server.ts'
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
  if (kind === 'cluster') return 'aurora-postgresql'
  return engine === 'mariadb' ? 'mariadb' : 'postgres'
}

export const driverOf = (engine: Engine): Driver => (engine === 'mariadb' ? connectMariadb : connectPostgres)

/** @throws Error where the server is not installed, or cannot be what is asked for */
export const openEngine = async (choice: EngineChoice, options: DatabaseOptions): Promise<Database> => {
  const { kind, engine = 'pglite', replication = 'synchronous' } = choice
  if (engine === 'pglite') return openPglite(options)
  if (engine === 'postgres') {
    if (kind === 'cluster') return openClusterDatabase({ ...options, replication })
    const server = await PostgresServer.open(options.certificate)
    await server.initialise()
    return openInstanceDatabase({ ...options, engine, server })
  }
  if (kind === 'cluster') throw new Error('MariaDB is a Multi-AZ instance in this lab, not a cluster')
  const server = await MariadbServer.open(options.certificate)
  await server.initialise(await freeEnd('127.0.0.1'))
  return openInstanceDatabase({ ...options, engine, server })
}
