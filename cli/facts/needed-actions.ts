import type { FrontDoorConfig } from '../../functions/reconciler/config/front-doors.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { listsInstances, permissionsOf, type Resource } from '../../infra/permissions.ts'

export interface NeededAction {
  /** The end of the VPC endpoint service's name. */
  readonly service: string
  readonly action: string
  readonly resource: string
}

export interface Resources {
  readonly doors?: readonly FrontDoorConfig[]
  readonly groupArns?: readonly string[]
  readonly busArn?: string
}

/** What the reconciler's code calls, by the table of permissions. Where a resource is not known, any. */
export const neededActions = (
  { kind, arn = '*', members, ownerProof }: Pick<DatabaseSettings, 'kind' | 'arn' | 'members' | 'ownerProof'>,
  { doors = [], groupArns = ['*'], busArn = '*' }: Resources = {},
): readonly NeededAction[] => {
  const deployed = {
    kind,
    strategies: doors.map(({ strategy }) => strategy),
    hasReaders: doors.some(({ role }) => role === 'reader'),
    isInVpc: false,
    provesOwners: ownerProof !== 'off',
  }
  const known: Partial<Record<Resource, readonly string[]>> = {
    'target-groups': groupArns,
    listener: doors.flatMap(door => ('listenerArn' in door ? [door.listenerArn] : [])),
    'event-bus': [busArn],
    cluster: [arn],
    instance: [arn],
    instances: [memberArn(arn, listsInstances(deployed) ? ['*'] : members)],
  }
  return permissionsOf(deployed)
    .filter(({ by }) => by === 'code')
    .flatMap(({ actions, on }) => (known[on] ?? ['*']).flatMap(arn => actions.map(action => needed(action, arn))))
}

/** Any instance beside the cluster may be the writer one day; IAM's simulation takes one by name. */
const memberArn = (databaseArn: string, [name = 'any']: readonly string[]): string =>
  databaseArn.replace(/:(cluster|db):.+$/, `:db:${name === '*' ? name : name.replace('*', '1')}`)

const needed = (action: string, resource: string): NeededAction => ({
  service: action.split(':')[0] ?? '',
  action,
  resource,
})
