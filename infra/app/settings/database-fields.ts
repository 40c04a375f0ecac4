import * as v from 'valibot'
import { arnTypes, type Kind, kind, kinds } from '../../../functions/reconciler/config/database.ts'
import * as values from '../../../functions/reconciler/config/values.ts'
import { settingsParts } from '../../../functions/reconciler/config.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'
import { engines, hostBlockingAnswers } from './engines.ts'
import { vpcName } from './fleet-fields.ts'
import { exposure, frontDoor, readers } from './front-door-fields.ts'
import { functionSettings, networkMode } from './function-fields.ts'
import { provider } from './gateway-fields.ts'
import { databaseGuardrails } from './guardrails-fields.ts'
import { redshift } from './redshift-fields.ts'
import { subnets } from './subnet-fields.ts'
import { wake } from './wake-fields.ts'

export interface ArnParts {
  readonly partition: string
  readonly kind: Kind
  readonly region: string
  readonly account: string
  readonly identifier: string
}

/** Parts of an RDS ARN of the accepted form. */
export const readArn = (arn: string): ArnParts => {
  const [, partition = '', , region = '', account = '', type = '', identifier = ''] = arn.split(':')
  return { kind: kinds.find(kind => arnTypes[kind] === type) ?? 'hostname', partition, region, account, identifier }
}

interface Whereabouts {
  readonly arn?: string | undefined
  readonly account?: string | undefined
  readonly region?: string | undefined
}

/** Where a database is, as far as its entry says: by its ARN, or in words where it has none. */
export const whereOf = ({ arn, account, region }: Whereabouts): Omit<Whereabouts, 'arn'> => {
  const there = typeof arn === 'string' ? readArn(arn) : undefined
  return { account: there?.account || account, region: there?.region || region }
}

export const tags = aws.recordOf(
  v.pipe(v.string(), v.minLength(1, 'a tag’s name'), v.maxLength(128, 'at most 128 characters')),
  v.pipe(v.string('a text'), v.maxLength(256, 'at most 256 characters')),
  'tags by their names',
)

export const alarmTopics = values.closed({
  topicArns: v.optional(described('SNS topics.', values.listOf(aws.topicArn, 'SNS topics')), []),
})

export const terminationProtection = v.optional(
  described('Off for a first deployment, which could neither be repeated nor removed; on from then on.', values.flag),
  false,
)

export const database = values.closed({
  id: v.optional(described('Names stack and function. By default the identifier in the ARN.', aws.shortName)),
  kind: v.optional(described('By default the ARN’s; hostname for what has no ARN.', kind)),
  arn: v.optional(described('Of the instance, the cluster or the proxy.', values.rdsArn)),
  endpoint: described(
    'The name that clients of the database itself use: a cluster’s is its writer endpoint.',
    values.hostName,
  ),
  engine: described(
    'As RDS calls it; other for any service that speaks TCP, with port.',
    v.picklist(engines, `one of ${engines.join(', ')}`),
  ),
  port: v.optional(described('By default the engine’s.', values.portNumber)),
  account: v.optional(described('By default the ARN’s.', aws.accountId)),
  region: v.optional(described('By default the ARN’s.', aws.regionName)),
  members: v.optional(
    described(
      'A cluster’s instances, whose own events wake the function too.',
      values.listOf(aws.memberName, 'DB instances'),
    ),
    [],
  ),
  publiclyAccessible: v.optional(
    described(
      'As RDS has it. A public name answers public addresses outside the VPC, so the function has to be inside.',
      values.flag,
    ),
    false,
  ),
  vpc: v.optional(described('One of vpcs, which gives vpcId, subnets and allowedCidrs.', vpcName)),
  vpcId: v.optional(described('Where the database and the load balancer are.', aws.vpcId)),
  subnets: v.optional(described('Of the load balancer: one in each zone of the database’s subnet group.', subnets)),
  allowedCidrs: v.optional(
    described(
      'Only addresses inside are ever registered: best the networks of the database’s subnets. By default everything that a target group accepts.',
      settingsParts.allowedCidrs,
    ),
  ),
  ownerProof: v.optional(
    described(
      'Whether a new address is proved to be an interface of this database before it is registered. By default when-possible; off for a proxy or a host name, and for databases in other VPCs or accounts.',
      settingsParts.ownerProof,
    ),
  ),
  mysqlHostBlocking: v.optional(
    described(
      'MySQL and MariaDB: what keeps the server from blocking the load balancer’s addresses.',
      v.picklist(hostBlockingAnswers, `one of ${hostBlockingAnswers.join(', ')}`),
    ),
  ),
  frontDoor: v.optional(
    described('A load balancer that the stack creates, or target groups that there are.', frontDoor),
    { kind: 'create' },
  ),
  readers: v.optional(
    described('A second front door for a cluster’s readers; {} for one with every default.', readers),
  ),
  exposure: v.optional(described('How consumers reach the load balancer: PrivateLink, or networks.', exposure)),
  gateway: v.optional(described('The migration from the load balancer to a resource gateway.', provider)),
  redshift: v.optional(
    described('Engine redshift: who may make Redshift-managed endpoints, a single point of failure each.', redshift),
  ),
  network: v.optional(described('Where the function runs.', networkMode), {}),
  function: v.optional(described('The Lambda function, its schedule and its log.', functionSettings), {}),
  wakeOn: v.optional(
    described(
      'What else says that the writer is about to move: ARNs of other databases, whose RDS events are meant, and event patterns of one’s own, on the default bus. Each starts a watch.',
      v.pipe(values.listOf(wake, 'RDS ARNs and event patterns'), v.maxLength(5, 'at most 5')),
    ),
    [],
  ),
  watch: v.optional(described('For how long one run follows what goes on.', settingsParts.watch), {}),
  settle: v.optional(
    described('When the writer is known well enough to remove another address.', settingsParts.settle),
    {},
  ),
  rememberMs: v.optional(
    described(
      'For how long what was found in sync is not read again while DNS answers the same. A change by hand in a target group is found within it.',
      settingsParts.rememberMs,
    ),
    300_000,
  ),
  policies: v.optional(
    described('What is held back: everything (paused, dry-run), or removals (add-only).', settingsParts.policies),
    [],
  ),
  eventBus: v.optional(described('Where the reports go.', settingsParts.eventBus), 'default'),
  dnsServers: v.optional(described('Resolvers to ask instead of the system’s.', settingsParts.dnsServers), []),
  alarms: v.optional(described('Whom the alarms tell.', alarmTopics), {}),
  dashboard: v.optional(
    described('A dashboard and saved queries of this database alone, beside those that all share.', values.flag),
    false,
  ),
  guardrails: v.optional(
    described(
      'What the organization asks of every stack: boundary, role path, keys, helpers in a VPC.',
      databaseGuardrails,
    ),
    {},
  ),
  tags: v.optional(described('Of every resource of this stack, beside the file’s own.', tags), {}),
  terminationProtection,
})

export type DatabaseEntry = v.InferOutput<typeof database>
