import { sharedName } from './complete.ts'
import type { DatabaseEntry } from './database-fields.ts'
import { kindOf } from './database-rules.ts'
import { type ProviderGateway, zonesWithoutLattice } from './gateway-fields.ts'
import { type Complaint, ofDatabaseFields, type Rule, unless } from './settings-rule.ts'
import { hasGateway, whyNotStage } from './stages.ts'

/** What the resource gateway asks of the database's other settings. */

type Fields = DatabaseEntry & { readonly gateway: ProviderGateway }

const hasArn = (entry: Fields): boolean => {
  const kind = kindOf(entry)
  return (kind === 'instance' || kind === 'cluster') && entry.arn !== undefined && entry.engine !== 'other'
}

const targetOf = (entry: Fields): 'arn' | 'dns' => entry.gateway.target ?? (hasArn(entry) ? 'arn' : 'dns')

/** What the resource configuration can name. */
const targetProblems = (entry: Fields): readonly Complaint[] => {
  const { target, dnsResolution } = entry.gateway
  if (target === 'arn' && !hasArn(entry)) {
    const allowed = 'dns: only an RDS instance or cluster has a resource configuration by ARN'
    return [{ at: 'gateway.target', allowed }]
  }
  const isRight = targetOf(entry) === 'dns' || dnsResolution !== 'in-vpc'
  const allowed = 'public, or target dns: a gateway that resolves in the VPC takes no resource configuration by ARN'
  return unless(isRight, 'gateway.dnsResolution', allowed)
}

const publicProblems = (entry: Fields): readonly Complaint[] => {
  const { publiclyAccessible, gateway } = entry
  if (!publiclyAccessible) return []
  if (targetOf(entry) === 'arn') {
    const allowed = 'false: a resource configuration cannot name a publicly accessible database: make it private first'
    return [{ at: 'publiclyAccessible', allowed }]
  }
  return unless(
    gateway.dnsResolution === 'in-vpc',
    'gateway.dnsResolution',
    'in-vpc: elsewhere a publicly accessible database’s name gives its public address',
  )
}

const readerProblems = (entry: Fields): readonly Complaint[] =>
  unless(
    entry.readers === undefined || entry.gateway.stage !== 'retired' || targetOf(entry) === 'arn',
    'readers',
    'nothing, or gateway.target arn: retired takes the readers’ port away, and by name the gateway leads to the writer alone',
  )

/** Where the gateway's interfaces are. */
const subnetProblems = ({ subnets, gateway: { subnetIds } }: Fields): readonly Complaint[] => {
  if (subnets === undefined) {
    return [{ at: 'subnets', allowed: 'subnets for the resource gateway, one in every zone that consumers use' }]
  }
  const chosen = subnets.filter(it => subnetIds?.includes(it.id) ?? true)
  const without = chosen.flatMap(({ zoneId = '' }) => (zonesWithoutLattice.includes(zoneId) ? [zoneId] : []))
  const allowed = `a subnet in another zone than ${without.join(', ')}: VPC Lattice is not offered there`
  if (subnetIds === undefined) {
    // Without a list those zones are left out by themselves, as long as another one remains.
    const isStranded = without.length > 0 && without.length === chosen.length
    return isStranded ? [{ at: 'subnets', value: subnets.map(it => it.id), allowed }] : []
  }
  const isKnown = subnetIds.every(id => subnets.some(it => it.id === id))
  return [
    ...unless(isKnown, 'gateway.subnetIds', 'ids that stand in subnets too'),
    ...unless(new Set(subnetIds).size === subnetIds.length, 'gateway.subnetIds', 'each subnet once'),
    ...unless(without.length === 0, 'gateway.subnetIds', allowed),
  ]
}

const databaseGroupProblems = ({ gateway, frontDoor }: Fields): readonly Complaint[] => {
  const ofDoor = (frontDoor.kind === 'create' && frontDoor.databaseSecurityGroupId) || undefined
  return unless(
    (gateway.databaseSecurityGroupId ?? ofDoor) !== undefined,
    'gateway.databaseSecurityGroupId',
    'the database’s security group, or false where you let the gateway in yourself: without that rule every connection hangs, and it is the step that most set-ups miss',
  )
}

const problems = (entry: Fields): readonly Complaint[] => {
  if (!hasGateway(entry.gateway.stage)) return targetProblems(entry)
  return [
    ...targetProblems(entry),
    ...publicProblems(entry),
    ...unless(entry.vpcId !== undefined, 'vpcId', 'the database’s VPC: its resource gateway stands there'),
    ...subnetProblems(entry),
    ...databaseGroupProblems(entry),
    ...readerProblems(entry),
    ...unless(
      entry.gateway.listenerUnused === undefined || sharedName(entry.frontDoor) !== undefined,
      'gateway.listenerUnused',
      'nothing: only a load balancer that databases share counts them all together',
    ),
  ]
}

export const gatewayRules: readonly Rule[] = [
  ofDatabaseFields(['gateway'], ({ gateway }) => {
    const why = gateway && whyNotStage(gateway.from, gateway.stage)
    return why ? [{ at: 'gateway.stage', allowed: `from ${gateway.from}, ${why}` }] : []
  }),
  ofDatabaseFields(
    ['kind', 'arn', 'engine', 'vpcId', 'subnets', 'publiclyAccessible', 'frontDoor', 'readers', 'gateway'],
    ({ gateway, ...entry }) => (gateway === undefined ? [] : problems({ ...entry, gateway })),
  ),
]
