import { isDeepStrictEqual } from 'node:util'
import type { DatabaseSettings, LoadBalancerSettings } from '../settings.ts'
import { sharedName } from './complete.ts'
import { mostListeners } from './load-balancer-fields.ts'
import type { Problem } from './problems.ts'
import { addressProblems, exposureProblems } from './reference-rules.ts'
import { type Complaint, ofDatabase, ofLoadBalancerFields, type Rule, unless } from './settings-rule.ts'
import { hasLoadBalancer } from './stages.ts'

/** What shared load balancers and the databases behind them say about each other. */

/** The ports that a database takes of its load balancer, as long as it has that path. */
const portsOf = ({ frontDoor, readers, gateway }: DatabaseSettings): readonly number[] => {
  if (frontDoor.kind !== 'create' || !hasLoadBalancer(gateway.stage)) return []
  return [frontDoor.listenerPort, ...(readers?.port === undefined ? [] : [readers.port])]
}

const knownLoadBalancer: Rule = ({ loadBalancers, databases }) => {
  const names = loadBalancers.flatMap(it => it.name ?? [])
  return databases.flatMap(({ name, fields, broken }, index): readonly Problem[] => {
    const named = broken.has('frontDoor') || broken.has('*') ? undefined : sharedName(fields.frontDoor)
    if (named === undefined || names.includes(named)) return []
    const allowed = `${names.length === 0 ? 'an entry' : `one of ${names.join(', ')}`} of loadBalancers`
    return [{ path: `databases.${index}.frontDoor.loadBalancer`, value: named, allowed, entry: name }]
  })
}

type Pair = (database: DatabaseSettings, shared: LoadBalancerSettings) => readonly Complaint[]

const samePlace: Pair = ({ env }, { name, env: its }) => {
  const isSame = env.account === its.account && env.region === its.region
  const allowed = `a load balancer of the database’s account and Region: ${name} is in ${its.account}, ${its.region}`
  return unless(isSame, 'frontDoor.loadBalancer', allowed)
}

const itsNetwork: Pair = ({ vpcId, subnets, exposure }, { name, ...shared }) => {
  const withoutClients = (it: LoadBalancerSettings['exposure']) => ({ ...it, clientCidrs: [] })
  return [
    ...unless(vpcId === shared.vpcId, 'vpcId', `nothing, or ${shared.vpcId}: ${name} is there`),
    ...unless(isDeepStrictEqual(subnets, shared.subnets), 'subnets', `nothing: they are those of ${name}`),
    ...unless(
      isDeepStrictEqual(withoutClients(exposure), withoutClients(shared.exposure)),
      'exposure',
      `clientCidrs alone: the rest is that of ${name}, for all of its databases`,
    ),
  ]
}

const ownProtection: Pair = ({ frontDoor }, { name }) =>
  unless(
    frontDoor.kind === 'existing' || !frontDoor.deletionProtection,
    'frontDoor.deletionProtection',
    `false: ${name} has its own`,
  )

const pairs: readonly Pair[] = [samePlace, itsNetwork, ownProtection]

/** A listener's port is one database's. */
const checkPorts = (database: DatabaseSettings, databases: readonly DatabaseSettings[]): readonly Complaint[] => {
  const named = sharedName(database.frontDoor)
  const before = databases.slice(0, databases.indexOf(database)).filter(it => sharedName(it.frontDoor) === named)
  const [, readersPort] = portsOf(database)
  return portsOf(database).flatMap(port => {
    const owner = before.find(it => portsOf(it).includes(port))
    const at = port === readersPort ? 'readers.port' : 'frontDoor.listenerPort'
    return owner === undefined
      ? []
      : [{ at, value: port, allowed: `another port: ${owner.id} has it on the load balancer ${named}` }]
  })
}

const enoughListeners: Rule = ({ loadBalancers, databases }) =>
  loadBalancers.flatMap(({ name }, index): readonly Problem[] => {
    const behind = databases.flatMap(({ complete }) =>
      complete !== undefined && name !== undefined && sharedName(complete.frontDoor) === name ? [complete] : [],
    )
    const listeners = behind.flatMap(portsOf).length
    const allowed = `at most ${mostListeners} listeners, which AWS does not raise: its ${behind.length} databases need ${listeners}, one each and one more for readers. Take another load balancer for some`
    return listeners <= mostListeners
      ? []
      : [{ path: `loadBalancers.${index}.name`, value: name, allowed, entry: name }]
  })

export const loadBalancerRules: readonly Rule[] = [
  knownLoadBalancer,
  enoughListeners,
  ofLoadBalancerFields(['subnets', 'region'], ({ subnets, region }) =>
    unless(
      subnets.every(({ zone }) => zone.startsWith(region)),
      'subnets',
      'zones of its Region',
    ),
  ),
  ofLoadBalancerFields(['subnets'], addressProblems),
  ofLoadBalancerFields(['exposure', 'region'], exposureProblems),
  ofDatabase((database, { loadBalancers, databases }) => {
    const named = sharedName(database.frontDoor)
    const shared = loadBalancers.find(it => it.name === named)
    if (shared === undefined) return []
    return [...pairs.flatMap(check => check(database, shared)), ...checkPorts(database, databases)]
  }),
]
