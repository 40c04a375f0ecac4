import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { redshiftErrors } from './errors/service-errors.ts'
import { type Actions, text } from './query-protocol.ts'

/** What doctor reads of a cluster (https://docs.aws.amazon.com/redshift/latest/APIReference/API_Cluster.html). */
export const redshiftActions = (account: Account): Actions => ({
  DescribeClusters: parameters => {
    const asked = text(parameters.ClusterIdentifier) ?? ''
    const found = account.resources?.redshiftClusters.find(({ id }) => id === asked)
    if (!found) throw new ApiFailure(redshiftErrors.clusterNotFound, asked)
    const { id, nodeType, relocation, multiAz, port } = found
    const Cluster = {
      ClusterIdentifier: id,
      NodeType: nodeType,
      AvailabilityZoneRelocationStatus: relocation,
      MultiAZ: multiAz,
      Endpoint: { Port: port },
    }
    return { result: { Clusters: { Cluster } }, brief: { nodeType, relocation, multiAz } }
  },
})
