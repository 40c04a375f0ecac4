import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { UsageError } from '../failure.ts'

/** What makes the database fail over. */
export interface Cause {
  /** As the record has it. */
  readonly name: string
  /** What it will do, for whoever has to say yes. */
  readonly does: string
  act(): Promise<void>
}

/** Somebody else causes it. */
export const watched: Cause = {
  name: 'Watched, not caused',
  does: 'causes nothing and watches what somebody else does',
  act: async () => {},
}

/**
 * @param to the member of a cluster that is to become the writer
 * @throws UsageError for a database whose failover is not ours to cause.
 */
export const causeFor = (clients: Clients, { id, kind }: DatabaseSettings, to: string | undefined): Cause => {
  if (to !== undefined && kind !== 'cluster')
    throw new UsageError('--to names a member of a cluster; an instance has one standby.')
  if (kind === 'cluster') {
    const target = to === undefined ? {} : { TargetDBInstanceIdentifier: to }
    return {
      name: `FailoverDBCluster ${id}${to === undefined ? '' : ` to ${to}`}`,
      does: `makes ${to ?? 'a reader'} the writer of ${id} (rds:FailoverDBCluster); the old writer restarts as a reader`,
      act: async () => {
        await (await clients.rds()).failoverDBCluster({ DBClusterIdentifier: id, ...target })
      },
    }
  }
  if (kind === 'instance') {
    return {
      name: `RebootDBInstance ${id} with failover`,
      does: `reboots ${id} with failover (rds:RebootDBInstance, ForceFailover): its standby becomes the writer`,
      act: async () => {
        await (await clients.rds()).rebootDBInstance({ DBInstanceIdentifier: id, ForceFailover: true })
      },
    }
  }
  throw new UsageError(
    `${id} is a ${kind}: a drill causes failovers of instances and clusters. Cause it yourself and watch it with \`repoint drill -d ${id} --watch\`.`,
  )
}
