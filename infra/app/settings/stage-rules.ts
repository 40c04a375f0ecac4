import type { ConsumerSettings, DatabaseSettings, Entries } from '../settings.ts'
import { zoneVpcsOf } from './complete.ts'
import { createdEndpointsOf } from './function-fields.ts'
import { type Complaint, ofConsumer, ofDatabase, type Rule } from './settings-rule.ts'
import { hasGateway, hasLoadBalancer, percentOf } from './stages.ts'

/** What the stage of a database and those of its consumers in the same file say about each other. */

const checkRetirement = ({ id, gateway }: DatabaseSettings, { consumers }: Entries): readonly Complaint[] => {
  const left = consumers.filter(it => it.database === id && it.gateway.stage !== 'retired')
  if (gateway.stage !== 'retired' || left.length === 0) return []
  const names = left.map(it => `${it.name} (${it.gateway.stage})`).join(', ')
  const allowed = `gateway, as long as a consumer still has the load balancer’s path: ${names}; consumers retire first`
  return [{ at: 'gateway.stage', allowed }]
}

/** An isolated function that reaches AWS over the interface endpoints of another database's stack is deaf without them. */
const checkSharedEndpoints = (
  { id, vpcId, network, gateway }: DatabaseSettings,
  { databases }: Entries,
): readonly Complaint[] => {
  const retires = gateway.stage === 'retired' && gateway.from !== 'retired'
  if (!retires || createdEndpointsOf(network) === undefined) return []
  const guests = databases.filter(
    it =>
      it.id !== id &&
      it.vpcId === vpcId &&
      it.gateway.stage !== 'retired' &&
      it.network.mode === 'isolated' &&
      createdEndpointsOf(it.network) === undefined,
  )
  if (guests.length === 0) return []
  const names = guests.map(it => `${it.id} (${it.gateway.stage})`).join(', ')
  const allowed = `gateway, as long as another database’s function reaches AWS over the interface endpoints of this stack: ${names}; their creator retires last`
  return [{ at: 'gateway.stage', allowed }]
}

type Found = readonly Complaint[] | undefined

const checkZones = ({ gatewaySubnets, subnets }: ConsumerSettings): Found => {
  if (gatewaySubnets.length > 0) return undefined
  const allowed = 'a zone id that the resource gateway has too, and that VPC Lattice is in'
  return [{ at: 'subnets', value: subnets.map(it => it.zoneId), allowed }]
}

type PairCheck = (consumer: ConsumerSettings, database: DatabaseSettings) => Found

const checkOrder: PairCheck = (_, { id, gateway }) => {
  if (gateway.stage !== 'nlb') return undefined
  const allowed = `nlb: ${id} is at nlb and has no gateway; it goes to shadow before its consumers, and back to nlb after them`
  return [{ at: 'gateway.stage', allowed }]
}

const checkVpc: PairCheck = ({ isInDatabaseVpc, dnsName, gateway: { readerHostname } }) => {
  if (!isInDatabaseVpc || (dnsName !== undefined && readerHostname === undefined)) return undefined
  const allowed =
    'another VPC than the database’s: the hosted zone would give function and gateway the endpoint’s address for the database’s name (or a dnsName of its own, and no readerHostname)'
  return [{ at: 'vpcId', allowed }]
}

const checkPort: PairCheck = ({ port, gateway: { stage } }, { port: own, frontDoor }) => {
  if (port !== own) {
    const allowed = `${own}, the database’s own: the gateway knows no other, and DNS moves no port`
    return [{ at: 'port', allowed }]
  }
  if (!hasLoadBalancer(stage) || frontDoor.kind !== 'create' || frontDoor.listenerPort === own) return undefined
  const allowed = `nlb, as long as the load balancer listens on ${frontDoor.listenerPort} and the database on ${own}: DNS moves no port`
  return [{ at: 'gateway.stage', allowed }]
}

/**
 * As soon as the writer's name leads to the gateway, the load balancer's port for readers is no longer behind that name:
 * readers have to have moved before.
 */
const checkReaders: PairCheck = ({ gateway, readerPort }, database) => {
  const { stage, percent, readerHostname } = gateway
  const hasReaders = database.kind === 'cluster' && database.gateway.target === 'arn'
  const moves = percentOf(stage, percent) > 0 && readerPort !== undefined
  const problem = (allowed: string) => [{ at: 'gateway.readerHostname', allowed }]
  if (readerHostname !== undefined) {
    return hasReaders
      ? undefined
      : problem('nothing: the gateway has readers only of a cluster that it names by ARN (target arn)')
  }
  if (!moves) return undefined
  if (hasReaders) {
    return problem(
      'the cluster’s reader endpoint: the gateway has no port for readers, so their clients move to that name before the writer’s does',
    )
  }
  const allowed = `nlb or shadow, as long as readers come by port ${readerPort}: the gateway leads to the writer alone (target ${database.gateway.target})`
  return [{ at: 'gateway.stage', allowed }]
}

