import * as v from 'valibot'
import { arnTypes, type Kind, kind, kinds } from '../../../functions/reconciler/config/database.ts'
import * as values from '../../../functions/reconciler/config/values.ts'
import { settingsParts } from '../../../functions/reconciler/config.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'
import { engines, hostBlockingAnswers } from './engines.ts'
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

export const tags = v.record(
  v.pipe(v.string(), v.minLength(1, 'a tag’s name'), v.maxLength(128, 'at most 128 characters')),
  v.pipe(v.string('a text'), v.maxLength(256, 'at most 256 characters')),
)

export const database = values.closed({
  id: v.optional(described('Names stack and function. By default the identifier in the ARN.', aws.shortName)),
  kind: v.optional(kind),
  arn: v.optional(values.rdsArn),
  endpoint: values.hostName,
  engine: v.picklist(engines, `one of ${engines.join(', ')}`),
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
  publiclyAccessible: v.optional(values.flag, false),
  vpcId: v.optional(aws.vpcId),
  subnets: v.optional(subnets),
  allowedCidrs: v.optional(
    described(
      'Only addresses inside are ever registered. By default everything that a target group accepts.',
      settingsParts.allowedCidrs,
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
  gateway: v.optional(described('The migration from the load balancer to a resource gateway.', provider)),
  redshift: v.optional(
    described('Engine redshift: who may make Redshift-managed endpoints, a single point of failure each.', redshift),
  ),
  network: v.optional(networkMode, {}),
  function: v.optional(functionSettings, {}),
  wakeOn: v.optional(
    described(
      'What else says that the writer is about to move: ARNs of other databases, whose RDS events are meant, and event patterns of one’s own, on the default bus. Each starts a watch.',
      v.pipe(values.listOf(wake, 'RDS ARNs and event patterns'), v.maxLength(5, 'at most 5')),
    ),
    [],
  ),
  watch: v.optional(settingsParts.watch, {}),
  settle: v.optional(settingsParts.settle, {}),
  policies: v.optional(settingsParts.policies, []),
  eventBus: v.optional(described('Where the reports go.', settingsParts.eventBus), 'default'),
  dnsServers: v.optional(settingsParts.dnsServers, []),
  alarms: v.optional(values.closed({ topicArns: v.optional(values.listOf(aws.topicArn, 'SNS topics'), []) }), {}),
  guardrails: v.optional(
    described(
      'What the organization asks of every stack: boundary, role path, keys, helpers in a VPC.',
      databaseGuardrails,
    ),
    {},
  ),
  tags: v.optional(tags, {}),
  terminationProtection: v.optional(
    described('Off for a first deployment, which could neither be repeated nor removed; on from then on.', values.flag),
    false,
  ),
})

export type DatabaseEntry = v.InferOutput<typeof database>
