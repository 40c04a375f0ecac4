import * as v from 'valibot'
import type { Kind } from '../../../functions/reconciler/config/database.ts'
import { whyNotProof } from '../../../functions/reconciler/config/owner-proof.ts'
import { overlaps } from '../../../functions/reconciler/config/values.ts'
import { settleProblems } from '../../../functions/reconciler/config/watching.ts'
import { registrableCidrs } from '../../../functions/reconciler/config.ts'
import { shortName } from './aws-values.ts'
import { type DatabaseEntry, readArn, whereOf } from './database-fields.ts'
import { blocksHosts, defaultPort } from './engines.ts'
import { functionTimeoutSeconds } from './function-fields.ts'
import { ofDatabaseFields, type Rule, unless } from './settings-rule.ts'

export const kindOf = ({ kind, arn }: Pick<DatabaseEntry, 'kind' | 'arn'>): Kind | undefined =>
  kind ?? (arn === undefined ? undefined : readArn(arn).kind)

/** A proxy's ARN ends in an id of AWS's; its name is ours to say. */
const namesProxy = (arn: string) => readArn(arn).kind === 'proxy'

const createsFrontDoor = ({ frontDoor }: Pick<DatabaseEntry, 'frontDoor'>) => frontDoor.kind === 'create'
const isInVpc = ({ network }: Pick<DatabaseEntry, 'network'>) => network.mode !== 'outside-vpc'

/** Which database it is: what ARN, kind, id, account and Region say about each other. */
const identityRules: readonly Rule[] = [
  ofDatabaseFields(['kind', 'arn'], ({ kind, arn }) =>
    unless(kind === 'hostname' || arn !== undefined, 'arn', 'an RDS ARN (only kind hostname has none)'),
  ),
  ofDatabaseFields(['kind', 'arn'], ({ kind, arn }) => {
    const isSame = kind === undefined || arn === undefined || kind === 'hostname' || kind === readArn(arn).kind
    return unless(isSame, 'kind', 'the kind that the ARN names, or nothing')
  }),
  ofDatabaseFields(['id', 'arn'], ({ id, arn }) => {
    const isNamed = id !== undefined || (arn !== undefined && v.is(shortName, readArn(arn).identifier))
    return unless(isNamed, 'id', 'a name of lower-case letters, digits and hyphens: the ARN gives none that fits')
  }),
  ofDatabaseFields(['id', 'arn'], ({ id, arn }) => {
    const isSame = id === undefined || arn === undefined || namesProxy(arn) || id === readArn(arn).identifier
    return unless(isSame, 'id', 'the identifier in the ARN, or nothing: the RDS API is asked by it')
  }),
  ofDatabaseFields(['account', 'arn'], ({ account, arn }) => {
    const isSame = account === undefined || arn === undefined || account === readArn(arn).account
    return unless(isSame, 'account', 'the ARN’s account, or nothing')
  }),
  ofDatabaseFields(['region', 'arn'], ({ region, arn }) => {
    const isSame = region === undefined || arn === undefined || region === readArn(arn).region
    return unless(isSame, 'region', 'the ARN’s Region, or nothing')
  }),
  ofDatabaseFields(['engine', 'kind'], ({ engine, kind }) =>
    unless(
      engine !== 'redshift' || kind === 'hostname',
      'kind',
      'hostname: Redshift is reached by its name, and has no RDS ARN',
    ),
  ),
  ofDatabaseFields(['engine', 'kind', 'arn'], ({ engine, ...entry }) =>
    unless(
      engine !== 'other' || !['instance', 'proxy'].includes(kindOf(entry) ?? 'hostname'),
      'engine',
      'the engine as RDS calls it; other is for a host name, and for a cluster of DocumentDB or Neptune',
    ),
  ),
  ofDatabaseFields(['engine', 'port'], ({ engine, port }) =>
    unless(port !== undefined || defaultPort(engine) !== undefined, 'port', 'a port: engine other has none of its own'),
  ),
  ofDatabaseFields(['engine', 'kind', 'arn'], ({ engine, ...entry }) =>
    unless(
      kindOf(entry) !== 'cluster' || !['mariadb', 'sqlserver', 'oracle', 'db2'].includes(engine),
      'engine',
      'an engine that has clusters: aurora-postgresql, aurora-mysql, postgres or mysql',
    ),
  ),
  ofDatabaseFields(['kind', 'arn', 'members'], entry =>
    unless(entry.members.length === 0 || kindOf(entry) === 'cluster', 'members', 'nothing: only a cluster has members'),
  ),
]

const proofRules: readonly Rule[] = [
  ofDatabaseFields(['ownerProof', 'kind', 'arn'], ({ ownerProof, ...entry }) => {
    const unsuitable = ownerProof && whyNotProof(kindOf(entry) ?? 'hostname', ownerProof)
    return unless(unsuitable === undefined, 'ownerProof', unsuitable ?? '')
  }),
]

