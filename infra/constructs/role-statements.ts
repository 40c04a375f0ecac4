import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { readArn } from '../app/settings/database-fields.ts'
import type { DatabaseSettings } from '../app/settings.ts'
import { type Deployed, deniedToCode, listsInstances, permissionsOf, type Resource } from '../permissions.ts'
import type { DoorArns } from './reconciler-config.ts'

/** The statements of the function's role, from the table of permissions. A test compares them one by one. */

export interface RoleResources {
  readonly doors: DoorArns
  readonly logGroupArn: string
  readonly deadLettersArn: string
  /** Named, not referenced: a reference would be a circle. It may hold a `*`. */
  readonly functionArn: string
}

export const roleStatements = (
  scope: Construct,
  database: DatabaseSettings,
  resources: RoleResources,
): PolicyStatement[] => {
  const deployed = deployedOf(database)
  const statements = permissionsOf(deployed).map(
    ({ sid, actions, on, conditions }) =>
      new PolicyStatement({
        sid,
        actions: [...actions],
        resources: arnsOf(scope, database, resources)[on](),
        ...(conditions === undefined ? {} : { conditions }),
      }),
  )
  const denied = deniedToCode(deployed)
  if (denied.length === 0) return statements
  const deny = new PolicyStatement({
    sid: 'NetworkInterfacesNotForTheCode',
    effect: Effect.DENY,
    actions: [...denied],
    resources: ['*'],
    conditions: { ArnEquals: { 'lambda:SourceFunctionArn': resources.functionArn } },
  })
  return [...statements, deny]
}

export const deployedOf = ({
  kind,
  ownerProof,
  frontDoor,
  readers,
  network,
  guardrails,
}: DatabaseSettings): Deployed => ({
  kind,
  strategies: [frontDoor.strategy],
  hasReaders: readers !== undefined,
  isInVpc: network.mode !== 'outside-vpc',
  provesOwners: ownerProof !== 'off',
  keys: [
    ...(guardrails.queueKeyArn === undefined ? [] : (['queue-key'] as const)),
    ...(guardrails.environmentKeyArn === undefined ? [] : (['environment-key'] as const)),
  ],
})

const arnsOf = (
  scope: Construct,
  database: DatabaseSettings,
  { doors, logGroupArn, deadLettersArn }: RoleResources,
): Record<Resource, () => string[]> => ({
  anything: () => ['*'],
  'target-groups': () => [...doors.targetGroups, ...(doors.readers ? [doors.readers] : [])],
  listener: () => [doors.listener ?? ''],
  'event-bus': () => [busArn(scope, database.eventBus)],
  'log-group': () => [logGroupArn],
  'dead-letters': () => [deadLettersArn],
  'queue-key': () => [database.guardrails.queueKeyArn ?? ''],
  'environment-key': () => [database.guardrails.environmentKeyArn ?? ''],
  cluster: () => [database.arn ?? ''],
  instance: () => [database.arn ?? ''],
  instances: () => readableInstances(scope, database),
})

const busArn = (scope: Construct, eventBus: string): string =>
  eventBus.startsWith('arn:')
    ? eventBus
    : Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: eventBus })

/** The instances that the function may read: any of them may be the writer one day, where no list says which. */
export const readableInstances = (scope: Construct, database: DatabaseSettings): string[] => {
  const lists = listsInstances(deployedOf(database))
  if (database.kind !== 'cluster') return lists ? [instanceArn(scope, database, '*')] : []
  const names = lists || database.members.length === 0 ? ['*'] : database.members
  return names.map(name => instanceArn(scope, database, name))
}

/** The ARN of an instance beside the database; a name may end in `*`. */
export const instanceArn = (scope: Construct, database: DatabaseSettings, name: string): string => {
  const { partition, region, account } = database.arn === undefined ? Stack.of(scope) : readArn(database.arn)
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  const instance = { service: 'rds', resource: 'db', resourceName: name, arnFormat }
  return Stack.of(scope).formatArn({ ...instance, partition, region, account })
}
