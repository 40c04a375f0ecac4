import * as v from 'valibot'
import type { Kind } from './database.ts'
import type { CreatedFrontDoor, ExistingFrontDoor, Readers } from './front-door.ts'
import { type ProviderGateway, zonesWithoutLattice } from './gateway.ts'
import { hasGateway } from './stages.ts'
import { pathOf } from './strategy-checks.ts'
import type { Subnet } from './subnets.ts'

/** What the resource gateway asks of the database's other settings: each a sentence that says why. */

interface Entry {
  readonly kind?: Kind | undefined
  readonly arn?: string | undefined
  readonly vpcId?: string | undefined
  readonly subnets?: readonly Subnet[] | undefined
  readonly publiclyAccessible?: boolean | undefined
  readonly frontDoor: CreatedFrontDoor | ExistingFrontDoor
  readonly readers?: Readers | undefined
  readonly gateway?: ProviderGateway | undefined
}

interface Subject extends Omit<Entry, 'gateway' | 'kind'> {
  readonly kind: Kind | undefined
  readonly gateway: ProviderGateway
}

interface Problem {
  readonly keys: readonly string[]
  readonly value: unknown
  readonly allowed: string
}

export const gatewayProblems = (subject: Subject): readonly Problem[] => [
  ...targetProblems(subject),
  ...(hasGateway(subject.gateway.stage)
    ? [...publicProblems(subject), ...placeProblems(subject), ...ruleProblems(subject), ...readerProblems(subject)]
    : []),
]

const hasArn = ({ kind, arn }: Subject): boolean => (kind === 'instance' || kind === 'cluster') && arn !== undefined

const targetOf = (subject: Subject): 'arn' | 'dns' => subject.gateway.target ?? (hasArn(subject) ? 'arn' : 'dns')

/** What the resource configuration can name. */
const targetProblems = (subject: Subject): Problem[] => {
  const { target, dnsResolution } = subject.gateway
  if (target === 'arn' && !hasArn(subject)) {
    const allowed = 'dns: only an RDS instance or cluster has a resource configuration by ARN'
    return [{ keys: ['gateway', 'target'], value: target, allowed }]
  }
  if (targetOf(subject) === 'dns' || dnsResolution !== 'in-vpc') return []
  const allowed = 'public, or target dns: a gateway that resolves in the VPC takes no resource configuration by ARN'
  return [{ keys: ['gateway', 'dnsResolution'], value: dnsResolution, allowed }]
}

const publicProblems = (subject: Subject): Problem[] => {
  const { publiclyAccessible, gateway } = subject
  if (publiclyAccessible !== true) return []
  if (targetOf(subject) === 'arn') {
    const allowed = 'false: a resource configuration cannot name a publicly accessible database: make it private first'
    return [{ keys: ['publiclyAccessible'], value: publiclyAccessible, allowed }]
  }
  if (gateway.dnsResolution === 'in-vpc') return []
  const allowed = 'in-vpc: elsewhere a publicly accessible database’s name gives its public address'
  return [{ keys: ['gateway', 'dnsResolution'], value: gateway.dnsResolution, allowed }]
}

const readerProblems = (subject: Subject): Problem[] => {
  const { readers, gateway } = subject
  if (readers === undefined || gateway.stage !== 'retired' || targetOf(subject) === 'arn') return []
  const allowed =
    'nothing, or gateway.target arn: retired takes the readers’ port away, and by name the gateway leads to the writer alone'
  return [{ keys: ['readers'], value: readers, allowed }]
}

/** Where the gateway stands. */
const placeProblems = ({ vpcId, subnets, gateway }: Subject): Problem[] => {
  const { subnetIds } = gateway
  const problems: Problem[] = []
  if (vpcId === undefined) {
    problems.push({ keys: ['vpcId'], value: vpcId, allowed: 'the database’s VPC: its resource gateway stands there' })
  }
  if (subnets === undefined) {
    const allowed = 'subnets for the resource gateway, one in every zone that consumers use'
    return [...problems, { keys: ['subnets'], value: subnets, allowed }]
  }
  const complain = (allowed: string) => problems.push({ keys: ['gateway', 'subnetIds'], value: subnetIds, allowed })
  if (subnetIds?.some(id => !subnets.some(it => it.id === id))) complain('ids that stand in subnets too')
  if (new Set(subnetIds).size !== (subnetIds ?? []).length) complain('each subnet once')
  const chosen = subnets.filter(it => subnetIds?.includes(it.id) ?? true)
  const without = chosen.flatMap(({ zoneId = '' }) => (zonesWithoutLattice.includes(zoneId) ? [zoneId] : []))
  // Without a list those zones are left out by themselves, as long as another one remains.
  if (without.length > 0 && (subnetIds !== undefined || without.length === chosen.length)) {
    const place = `a subnet in another zone than ${without.join(', ')}: VPC Lattice is not offered there`
    if (subnetIds === undefined) problems.push({ keys: ['subnets'], value: subnets.map(it => it.id), allowed: place })
    else complain(place)
  }
  return problems
}

const ruleProblems = ({ gateway, frontDoor }: Subject): Problem[] => {
  const ofDoor = frontDoor.kind === 'create' ? frontDoor.databaseSecurityGroupId : undefined
  const said = gateway.databaseSecurityGroupId ?? ofDoor
  if (said !== undefined) return []
  return [
    {
      keys: ['gateway', 'databaseSecurityGroupId'],
      value: said,
      allowed:
        'the database’s security group, or false where you let the gateway in yourself: without that rule every connection hangs, and it is the step that most set-ups miss',
    },
  ]
}

const readFields = ['kind', 'arn', 'vpcId', 'subnets', 'publiclyAccessible', 'frontDoor', 'readers', 'gateway']

/** As soon as the fields that it reads are well-formed themselves, whatever else is wrong. */
export const checkGateway = <Input>(kindOf: (entry: Entry) => Kind | undefined) =>
  v.rawCheck<Input>(({ dataset, addIssue }) => {
    const isBroken = dataset.issues?.some(({ path, kind }) => kind === 'schema' && isRead(path))
    const entry = dataset.value as Entry
    const { gateway } = entry
    if (isBroken || gateway === undefined) return
    for (const { keys, value, allowed } of gatewayProblems({ ...entry, gateway, kind: kindOf(entry) })) {
      addIssue({ message: allowed, input: value, path: pathOf(entry, keys, value) })
    }
  })

const isRead = (path: readonly v.IssuePathItem[] | undefined): boolean => readFields.includes(String(path?.[0]?.key))
