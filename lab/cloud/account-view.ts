import type { Account, NetworkInterface } from '../api/account.ts'
import type { AccountResources } from '../api/resources.ts'
import type { RdsControl, RdsView } from '../database/rds-view.ts'
import * as fixture from '../fixture.ts'
import type { GatewayPath } from './gateway-path.ts'
import type { LoadBalancing } from './load-balancing.ts'
import type { Rds } from './open-rds.ts'
import type { StackFunction } from './stack-function.ts'

export interface AccountParts {
  readonly balancing: LoadBalancing
  /** Of every database of the account. */
  readonly databases: RdsView
  readonly rds: Rds
  readonly control: RdsControl
  readonly stack: StackFunction
  readonly resources: AccountResources
  readonly interfaces: readonly NetworkInterface[]
  readonly gatewayPath: GatewayPath
  readonly tags: Map<string, Map<string, string>>
}

/** Everything that the API shows and changes, over the parts that really run. */
export const accountOf = (parts: AccountParts): Account => {
  const { balancing, databases, rds, control, stack, resources, interfaces, gatewayPath, tags } = parts
  const { consumer, accessLogs } = gatewayPath
  return {
    ...{ id: fixture.account, region: fixture.region, vpc: fixture.vpc },
    ...{ resources, interfaces, tags, control },
    targetGroups: balancing.groups,
    loadBalancers: balancing.views,
    databases,
    events: rds.bus,
    rdsEvents: () => rds.events,
    operations: stack.operations,
    accessLogs: logGroup => accessLogs.get(logGroup) ?? (isSubscribed(resources, logGroup) ? [] : undefined),
    flows: {
      endpoint: consumer.endpoints.flows,
      loadBalancer: arn => (arn === fixture.loadBalancer.arn ? balancing.series : undefined),
    },
  }
}

const isSubscribed = ({ accessLogSubscriptions }: AccountResources, logGroup: string): boolean =>
  accessLogSubscriptions.some(({ destinationArn }) => destinationArn.split(':')[6] === logGroup)
