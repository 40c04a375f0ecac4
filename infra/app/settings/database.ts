import * as v from 'valibot'
import { described } from './described.ts'
import { blocksHosts, defaultPort, engines } from './engines.ts'
import { exposure, frontDoor, readers } from './front-door.ts'
import { functionSettings, networkMode, settle, watch } from './function.ts'
import { provider } from './gateway.ts'
import { checkGateway } from './gateway-checks.ts'
import { redshift } from './redshift.ts'
import { checkStrategy } from './strategy-checks.ts'
import { subnets } from './subnets.ts'
import * as words from './words.ts'

export const kinds = ['instance', 'cluster', 'proxy', 'hostname'] as const
export type Kind = (typeof kinds)[number]

const hostBlockingAnswers = ['skip-name-resolve', 'raised-max-connect-errors', 'accepted'] as const
const policies = ['paused', 'dry-run', 'add-only'] as const

const kindInArn: Record<string, Kind> = { db: 'instance', cluster: 'cluster', 'db-proxy': 'proxy' }

export interface ArnParts {
  readonly kind: Kind
  readonly region: string
  readonly account: string
  readonly identifier: string
}

/** Parts of an RDS ARN of the accepted form. */
export const readArn = (arn: string): ArnParts => {
  const [, , , region = '', account = '', type = '', identifier = ''] = arn.split(':')
  return { kind: kindInArn[type] ?? 'hostname', region, account, identifier }
}

export const tags = v.record(
  v.pipe(v.string(), v.minLength(1, 'a tag’s name'), v.maxLength(128, 'at most 128 characters')),
  v.pipe(v.string('a text'), v.maxLength(256, 'at most 256 characters')),
)

const fields = words.closed({
  id: v.optional(described('Names stack and function. By default the identifier in the ARN.', words.shortName)),
  kind: v.optional(v.picklist(kinds, `one of ${kinds.join(', ')}`)),
  arn: v.optional(words.rdsArn),
  endpoint: words.hostName,
  engine: v.picklist(engines, `one of ${engines.join(', ')}`),
  port: v.optional(described('By default the engine’s.', words.portNumber)),
  account: v.optional(described('By default the ARN’s.', words.accountId)),
  region: v.optional(described('By default the ARN’s.', words.regionName)),
  members: v.optional(
    described(
      'A cluster’s instances, whose own events wake the function too.',
      words.listOf(words.memberName, 'a list of DB instances'),
    ),
    [],
  ),
  publiclyAccessible: v.optional(words.flag, false),
  vpcId: v.optional(words.vpcId),
  subnets: v.optional(subnets),
  allowedCidrs: v.optional(
    described(
      'Only addresses inside are ever registered. By default everything that a target group accepts.',
      v.pipe(words.listOf(words.network, 'a list of networks'), v.minLength(1, 'at least one network')),
    ),
  ),
  mysqlHostBlocking: v.optional(
    described(
      'MySQL and MariaDB: what keeps the server from blocking the load balancer’s addresses.',
      v.picklist(hostBlockingAnswers, `one of ${hostBlockingAnswers.join(', ')}`),
    ),
  ),
  frontDoor: v.optional(frontDoor, { kind: 'create' }),
  readers: v.optional(
    described('A second front door for a cluster’s readers; {} for one with every default.', readers),
  ),
  exposure: v.optional(exposure),
  gateway: v.optional(described('The way from the load balancer to a resource gateway.', provider)),
  redshift: v.optional(
    described('Engine redshift: who may make Redshift-managed endpoints, a single point of failure each.', redshift),
  ),
  network: v.optional(networkMode, {}),
  function: v.optional(functionSettings, {}),
  watch: v.optional(watch, {}),
  settle: v.optional(settle, {}),
  policies: v.optional(words.listOf(v.picklist(policies, `one of ${policies.join(', ')}`), 'a list of policies'), []),
  eventBus: v.optional(described('Where the reports go.', words.busName), 'default'),
  dnsServers: v.optional(words.listOf(words.dnsServer, 'a list of DNS servers'), []),
  alarms: v.optional(
    words.closed({ topicArns: v.optional(words.listOf(words.topicArn, 'a list of SNS topics'), []) }),
    {},
  ),
  tags: v.optional(tags, {}),
  terminationProtection: v.optional(words.flag, true),
})

/** A proxy's ARN ends in an id of AWS's; its name is ours to say. */
const namesProxy = (arn: string) => readArn(arn).kind === 'proxy'

const createsFrontDoor = (door: { kind: string } | undefined) => door?.kind !== 'existing'
const isInVpc = (network: { mode?: string | undefined } | undefined) =>
  (network?.mode ?? 'outside-vpc') !== 'outside-vpc'

const kindOf = (it: { kind?: Kind | undefined; arn?: string | undefined }): Kind | undefined =>
  it.kind ?? (it.arn === undefined ? undefined : readArn(it.arn).kind)

