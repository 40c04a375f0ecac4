import type { Config } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings, ExistingDoor } from '../app/settings.ts'

/** What the front doors are made of; the ARNs may be tokens. */
export interface DoorArns {
  /** The writer's target group, or one for each slot of `weighted`. */
  readonly targetGroups: readonly string[]
  /** `weighted`: the listener over them. */
  readonly listener?: string
  /** The readers' target group, where there is one. */
  readonly readers?: string
}

/** Front doors that the settings name. */
export const existingDoors = (
  { targetGroupArns, listenerArn }: ExistingDoor,
  readers: DatabaseSettings['readers'],
): DoorArns => ({
  targetGroups: targetGroupArns,
  ...(listenerArn === undefined ? {} : { listener: listenerArn }),
  ...(readers?.targetGroupArn === undefined ? {} : { readers: readers.targetGroupArn }),
})

/** The value of the function's one variable. */
export const reconcilerConfig = (database: DatabaseSettings, arns: DoorArns): Partial<Config> => ({
  database: {
    kind: database.kind,
    id: database.id,
    ...(database.arn === undefined ? {} : { arn: database.arn }),
    endpoint: database.endpoint,
    port: database.port,
  },
  frontDoors: frontDoors(database, arns),
  ...(database.allowedCidrs === undefined ? {} : { allowedCidrs: database.allowedCidrs }),
  ownerProof: database.ownerProof,
  settle: database.settle,
  watch: database.watch,
  rememberMs: database.rememberMs,
  policies: database.policies,
  eventBus: database.eventBus,
  dnsServers: database.dnsServers,
})

const frontDoors = (database: DatabaseSettings, arns: DoorArns): Config['frontDoors'] => {
  const { readers } = database
  if (readers === undefined || arns.readers === undefined) return [writerDoor(database, arns)]
  const { writerWhenAlone, exclude } = readers
  const shared = { port: database.port, ...(exclude === undefined ? {} : { exclude }) }
  return [
    writerDoor(database, arns),
    { role: 'reader', strategy: 'swap', targetGroupArn: arns.readers, ...shared, writerWhenAlone },
  ]
}

const writerDoor = ({ frontDoor, port }: DatabaseSettings, arns: DoorArns): Config['frontDoors'][number] => {
  const { strategy, overlap, exclude } = frontDoor
  const [targetGroupArn = ''] = arns.targetGroups
  if (strategy !== 'weighted') return { role: 'writer', strategy, targetGroupArn, port }
  return {
    role: 'writer',
    strategy,
    listenerArn: arns.listener ?? '',
    targetGroupArns: [...arns.targetGroups],
    port,
    ...(overlap === undefined ? {} : { overlap }),
    ...(exclude === undefined ? {} : { exclude }),
  }
}
