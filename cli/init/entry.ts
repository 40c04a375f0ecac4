import type { Engine } from '../../infra/app/settings/engines.ts'
import type { DatabaseFacts } from '../facts/database.ts'
import type { ListedDatabase } from '../facts/find-database.ts'
import type { Gathered } from '../facts/gathered.ts'
import type { SubnetFacts } from '../facts/vpc.ts'

/** What `repoint init` proposes: an entry of repoint.json, what it recommends, and what a person has to look at. */
export interface Proposal {
  /** As it is written. */
  readonly entry: Readonly<Record<string, unknown>>
  readonly strategy: Advice
  /** Facts that were not found, or that AWS does not tell, each with what to do. */
  readonly open: readonly string[]
}

/** `swap` is what is written; the other one is worth a drill. */
export interface Advice {
  readonly take: 'swap' | 'standby' | 'weighted'
  readonly why: string
}

export interface Found {
  readonly listed: ListedDatabase
  readonly database: Gathered<DatabaseFacts>
  readonly subnets: Gathered<readonly SubnetFacts[]>
}

export const propose = ({ listed, database, subnets }: Found): Proposal => {
  const { kind, id, arn, members } = listed
  const facts = database.kind === 'known' ? database.value : undefined
  const engine = engineOf(listed.engine)
  const inZones = subnets.kind === 'known' ? onePerZone(subnets.value) : undefined
  const groups = facts?.securityGroupIds ?? []
  const isPublic = facts?.isPubliclyAccessible === true
  return {
    entry: {
      ...(kind === 'proxy' ? { id } : {}),
      arn,
      ...(facts?.endpoint === undefined ? {} : { endpoint: facts.endpoint }),
      ...(engine === undefined ? {} : { engine }),
      ...(facts?.port === undefined ? {} : { port: facts.port }),
      ...(members.every(it => it.startsWith(id)) ? {} : { members }),
      ...(isPublic ? { publiclyAccessible: true, network: { mode: 'in-vpc' } } : {}),
      ...(facts?.vpcId ? { vpcId: facts.vpcId } : {}),
      ...(inZones === undefined ? {} : { subnets: inZones.chosen.map(written) }),
      ...(subnets.kind === 'known' ? { allowedCidrs: subnets.value.map(({ cidr }) => cidr) } : {}),
      frontDoor: {
        kind: 'create',
        strategy: 'swap',
        ...(groups.length === 1 ? { databaseSecurityGroupId: groups[0] } : {}),
      },
    },
    strategy: adviceFor(listed, facts, engine),
    open: [
      ...unreadOf('The database', database),
      ...unreadOf('The subnets', subnets),
      ...(engine === undefined ? [`The engine ${listed.engine} is none that Repoint knows: set engine yourself.`] : []),
      ...(facts && facts.endpoint === undefined
        ? [`RDS shows no endpoint while ${id} is ${facts.status}: set endpoint, or run this again later.`]
        : []),
      ...(inZones?.spare.map(
        it => `${it.id} is a second subnet in ${it.zone} and was left out: the load balancer takes one a zone.`,
      ) ?? []),
      ...groupsOpen(groups, facts),
      ...(isPublic
        ? [
            `${id} is publicly accessible, so its name gives the private address inside the VPC only: the function runs there (network.mode in-vpc), and its subnets need a path to the AWS APIs.`,
          ]
        : []),
      ...(engine !== undefined && /mysql|mariadb/.test(engine)
        ? [
            'Health checks can make the server block the load balancer: set mysqlHostBlocking after you have read "MySQL and MariaDB" in docs/deploying.md.',
          ]
        : []),
    ],
  }
}

const unreadOf = (what: string, fact: Gathered<unknown>): string[] =>
  fact.kind === 'known' ? [] : [`${what} could not be read: ${fact.why}`]

const groupsOpen = (groups: readonly string[], facts: DatabaseFacts | undefined): string[] => {
  if (facts === undefined || groups.length === 1) return []
  const found =
    groups.length === 0 ? 'no security group was found' : `it has several security groups (${groups.join(', ')})`
  return [
    `${found}: set frontDoor.databaseSecurityGroupId to the one that is to let the load balancer in, or open it yourself.`,
  ]
}

/**
 * RDS's names of engines carry their edition: `sqlserver-ee`, `oracle-se2`, `db2-ae`; a proxy has a family. DocumentDB and
 * Neptune share its API.
 */
const engineOf = (name: string): Engine | undefined => {
  const same = ['postgres', 'aurora-postgresql', 'mysql', 'aurora-mysql', 'mariadb'] as const
  const families = { POSTGRESQL: 'postgres', MYSQL: 'mysql', SQLSERVER: 'sqlserver' } as const
  const others = ['docdb', 'neptune']
  const editions = ['sqlserver', 'oracle', 'db2'] as const
  return (
    same.find(it => it === name) ??
    families[name as keyof typeof families] ??
    (others.includes(name) ? 'other' : undefined) ??
    editions.find(it => name.replace(/^custom-/, '').startsWith(`${it}-`))
  )
}

/** The one with the most free addresses: the load balancer needs some. */
const onePerZone = (subnets: readonly SubnetFacts[]) => {
  const byRoom = subnets.toSorted((a, b) => b.freeAddresses - a.freeAddresses)
  const chosen = subnets.filter(it => byRoom.find(other => other.zone === it.zone) === it)
  return {
    chosen: chosen.toSorted((a, b) => a.zone.localeCompare(b.zone)),
    spare: subnets.filter(it => !chosen.includes(it)),
  }
}

const written = ({ id, zone, zoneId, cidr }: SubnetFacts) => ({
  id,
  zone,
  ...(zoneId === undefined ? {} : { zoneId }),
  cidr,
})

/** The table of docs/choosing.md. */
const adviceFor = (
  { kind, members }: ListedDatabase,
  facts: DatabaseFacts | undefined,
  engine: Engine | undefined,
): Advice => {
  if (kind === 'proxy') return { take: 'swap', why: 'nothing tells a proxy’s next address beforehand' }
  if (kind === 'cluster') {
    return members.length > 1
      ? {
          take: 'weighted',
          why: `each of its ${members.length} members can have a target group that is healthy before it becomes the writer`,
        }
      : { take: 'swap', why: 'it has no reader that could become the writer' }
  }
  if (facts === undefined) return { take: 'swap', why: 'it could not be read whether it has a standby' }
  if (!facts.isMultiAz) return { take: 'swap', why: 'it has no standby, so there is no second address' }
  if (engine === 'sqlserver')
    return { take: 'swap', why: 'SQL Server runs on the secondary too, so health may not tell the writer from it' }
  return {
    take: 'standby',
    why: 'both addresses of a Multi-AZ instance can be registered beforehand, and the health check selects the one that listens',
  }
}
