import { sharedName } from '../../../infra/app/settings/complete.ts'
import { hasGateway, hasLoadBalancer, type Origin, percentOf, type Stage } from '../../../infra/app/settings/stages.ts'
import type { ConsumerSettings, CreatedDoor, DatabaseSettings } from '../../../infra/app/settings.ts'
import type { Side } from '../../facts/standing.ts'

export interface Change {
  readonly side: Side
  readonly what: 'added' | 'changed' | 'removed'
  readonly text: string
}

const owns = (stage: Origin, what: (stage: Stage) => boolean): boolean => stage !== 'new' && what(stage)

/** What appears and disappears between two stages, in the order of what it is for. */
const between = (
  side: Side,
  [from, to]: readonly [Origin, Stage],
  { loadBalancer, gateway }: { loadBalancer: readonly string[]; gateway: readonly string[] },
): Change[] => {
  const ofPath = (texts: readonly string[], has: (stage: Stage) => boolean): Change[] => {
    const [before, after] = [owns(from, has), has(to)]
    if (before === after) return []
    return texts.map(text => ({ side, what: after ? 'added' : 'removed', text }))
  }
  return [...ofPath(gateway, hasGateway), ...ofPath(loadBalancer, hasLoadBalancer)]
}

export const providerChanges = (database: DatabaseSettings, from: Origin, to: Stage): Change[] => {
  const { gateway, frontDoor, exposure, port } = database
  const zones = gateway.subnets.length
  const changes = between('provider', [from, to], {
    gateway: [
      `resource gateway with an interface in ${zones} ${zones === 1 ? 'subnet' : 'subnets'}, ${gateway.ipv4AddressesPerEni} addresses each (fixed once it is there)`,
      `its security group: out on TCP ${port} alone`,
      ...(gateway.databaseSecurityGroupId === false
        ? []
        : [`a rule of ${gateway.databaseSecurityGroupId}: in on TCP ${port} from the gateway`]),
      `resource configuration by ${gateway.target === 'arn' ? "the database's ARN" : "the endpoint's DNS name"}`,
      `access log of the gateway in a log group, kept ${gateway.accessLogDays} days, with alarms; saved queries and a row of the dashboard are those of Repoint-fleet`,
      ...(gateway.principals.length === 0 ? [] : [`share over RAM with ${gateway.principals.join(', ')}`]),
    ],
    loadBalancer: [
      ...(frontDoor.kind === 'create' ? createdParts(frontDoor, exposure) : []),
      'function, rules, schedule, alarms, dashboard and dead-letter queue',
    ],
  })
  if (changes.length > 0 || from === to) return changes
  return [{ side: 'provider', what: 'changed', text: "nothing but the stage that the deployment's guard knows" }]
}

/** A shared load balancer stays as it is, with its endpoint service. */
const createdParts = (door: CreatedDoor, { endpointService }: DatabaseSettings['exposure']): readonly string[] => {
  const shared = sharedName(door)
  if (shared !== undefined)
    return [`listener on port ${door.listenerPort} of the load balancer ${shared}, and target groups`]
  return [
    'load balancer, listener and target groups',
    ...(endpointService ? ['endpoint service: its name, for good'] : []),
  ]
}

export const consumerChanges = (consumer: ConsumerSettings, from: Origin, to: Stage): Change[] => {
  const { gateway } = consumer
  const name = consumer.dnsName ?? consumer.hostname
  const changes = between('consumer', [from, to], {
    gateway: [
      'resource endpoint (its private DNS off, so that it takes no traffic by itself) and its security group',
      `weighted record repoint-gateway of ${name}`,
      ...(gateway.readerHostname === undefined
        ? []
        : [`hosted zone ${gateway.readerHostname}: the readers' own name on the path through the gateway`]),
    ],
    loadBalancer: [
      consumer.endpoint === undefined
        ? 'interface endpoint to the endpoint service'
        : `rule of the endpoint ${consumer.endpoint}: in on TCP ${consumer.port}`,
      `weighted record repoint-nlb of ${name}`,
    ],
  })
  const weights = weightsText(from, to)
  return weights === undefined ? changes : [...changes, { side: 'consumer', what: 'changed', text: weights }]
}

const weightsText = (from: Origin, to: Stage): string | undefined => {
  if (to === 'shift') return 'weights: 100-N to the load balancer, N to the gateway; N is yours, from 1 to 99'
  const after = percentOf(to, undefined)
  if (from === 'new' || from === 'nlb' || shareOf(from) === after) return undefined
  return `weights: ${100 - after} to the load balancer, ${after} to the gateway`
}

/** That of stage shift is the user's. */
const shareOf = (stage: Stage): number | undefined => (stage === 'shift' ? undefined : percentOf(stage, undefined))