/** Where load balancer and function are. */
const networkRules: readonly Rule[] = [
  ofDatabaseFields(['frontDoor', 'network', 'vpcId'], it =>
    unless(
      it.vpcId !== undefined || !(createsFrontDoor(it) || isInVpc(it)),
      'vpcId',
      'the VPC for the load balancer or the function',
    ),
  ),
  ofDatabaseFields(['frontDoor', 'network', 'subnets'], it => {
    const isNeeded = createsFrontDoor(it) || (isInVpc(it) && !it.network.subnetIds)
    return unless(it.subnets !== undefined || !isNeeded, 'subnets', 'a subnet in every zone of the DB subnet group')
  }),
  ofDatabaseFields(['arn', 'account', 'region', 'subnets'], ({ subnets = [], ...entry }) => {
    const { region = '' } = whereOf(entry)
    return unless(
      subnets.every(subnet => subnet.zone.startsWith(region)),
      'subnets',
      entry.arn === undefined ? `zones of the Region ${region}` : 'zones of the ARN’s Region',
    )
  }),
  ofDatabaseFields(['publiclyAccessible', 'network'], it =>
    unless(
      !it.publiclyAccessible || isInVpc(it),
      'network',
      'mode in-vpc or isolated: outside the VPC a publicly accessible database’s name gives its public address',
    ),
  ),
  ofDatabaseFields(['network'], ({ network }) =>
    unless(
      network.mode === 'isolated' || network.endpoints === undefined,
      'network.endpoints',
      'nothing: only mode isolated uses interface endpoints',
    ),
  ),
  ofDatabaseFields(['network', 'dnsServers'], ({ network, dnsServers }) =>
    dnsServers.flatMap((server, index) =>
      unless(
        network.mode !== 'outside-vpc' || !isPrivate(`${server.split(':')[0]}/32`),
        `dnsServers.${index}`,
        'a public address, or network.mode in-vpc or isolated: outside the VPC the function reaches no private one',
      ),
    ),
  ),
  // A target group takes the VPC's own networks too, whatever they are: where one of them is not private, more may be.
  ofDatabaseFields(['allowedCidrs', 'subnets'], ({ allowedCidrs = [], subnets = [] }) => {
    const isPrivateVpc = subnets.length > 0 && subnets.every(it => it.cidr !== undefined && isPrivate(it.cidr))
    return allowedCidrs.flatMap((cidr, index) =>
      unless(
        isPrivate(cidr) || !isPrivateVpc,
        `allowedCidrs.${index}`,
        `a network of ${registrableCidrs.join(', ')}: no target group takes another address, and the VPC’s own subnets are private`,
      ),
    )
  }),
]

/** Where a function outside the VPC reaches nothing, and a target group takes every address. */
const isPrivate = (cidr: string): boolean => registrableCidrs.some(it => overlaps(it, cidr))

const marginMs = 60_000
const longestMs = functionTimeoutSeconds * 1000 - marginMs

/** A watch has to fit into one run of the function. */
const watchRules: readonly Rule[] = [
  ofDatabaseFields(['watch'], ({ watch }) =>
    Object.entries(watch).flatMap(([key, ms]) =>
      unless(ms >= 1000 && ms <= longestMs, `watch.${key}`, `milliseconds, from 1000 to ${longestMs}`),
    ),
  ),
  ofDatabaseFields(['watch'], ({ watch }) =>
    unless(
      watch.startedMs + watch.healthyMs <= longestMs,
      'watch.healthyMs',
      `milliseconds, together with startedMs at most ${longestMs} (Lambda’s 15 minutes less a margin)`,
    ),
  ),
  ofDatabaseFields(['settle'], ({ settle }) =>
    unless(settle.intervalMs >= 100, 'settle.intervalMs', 'milliseconds, at least 100: each look asks DNS'),
  ),
  ofDatabaseFields(['settle', 'watch'], ({ settle, watch }) =>
    settleProblems(settle, watch).map(({ key, message }) => ({ at: `settle.${key}`, allowed: message })),
  ),
]

const engineRules: readonly Rule[] = [
  ofDatabaseFields(['engine', 'mysqlHostBlocking'], ({ engine, mysqlHostBlocking }) =>
    unless(
      mysqlHostBlocking === undefined || blocksHosts(engine),
      'mysqlHostBlocking',
      'nothing: only MySQL and MariaDB block hosts',
    ),
  ),
  ofDatabaseFields(['engine', 'redshift'], ({ engine, redshift }) =>
    unless(
      redshift === undefined || engine === 'redshift',
      'redshift',
      'nothing: only engine redshift has managed endpoints',
    ),
  ),
]

export const databaseRules: readonly Rule[] = [
  ...identityRules,
  ...proofRules,
  ...networkRules,
  ...watchRules,
  ...engineRules,
]
