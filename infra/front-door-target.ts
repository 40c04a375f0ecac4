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

/** What the function is told about the database; every text may be a token. */
export interface BoundTarget {
  readonly kind: 'instance' | 'cluster' | 'proxy' | 'hostname'
  readonly id: string
  readonly arn?: string
  readonly endpoint: string
  readonly port: number
  readonly engine: FrontDoorEngine
}

/**
 * What a front door leads to.
 *
 * @example
 * FrontDoorTarget.instance(database)
 * FrontDoorTarget.cluster(cluster)
 * FrontDoorTarget.proxy(proxy, 5432, 'postgres')
 * FrontDoorTarget.hostname('orders', 'db.example.com', 5432, 'postgres')
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

  /** An Aurora or a Multi-AZ DB cluster. */
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
    }))
  }

  static proxy(proxy: IDatabaseProxy, port: number, engine: FrontDoorEngine): FrontDoorTarget {
    const { dbProxyName: id, dbProxyArn: arn, endpoint } = proxy
    return new FrontDoorTarget(() => ({ kind: 'proxy', id, arn, endpoint, port, engine }))
  }

  /** Anything with a name. RDS says nothing about it: the schedule alone finds its moves. */
  static hostname(id: string, endpoint: string, port: number, engine: FrontDoorEngine): FrontDoorTarget {
    return new FrontDoorTarget(() => ({ kind: 'hostname', id, endpoint, port, engine }))
  }

  readonly #bind: () => BoundTarget

  private constructor(bind: () => BoundTarget) {
    this.#bind = bind
  }

  /** @internal */
  bind(): BoundTarget {
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