export const database = v.pipe(
  fields,
  v.forward(
    v.partialCheck(
      [['kind'], ['arn']],
      it => it.kind === 'hostname' || it.arn !== undefined,
      'an RDS ARN (only kind hostname has none)',
    ),
    ['arn'],
  ),
  v.forward(
    v.partialCheck(
      [['kind'], ['arn']],
      it => it.kind === undefined || it.arn === undefined || it.kind === 'hostname' || it.kind === readArn(it.arn).kind,
      'the kind that the ARN names, or nothing',
    ),
    ['kind'],
  ),
  v.forward(
    v.partialCheck(
      [['id'], ['arn']],
      it => it.id !== undefined || (it.arn !== undefined && v.is(words.shortName, readArn(it.arn).identifier)),
      'a name of lower-case letters, digits and hyphens: the ARN gives none that fits',
    ),
    ['id'],
  ),
  v.forward(
    v.partialCheck(
      [['id'], ['arn']],
      it => it.id === undefined || it.arn === undefined || namesProxy(it.arn) || it.id === readArn(it.arn).identifier,
      'the identifier in the ARN, or nothing: the RDS API is asked by it',
    ),
    ['id'],
  ),
  v.forward(
    v.partialCheck(
      [['account'], ['arn']],
      it => it.account === undefined || it.arn === undefined || it.account === readArn(it.arn).account,
      'the ARN’s account, or nothing',
    ),
    ['account'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['arn']],
      it => it.region === undefined || it.arn === undefined || it.region === readArn(it.arn).region,
      'the ARN’s Region, or nothing',
    ),
    ['region'],
  ),
  v.forward(
    v.partialCheck(
      [['frontDoor'], ['network'], ['vpcId']],
      it => it.vpcId !== undefined || !(createsFrontDoor(it.frontDoor) || isInVpc(it.network)),
      'the VPC for the load balancer or the function',
    ),
    ['vpcId'],
  ),
  v.forward(
    v.partialCheck(
      [['frontDoor'], ['network'], ['subnets']],
      it =>
        it.subnets !== undefined || !(createsFrontDoor(it.frontDoor) || (isInVpc(it.network) && !it.network.subnetIds)),
      'a subnet in every zone of the DB subnet group',
    ),
    ['subnets'],
  ),
  v.forward(
    v.partialCheck(
      [['frontDoor'], ['exposure'], ['subnets']],
      it =>
        it.frontDoor.kind !== 'create' ||
        it.frontDoor.databaseSecurityGroupId === undefined ||
        it.exposure?.enforceSecurityGroup === true ||
        (it.subnets ?? []).every(subnet => subnet.address ?? subnet.cidr),
      'a cidr or a fixed address in each subnet: the database’s security group opens to them',
    ),
    ['subnets'],
  ),
  v.forward(
    v.partialCheck(
      [['frontDoor'], ['exposure']],
      it => createsFrontDoor(it.frontDoor) || it.exposure === undefined,
      'nothing: an existing target group’s load balancer and endpoint service are yours',
    ),
    ['exposure'],
  ),
  v.forward(
    v.partialCheck(
      [['publiclyAccessible'], ['network']],
      it => it.publiclyAccessible !== true || isInVpc(it.network),
      'mode in-vpc or isolated: outside the VPC a publicly accessible database’s name gives its public address',
    ),
    ['network'],
  ),
  v.forward(
    v.partialCheck(
      [['kind'], ['arn'], ['members']],
      it => (it.members ?? []).length === 0 || kindOf(it) === 'cluster',
      'nothing: only a cluster has members',
    ),
    ['members'],
  ),
  v.forward(
    v.partialCheck(
      [['arn'], ['subnets']],
      it =>
        it.arn === undefined ||
        (it.subnets ?? []).every(subnet => subnet.zone.startsWith(readArn(it.arn ?? '').region)),
      'zones of the ARN’s Region',
    ),
    ['subnets'],
  ),
  v.forward(
    v.partialCheck(
      [['engine'], ['mysqlHostBlocking']],
      it => it.mysqlHostBlocking === undefined || blocksHosts(it.engine),
      'nothing: only MySQL and MariaDB block hosts',
    ),
    ['mysqlHostBlocking'],
  ),
  v.forward(
    v.partialCheck(
      [['engine'], ['redshift']],
      it => it.redshift === undefined || it.engine === 'redshift',
      'nothing: only engine redshift has managed endpoints',
    ),
    ['redshift'],
  ),
  v.forward(
    v.partialCheck(
      [['engine'], ['kind']],
      it => it.engine !== 'redshift' || it.kind === 'hostname',
      'hostname: Redshift is reached by its name, and has no RDS ARN',
    ),
    ['kind'],
  ),
  checkStrategy(kindOf, defaultPort),
  checkGateway(kindOf),
)

export type DatabaseEntry = v.InferOutput<typeof database>
