import type { FrontDoorConfig } from '../../functions/reconciler/config/front-doors.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'

export interface NeededAction {
  /** The end of the VPC endpoint service's name. */
  readonly service: 'elasticloadbalancing' | 'events' | 'rds' | 'ec2'
  readonly action: string
  readonly resource: string
}

export interface Resources {
  readonly doors?: readonly FrontDoorConfig[]
  readonly groupArns?: readonly string[]
  readonly busArn?: string
}

/** What the reconciler calls. Where a resource is not known, any. */
export const neededActions = (
  { kind, arn = '*', members }: Pick<DatabaseSettings, 'kind' | 'arn' | 'members'>,
  { doors = [], groupArns = ['*'], busArn = '*' }: Resources = {},
): readonly NeededAction[] => {
  const has = (strategy: FrontDoorConfig['strategy']) => doors.some(door => door.strategy === strategy)
  const listeners = doors.flatMap(door => ('listenerArn' in door ? [door.listenerArn] : []))
  // RDS judges a call that names no instance by `db:*`, whatever its filters.
  const lists = has('standby') || has('weighted') || doors.some(door => door.role === 'reader')
  return [
    needed('elasticloadbalancing:DescribeTargetHealth', '*'),
    ...groupArns.flatMap(group => [
      needed('elasticloadbalancing:RegisterTargets', group),
      needed('elasticloadbalancing:DeregisterTargets', group),
    ]),
    ...(has('weighted') ? [needed('elasticloadbalancing:DescribeListeners', '*')] : []),
    ...listeners.map(listener => needed('elasticloadbalancing:ModifyListener', listener)),
    ...(has('standby')
      ? [
          needed('elasticloadbalancing:DescribeTags', '*'),
          ...groupArns.map(group => needed('elasticloadbalancing:AddTags', group)),
          needed('ec2:DescribeNetworkInterfaces', '*'),
        ]
      : []),
    needed('events:PutEvents', busArn),
    ...(kind === 'cluster' ? [needed('rds:DescribeDBClusters', arn)] : []),
    ...(kind === 'cluster' || lists
      ? [needed('rds:DescribeDBInstances', memberArn(arn, lists ? ['*'] : members))]
      : []),
  ]
}

/** Any instance beside the cluster may be the writer one day; IAM's simulation takes one by name. */
const memberArn = (databaseArn: string, [name = 'any']: readonly string[]): string =>
  databaseArn.replace(/:(cluster|db):.+$/, `:db:${name === '*' ? name : name.replace('*', '1')}`)

const needed = (action: string, resource: string): NeededAction => ({
  service: action.split(':')[0] as NeededAction['service'],
  action,
  resource,
})
