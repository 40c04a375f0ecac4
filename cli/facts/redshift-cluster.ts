import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { NotListedError } from './database.ts'
import { type Gathered, none } from './gathered.ts'

/** In Redshift's own words; what it leaves out is `undefined`. */
export interface RedshiftClusterFacts {
  readonly nodeType: string | undefined
  /** Whether it may move to another zone. */
  readonly relocation: string | undefined
  readonly multiAz: string | undefined
  readonly port: number | undefined
}

/** The provisioned cluster whose managed endpoints the settings grant. */
export const gatherRedshiftCluster = async (
  clients: Clients,
  { redshift: granted }: Pick<DatabaseSettings, 'redshift'>,
): Promise<Gathered<RedshiftClusterFacts>> => {
  if (granted === undefined) return none('The settings grant no managed endpoint of Redshift.')
  const { clusterIdentifier } = granted
  return attempt(async () => {
    const redshift = await clients.redshift()
    const { Clusters: [cluster] = [] } = await redshift.describeClusters({ ClusterIdentifier: clusterIdentifier })
    if (cluster === undefined) throw new NotListedError(`Redshift did not list ${clusterIdentifier}.`)
    return {
      nodeType: cluster.NodeType,
      relocation: cluster.AvailabilityZoneRelocationStatus,
      multiAz: cluster.MultiAZ,
      port: cluster.Endpoint?.Port,
    }
  })
}
