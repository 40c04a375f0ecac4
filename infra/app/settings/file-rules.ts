import { sharedName } from './complete.ts'
import { whereOf } from './database-fields.ts'
import { createdEndpointsOf } from './function-fields.ts'
import type { Problem } from './problems.ts'
import { addressProblems } from './reference-rules.ts'
import { ofConsumer, ofConsumerFields, ofDatabaseFields, type Rule } from './settings-rule.ts'
import { hasLoadBalancer } from './stages.ts'

/** What entries say about each other, and what holds for every entry. */

interface Keyed {
  readonly name: string | undefined
  /** What no other entry may have; nothing where that does not matter. */
  readonly key: string | undefined
}

/** All but the first of those that are the same. */
const repeated = (entries: readonly Keyed[], path: (index: number) => string, allowed: string): readonly Problem[] => {
  const keys = entries.map(it => it.key)
  return entries.flatMap(({ name, key }, index) =>
    key !== undefined && keys.indexOf(key) < index ? [{ path: path(index), value: key, allowed, entry: name }] : [],
  )
}

/** In an account and Region: the names of what is deployed are made of it. What the entry does not say may be any. */
const uniqueIds: Rule = ({ databases }) => {
  const places = databases.map(({ name, fields }) => ({ name, ...whereOf(fields) }))
  const isSame = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other
  return places.flatMap((own, index) => {
    const isTaken = places
      .slice(0, index)
      .some(it => it.name === own.name && isSame(it.account, own.account) && isSame(it.region, own.region))
    const allowed = 'an id that no other database of this account and Region has'
    return own.name !== undefined && isTaken
      ? [{ path: `databases.${index}.id`, value: own.name, allowed, entry: own.name }]
      : []
  })
}

/** With the credentials of one account a command would find the database of that name there, whichever was meant. */
const reachableAccounts: Rule = ({ databases, accounts }) => {
  const places = databases.map(({ name, fields }) => ({ name, account: whereOf(fields).account }))
  const named = Map.groupBy(places, it => it.name)
  return places.flatMap(({ name, account }, index) => {
    if (name === undefined || account === undefined || accounts === undefined || account in accounts) return []
    if (new Set(named.get(name)?.flatMap(it => it.account ?? [])).size < 2) return []
    const allowed = `an account of accounts, with its profile or role: ${name} is a database of several accounts, and commands have to tell them apart`
    return [{ path: `databases.${index}.account`, value: account, allowed, entry: name }]
  })
}

const rolesOfTheirAccounts: Rule = ({ accounts = {} }) =>
  Object.entries(accounts).flatMap(([id, { roleArn }]) =>
    roleArn === undefined || roleArn.split(':')[4] === id
      ? []
      : [{ path: `accounts.${id}.roleArn`, value: roleArn, allowed: `a role of account ${id}` }],
  )

const uniqueNames: Rule = file =>
  namedLists.flatMap(([list, what]) =>
    repeated(
      file[list].map(({ name }) => ({ name, key: name })),
      index => `${list}.${index}.name`,
      `a name that no other ${what} has`,
    ),
  )

const namedLists = [
  ['loadBalancers', 'load balancer'],
  ['endpoints', 'endpoint'],
  ['consumers', 'consumer'],
] as const

/** The stacks of databases share one space of names with those of other entries. */
const noOthersName: Rule = ({ databases }) =>
  databases.flatMap(({ name }, index) => {
    const prefix = othersPrefixes.find(it => name?.startsWith(it))
    const allowed = `an id that does not begin with ${prefix}: so do the stacks of others`
    const problem = { path: `databases.${index}.id`, value: name, entry: name }
    if (prefix !== undefined) return [{ ...problem, allowed }]
    return name === 'fleet'
      ? [{ ...problem, allowed: 'another id: Repoint-fleet is the stack of what all databases share' }]
      : []
  })

const othersPrefixes = ['consumer-', 'endpoint-', 'load-balancer-'] as const

