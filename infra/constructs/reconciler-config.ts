import { Token } from 'aws-cdk-lib'
import { type Config, parseConfig } from '../../functions/reconciler/config.ts'
import { configVariable } from '../../functions/reconciler/names.ts'
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
  settle: database.settle,
  watch: database.watch,
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

/**
 * The function's own parser over the finished configuration, before anything is deployed: what it refuses here it would
 * refuse at every start. What CloudFormation knows only later is stood in for by an example of its form.
 *
 * @throws ConfigError naming every problem at once
 */
export const assertConfig = (databaseId: string, config: Partial<Config>): void => {
  const examples = new Map<string, string>()
  const standIn = (token: string, key: string): string => {
    const known = examples.get(token) ?? exampleOf(key, examples.size + 1)
    examples.set(token, known)
    return known
  }
  const resolved = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return Token.isUnresolved(value) ? standIn(value, key) : value
    if (Array.isArray(value)) return value.map(it => resolved(it, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, resolved(it, name)]))
  }
  parseConfig(`${configVariable} of ${databaseId}`, JSON.stringify(resolved(config, '')))
}

/** Different tokens are different resources: `number` keeps them apart. */
const exampleOf = (key: string, number: number): string => {
  const id = number.toString(16).padStart(16, '0')
  const elb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'
  return key === 'listenerArn' ? `${elb}:listener/net/example/${id}/${id}` : `${elb}:targetgroup/example/${id}`
}
