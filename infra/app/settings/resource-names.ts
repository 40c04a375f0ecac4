import { createHash } from 'node:crypto'
import type { DatabaseSettings } from '../settings.ts'
import { hashOf } from './hash-of.ts'

/**
 * Names of what a database's stack deploys, known without asking AWS: the command line, alarms and people at night find
 * things by them. All begin with `repoint-<id>`.
 */
type Named = Pick<DatabaseSettings, 'id'>

/** `repoint-<id>`; an id too long for Lambda's 64 characters is cut and ends in a hash of the whole. */
export const functionName = ({ id }: Named): string => fitted(`repoint-${id}`, '', 64)

export const logGroupName = (database: Named): string => `/aws/lambda/${functionName(database)}`

export const stackName = ({ id }: Named): string => `Repoint-${id}`

/** Of what the databases of an account and Region share. */
export const fleetStackName = 'Repoint-fleet'

export const loadBalancerStackName = ({ name }: { readonly name: string }): string => `Repoint-load-balancer-${name}`

export const endpointStackName = ({ name }: { readonly name: string }): string => `Repoint-endpoint-${name}`

/** The rule that wakes the function, by kind of database; a host name has none but those of `wakeOn`. */
export const ruleKinds = {
  instance: ['database-events'],
  cluster: ['database-events'],
  proxy: ['proxy-events'],
  hostname: [],
} as const satisfies Record<DatabaseSettings['kind'], readonly string[]>

export type RuleKind = (typeof ruleKinds)[DatabaseSettings['kind']][number]

/** Of stacks that were deployed before one rule held them all: they wake the function until the stack is deployed again. */
const formerRuleKinds = ['member-events', 'blue-green-events'] as const

export const ruleName = ({ id }: Named, kind: RuleKind | (typeof formerRuleKinds)[number]): string =>
  fitted(`repoint-${id}`, `-${kind}`, 64)

export const formerRuleNames = (database: Named): readonly string[] =>
  formerRuleKinds.map(kind => ruleName(database, kind))

/** A rule for each entry of `wakeOn`, in their order, counted from 1. */
export const wakeOnRuleName = ({ id }: Named, index: number): string =>
  fitted(`repoint-${id}`, `-wake-on-${index + 1}`, 64)

export const ruleNames = (database: Pick<DatabaseSettings, 'id' | 'kind' | 'wakeOn'>): readonly string[] => [
  ...ruleKinds[database.kind].map(kind => ruleName(database, kind)),
  ...database.wakeOn.map((_, index) => wakeOnRuleName(database, index)),
]

/** The schedule group has the function's name; it holds this one schedule. */
export const scheduleName = 'resync'
export const scheduleGroupName = functionName

export const deadLettersName = ({ id }: Named): string => fitted(`repoint-${id}`, '-dead-letters', 80)

export const alarmName = ({ id }: Named, alarm: string): string => `repoint-${id}-${alarm}`

/** Weighted records of a consumer's hosted zone, by the path that they lead to. */
export const setIdentifiers = { nlb: 'repoint-nlb', gateway: 'repoint-gateway' } as const

export const consumerStackName = ({ name }: { readonly name: string }): string => `Repoint-consumer-${name}`

/** Under this prefix log delivery needs no resource policy of its own. */
export const gatewayLogGroupName = ({ id }: Named): string => `/aws/vendedlogs/repoint/${id}/gateway`

export interface GatewayNames {
  readonly gateway: string
  readonly configuration: string
  /** Of everything that is fixed at creation, for logical ids: another value is another resource. */
  readonly gatewayHash: string
  readonly configurationHash: string
}

/**
 * A gateway's name is required and so is its replacement under another one: the name carries a hash of what cannot be
 * changed. Valid for VPC Lattice: 3 to 40 characters, no two hyphens together, not beginning with `rgw-`.
 */
export const gatewayNames = (database: GatewayNamed): GatewayNames => {
  const { id, gateway, vpcId, arn } = database
  // A name to resolve can be changed in place, an ARN cannot.
  const target = gateway.target === 'arn' ? [arn] : []
  const resolution = gateway.dnsResolution === 'in-vpc' ? [gateway.dnsResolution] : []
  const subnets = gateway.subnets.map(it => it.id).toSorted()
  // With the id, of which the name may hold only the beginning: two that begin alike stay different.
  const gatewayHash = hashOf([id, vpcId, subnets, gateway.ipv4AddressesPerEni, ...resolution])
  const configurationHash = hashOf([gatewayHash, gateway.target, ...target])
  const named = (hash: string) => `${`repoint-${database.id}`.slice(0, 31).replace(/-$/, '')}-${hash}`
  return { gateway: named(gatewayHash), configuration: named(configurationHash), gatewayHash, configurationHash }
}

type GatewayNamed = Pick<DatabaseSettings, 'id' | 'gateway' | 'vpcId' | 'arn'>

/** Names of two long ids that begin alike stay different. */
const fitted = (stem: string, ending: string, longest: number): string => {
  if (stem.length + ending.length <= longest) return stem + ending
  const hash = createHash('sha256').update(stem.slice('repoint-'.length)).digest('hex').slice(0, 8)
  return `${stem.slice(0, longest - ending.length - 9)}-${hash}${ending}`
}
