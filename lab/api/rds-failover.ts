import type { ClusterView, InstanceView, RdsControl } from '../database/rds-view.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { rdsErrors } from './errors/rds-errors.ts'
import { type Actions, text } from './query-protocol.ts'
import { describeCluster, describeInstance } from './rds.ts'

/** RebootDBInstance and FailoverDBCluster, with the refusals of the real ones. */
export const rdsFailoverActions = (account: Account): Actions => ({
  RebootDBInstance: parameters => {
    const instance = findInstance(account, text(parameters.DBInstanceIdentifier))
    const withFailover = text(parameters.ForceFailover) === 'true'
    if (instance.status !== 'available') {
      throw new ApiFailure(rdsErrors.instanceNotAvailable, instance.id)
    }
    if (withFailover && !instance.multiAz) {
      throw new ApiFailure(rdsErrors.noFailover)
    }
    control(account).reboot(instance.id, withFailover)
    return {
      result: { DBInstance: describeInstance({ ...instance, status: 'rebooting' }) },
      brief: { instance: instance.id, withFailover },
    }
  },
  FailoverDBCluster: parameters => {
    const cluster = findCluster(account, text(parameters.DBClusterIdentifier))
    const to = text(parameters.TargetDBInstanceIdentifier)
    if (cluster.status !== 'available') {
      throw new ApiFailure(rdsErrors.clusterNotAvailable, cluster.id)
    }
    if (to !== undefined && !cluster.members.some(member => member.instanceId === to && !member.isWriter)) {
      throw new ApiFailure(rdsErrors.notReader, to, cluster.id)
    }
    control(account).failOver(cluster.id, to)
    return { result: { DBCluster: describeCluster(cluster) }, brief: { cluster: cluster.id, to: to ?? 'any reader' } }
  },
})

const control = ({ control: given }: Account): RdsControl => {
  if (!given) throw new ApiFailure(rdsErrors.noOrders)
  return given
}

const findInstance = ({ databases }: Account, id = ''): InstanceView => {
  const found = databases.instances().find(instance => instance.id === id)
  if (!found) throw new ApiFailure(rdsErrors.instanceNotFound, id)
  return found
}

const findCluster = ({ databases }: Account, id = ''): ClusterView => {
  const found = databases.clusters().find(cluster => cluster.id === id)
  if (!found) throw new ApiFailure(rdsErrors.clusterNotFound, id)
  return found
}
