import type { Config } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings, ExistingDoor } from '../app/settings.ts'

/** What the front doors are made of; the ARNs may be tokens. */
export interface DoorArns {
  /** The writer's target group, or one for each slot of `weighted`. */
  readonly targetGroups: readonly string[]
  /** `weighted`: the listener over them. */
  readonly listener?: string | undefined
  /** The readers' target group, where there is one. */
  readonly readers?: string | undefined
}

/** Front doors that the settings name. */
export const existingDoors = (
  { targetGroupArns, listenerArn }: ExistingDoor,
  readers: DatabaseSettings['readers'],
): DoorArns => ({ targetGroups: targetGroupArns, listener: listenerArn, readers: readers?.targetGroupArn })

/** The value of the function's one variable, which is JSON: what is undefined is not in it. */
export const reconcilerConfig = (database: DatabaseSettings, arns: DoorArns): Partial<Config> => ({
  database: {
    kind: database.kind,
    id: database.id,
    arn: database.arn,
    endpoint: database.endpoint,
    port: database.port,
  },
  frontDoors: frontDoors(database, arns),
  ...(database.allowedCidrs && { allowedCidrs: database.allowedCidrs }),
  ownerProof: database.ownerProof,
  settle: database.settle,
  watch: database.watch,
  rememberMs: database.rememberMs,
  policies: database.policies,
  eventBus: database.eventBus,
  dnsServers: database.dnsServers,
})

const frontDoors = (database: DatabaseSettings, arns: DoorArns): Config['frontDoors'] => {
  const { readers, port } = database
  if (readers === undefined || arns.readers === undefined) return [writerDoor(database, arns)]
  const { writerWhenAlone, exclude } = readers
  return [
    writerDoor(database, arns),
    { role: 'reader', strategy: 'swap', targetGroupArn: arns.readers, port, exclude, writerWhenAlone },
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
    overlap,
    exclude,
  }
}