/** An account sees a resource configuration only where it is shared with it. */
const checkShare: PairCheck = ({ env: { account } }, { env, gateway: { stage, principals } }) => {
  const isOther = account !== undefined && env.account !== undefined && account !== env.account
  if (stage === 'nlb' || !isOther || principals.some(it => it === account || it.startsWith('arn:'))) return undefined
  const allowed = `${env.account}, the database's own account, as long as its gateway.principals have neither ${account} nor an organization: the resource configuration is not shared with it`
  return [{ at: 'account', allowed }]
}

const pairChecks: readonly PairCheck[] = [checkOrder, checkVpc, checkPort, checkReaders, checkShare]

/** Redshift's own endpoint alone has no zone. */
const hasZone = ({ gateway: { stage }, serviceName }: ConsumerSettings): boolean =>
  hasGateway(stage) || serviceName !== undefined

const zoneNameOf = ({ dnsName, hostname }: ConsumerSettings): string => (dnsName ?? hostname).toLowerCase()

/** Of the writer, and of a cluster's readers where the gateway leads to them. */
const zoneNamesOf = (consumer: ConsumerSettings): readonly string[] => {
  const { stage, readerHostname } = consumer.gateway
  if (!hasZone(consumer)) return []
  const readers = hasGateway(stage) && readerHostname !== undefined ? [readerHostname.toLowerCase()] : []
  return [zoneNameOf(consumer), ...readers]
}

/** Two zones of one name cannot be on one VPC (ConflictingDomainExists). */
const checkZoneNames = (consumer: ConsumerSettings, { consumers }: Entries): readonly Complaint[] => {
  const own = zoneNameOf(consumer)
  const { readerHostname } = consumer.gateway
  const names = zoneNamesOf(consumer)
  const clashes = consumers.slice(0, consumers.indexOf(consumer)).flatMap(other => {
    const vpc = zoneVpcsOf(consumer).find(it => zoneVpcsOf(other).includes(it))
    const name = zoneNamesOf(other).find(it => names.includes(it))
    return vpc === undefined || name === undefined ? [] : [{ whose: other.name, vpc, name }]
  })
  return [
    ...clashes.slice(0, 1).map(({ whose, vpc, name }) => ({
      at: vpc === consumer.vpcId ? 'vpcId' : 'peeredVpcIds',
      allowed: `another VPC, or a dnsName of its own: ${whose} has a hosted zone ${name} in ${vpc === consumer.vpcId ? 'this one' : vpc}`,
    })),
    ...(readerHostname?.toLowerCase() === own
      ? [{ at: 'gateway.readerHostname', allowed: `another name than the writer's, ${own}: each has a hosted zone` }]
      : []),
  ]
}

/** A VPC has one of Redshift's managed endpoints to a cluster: another consumer there uses the same. */
const checkRedshift = (consumer: ConsumerSettings, { consumers }: Entries): readonly Complaint[] => {
  const keyOf = ({ vpcId, redshift, env }: ConsumerSettings) =>
    redshift && `${redshift.clusterIdentifier} ${redshift.ownerAccount ?? env.account} ${vpcId}`
  const before = consumers.slice(0, consumers.indexOf(consumer))
  const other = consumer.redshift && before.find(it => keyOf(it) === keyOf(consumer))
  if (other === undefined) return []
  const allowed = `nothing: ${other.name} has the managed endpoint of ${consumer.redshift?.clusterIdentifier} in this VPC, which has one of a cluster`
  return [{ at: 'redshift', allowed }]
}

export const stageRules: readonly Rule[] = [
  ofConsumer(checkZoneNames),
  ofConsumer(checkRedshift),
  ofDatabase(checkRetirement),
  ofDatabase(checkSharedEndpoints),
  ofConsumer((consumer, { databases }) => {
    if (consumer.gateway.stage === 'nlb') return []
    const database = databases.find(it => it.id === consumer.database)
    const ofPair = database ? pairChecks.flatMap(check => check(consumer, database) ?? []) : []
    return [...ofPair, ...(checkZones(consumer) ?? [])]
  }),
]
