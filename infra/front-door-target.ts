import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { IDatabaseCluster, IDatabaseInstance, IDatabaseProxy } from 'aws-cdk-lib/aws-rds'

/** The engine where CDK does not know it, and the names of `repoint.json`. */
export type FrontDoorEngine =
  | 'postgres'
  | 'aurora-postgresql'
  | 'mysql'
  | 'aurora-mysql'
  | 'mariadb'
  | 'sqlserver'
  | 'oracle'
  | 'db2'
  | 'redshift'
  | 'other'

/** What the function is told about the database; every text may be a token. */
export interface FrontDoorDatabase {
  /** Anything that RDS does not know is a `hostname`. */
  readonly kind: 'instance' | 'cluster' | 'proxy' | 'hostname'
  /** The database's identifier; a proxy's name. */
  readonly id: string
  /** Not with kind `hostname`. */
  readonly arn?: string
  /** The name that clients connect to; a cluster's writer endpoint. */
  readonly endpoint: string
  /** Of the database. */
  readonly port: number
  /** Decides health checks and warnings. */
  readonly engine: FrontDoorEngine
  /** A cluster's instances, whose own events wake the function too; `orders-*` names several. */
  readonly members?: readonly string[]
}

/**
 * What a front door leads to.
 *
 * @example
 * FrontDoorTarget.instance(database)
 * FrontDoorTarget.cluster(cluster)
 * FrontDoorTarget.proxy(proxy, 5432, 'postgres')
 * FrontDoorTarget.hostname('orders', 'db.example.com', 5432, 'postgres')
 * FrontDoorTarget.of({ kind: 'instance', id: 'orders', arn, endpoint, port: 5432, engine: 'postgres' })
 */
export class FrontDoorTarget {
  /** An instance, of this app or imported. Its engine is asked for where it was imported without one. */
  static instance(database: IDatabaseInstance, engine?: FrontDoorEngine): FrontDoorTarget {
    return new FrontDoorTarget(() => ({
      kind: 'instance',
      id: database.instanceIdentifier,
      arn: database.instanceArn,
      endpoint: database.dbInstanceEndpointAddress,
      port: database.instanceEndpoint.port,
      engine: engineOf(engine, database.engine?.engineType),
    }))
  }

  /** An Aurora or a Multi-AZ DB cluster. Instances that the app does not know are those that are named like the cluster. */
  static cluster(cluster: IDatabaseCluster, engine?: FrontDoorEngine): FrontDoorTarget {
    return new FrontDoorTarget(() => ({
      kind: 'cluster',
      id: cluster.clusterIdentifier,
      arn: Stack.of(cluster).formatArn({
        service: 'rds',
        resource: 'cluster',
        resourceName: cluster.clusterIdentifier,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      endpoint: cluster.clusterEndpoint.hostname,
      port: cluster.clusterEndpoint.port,
      engine: engineOf(engine, cluster.engine?.engineType),
      // Of an imported cluster CDK knows them only where the app says them.
      members: cluster.instanceIdentifiers ?? [],
    }))
  }

  /** An RDS Proxy, by the port and the engine of its database. */
  static proxy(proxy: IDatabaseProxy, port: number, engine: FrontDoorEngine): FrontDoorTarget {
    const { dbProxyName: id, dbProxyArn: arn, endpoint } = proxy
    return new FrontDoorTarget(() => ({ kind: 'proxy', id, arn, endpoint, port, engine }))
  }

  /** Anything with a name. RDS says nothing about it: the schedule alone finds its moves. */
  static hostname(id: string, endpoint: string, port: number, engine: FrontDoorEngine): FrontDoorTarget {
    return new FrontDoorTarget(() => ({ kind: 'hostname', id, endpoint, port, engine }))
  }

  /** A database that no CDK object describes. */
  static of(database: FrontDoorDatabase): FrontDoorTarget {
    return new FrontDoorTarget(() => database)
  }

  readonly #bind: () => FrontDoorDatabase

  private constructor(bind: () => FrontDoorDatabase) {
    this.#bind = bind
  }

  /** @internal */
  bind(): FrontDoorDatabase {
    return this.#bind()
  }
}

const engineOf = (given: FrontDoorEngine | undefined, known: string | undefined): FrontDoorEngine => {
  const name = given ?? known?.replace(/^custom-/, '').replace(/^(sqlserver|oracle|db2)-.*$/, '$1')
  if (name === undefined) {
    throw new Error(
      'The engine of the database is not known to CDK: name it, for example FrontDoorTarget.instance(database, "postgres")',
    )
  }
  return name as FrontDoorEngine
}