/** One VPC can hold one interface endpoint with private DNS for a service: a second one fails to deploy. */
const oneCreatorOfEndpoints: Rule = ({ databases }) =>
  repeated(
    databases.map(({ name, fields, broken }) => {
      if (broken.has('network') || broken.has('*')) return { name, key: undefined }
      return { name, key: createdEndpointsOf(fields.network) === undefined ? undefined : fields.vpcId }
    }),
    index => `databases.${index}.network.endpoints`,
    '{"securityGroupId": "sg-…"} of the endpoints that another database creates in this VPC',
  )

/**
 * EC2 tells rules apart by group, port and source, not by their description: the second of two stacks that make the same
 * one fails, and the first to go takes it from under the other.
 */
const oneOwnerOfRules: Rule = file => {
  const entries = file.databases.map(({ name, complete }) => {
    const door = complete?.frontDoor
    const group = door?.kind === 'create' ? door.databaseSecurityGroupId : undefined
    if (!complete || !group) return { name, isShared: false, keys: [] }
    const shared = sharedName(complete.frontDoor)
    const networks = complete.exposure.enforceSecurityGroup
      ? []
      : complete.subnets.flatMap(({ address, cidr }) => address ?? cidr ?? [])
    const sources = [...networks, ...(shared === undefined ? [] : [shared])]
    const isShared = shared !== undefined
    return { name, isShared, keys: sources.map(it => `${group} ${complete.port} ${it}`) }
  })
  return entries.flatMap(({ name, isShared, keys }, index) => {
    const owner = entries.slice(0, index).find(it => it.keys.some(key => keys.includes(key)))
    if (owner === undefined) return []
    const [group] = keys[0]?.split(' ') ?? []
    const addresses = isShared ? '' : ', or a fixed address in each subnet'
    const allowed = `false${addresses}: ${owner.name} makes the same rules in this group, and a rule has one owner. With false, name the subnets’ networks in a rule of your own, which neither stack takes away`
    return [{ path: `databases.${index}.frontDoor.databaseSecurityGroupId`, value: group, allowed, entry: name }]
  })
}

const knownDatabase: Rule = ({ databases, consumers }) => {
  const names = databases.flatMap(it => it.name ?? [])
  const unknown =
    databases.length > 0
      ? `one of ${names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ')}`
      : 'nothing, and hostname and port instead: this file has no databases'
  const several = 'nothing, and hostname, port and serviceZoneIds instead: several databases have this id'
  return consumers.flatMap(({ name, fields: { database } }, index) => {
    const found = names.filter(it => it === database).length
    if (typeof database !== 'string' || found === 1) return []
    const allowed = found === 0 ? unknown : several
    return [{ path: `consumers.${index}.database`, value: database, allowed, entry: name }]
  })
}

/** The schema has its own sentence where either is no list. */
const aboutSomebody: Rule = ({ loadBalancers, databases, endpoints, consumers, lists }) =>
  loadBalancers.length + databases.length + endpoints.length + consumers.length > 0 || lists !== 'sound'
    ? []
    : [{ path: 'databases', value: [], allowed: 'at least one database, or one consumer in consumers' }]

export const fileRules: readonly Rule[] = [
  aboutSomebody,
  ofDatabaseFields(['subnets'], addressProblems),
  ofConsumerFields(['subnets'], addressProblems),
  uniqueIds,
  reachableAccounts,
  rolesOfTheirAccounts,
  uniqueNames,
  noOthersName,
  oneCreatorOfEndpoints,
  oneOwnerOfRules,
  knownDatabase,
  ofConsumer(({ commonSubnets, subnets, gateway }) =>
    commonSubnets.length > 0 || !hasLoadBalancer(gateway.stage)
      ? []
      : [{ at: 'subnets', value: subnets.map(it => it.zoneId), allowed: 'a zone id that the service has too' }],
  ),
]
