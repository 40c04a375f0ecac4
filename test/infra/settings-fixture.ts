import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Code } from 'aws-cdk-lib/aws-lambda'
import {
  DISABLE_CREATION_STACK_TRACES,
  DISABLE_LOGICAL_ID_METADATA,
  FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT,
} from 'aws-cdk-lib/cx-api'
import { vi } from 'vitest'
import { addStacks, contextOfCdkJson } from '../../infra/app/app.ts'
import { hashOf } from '../../infra/app/settings/hash-of.ts'
import { parseSettings } from '../../infra/app/settings.ts'

/** Settings as a user writes them; only what matters to the case. */
export type Entry = Record<string, unknown>

const subnets = [
  { id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', zoneId: 'euw1-az1', cidr: '10.0.1.0/24' },
  { id: 'subnet-0a1b2c3d4e5f60712', zone: 'eu-west-1b', zoneId: 'euw1-az2', cidr: '10.0.2.0/24' },
]

/** The name that RDS would give. */
const endpointOf = (entry: Entry): string => {
  const { id } = entry
  const arn = entry.arn ?? `:::eu-west-1::db:${'arn' in entry ? (id ?? 'orders') : 'orders'}`
  const [, , , region, , type, name] = String(arn).split(':')
  const own = type === 'db-proxy' ? (id ?? name) : name
  const hash = { cluster: 'cluster-', 'db-proxy': 'proxy-' }[type ?? ''] ?? ''
  return `${own}.${hash}abc123def456.${region}.rds.amazonaws.com`
}

export const anInstance = (entry: Entry = {}): Entry => ({
  arn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
  endpoint: endpointOf(entry),
  engine: 'postgres',
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnets,
  allowedCidrs: ['10.0.0.0/16'],
  frontDoor: { kind: 'create', databaseSecurityGroupId: false },
  ...entry,
})

const ledger = 'arn:aws:rds:eu-west-1:111122223333:cluster:ledger'

/** A load balancer for several databases. */
export const aLoadBalancer = (entry: Entry = {}): Entry => ({
  name: 'shared',
  account: '111122223333',
  region: 'eu-west-1',
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnets,
  allowedCidrs: ['10.0.0.0/16'],
  ...entry,
})

/** What a database takes from the same file. */
export const balancersFor = (database: Entry): readonly Entry[] =>
  typeof (database.frontDoor as Entry | undefined)?.loadBalancer === 'string' ? [aLoadBalancer()] : []

/** An instance behind it, on a port of its own. */
export const anInstanceBehindShared = (id: string, listenerPort: number, entry: Entry = {}): Entry => {
  const arn = `arn:aws:rds:eu-west-1:111122223333:db:${id}`
  const { vpcId: _, subnets: __, ...rest } = anInstance({ arn })
  const { frontDoor, ...more } = entry
  return {
    ...rest,
    frontDoor: {
      kind: 'create',
      loadBalancer: 'shared',
      listenerPort,
      databaseSecurityGroupId: false,
      ...(frontDoor as Entry | undefined),
    },
    ...more,
  }
}

export const aCluster = (entry: Entry = {}): Entry => ({
  ...anInstance({ arn: ledger, ...entry }),
  arn: ledger,
  engine: 'aurora-postgresql',
  ...entry,
})

export const existingTargetGroup = {
  kind: 'existing',
  targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef',
}

/** The front door, by strategy. */
export const created = (strategy: string, more: Entry = {}): Entry => ({
  kind: 'create',
  strategy,
  databaseSecurityGroupId: false,
  ...more,
})

/** An instance behind a target group that is there already: nothing about networks is needed. */
export const anInstanceBehindItsOwn = (entry: Entry = {}): Entry => {
  const { vpcId: _, subnets: __, ...rest } = anInstance(entry)
  return { ...rest, frontDoor: existingTargetGroup, ...entry }
}

/** A consumer's own: two of one host name in one VPC are refused. */
const vpcOf = (name: unknown): string => (name === 'analytics' ? 'vpc-0f1e2d3c4b5a69788' : `vpc-${hashOf(name)}`)

export const aConsumer = (entry: Entry = {}): Entry => ({
  name: 'analytics',
  serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
  database: 'orders',
  account: '444455556666',
  region: 'eu-west-1',
  vpcId: vpcOf(entry.name ?? 'analytics'),
  subnets: [
    { id: 'subnet-0f1e2d3c4b5a69781', zone: 'eu-west-1a', zoneId: 'euw1-az2' },
    { id: 'subnet-0f1e2d3c4b5a69782', zone: 'eu-west-1b', zoneId: 'euw1-az3' },
  ],
  clientCidrs: ['10.0.0.0/16'],
  ...entry,
})

/** Of a consumer in both zones of the service: of one that has one of them, synthesis warns. */
export const inBothZones = [
  { id: 'subnet-0f1e2d3c4b5a69781', zone: 'eu-west-1a', zoneId: 'euw1-az2' },
  { id: 'subnet-0f1e2d3c4b5a69783', zone: 'eu-west-1c', zoneId: 'euw1-az1' },
]

/** An interface endpoint in the VPC of `aConsumer`, for several consumers. */
export const anEndpoint = (entry: Entry = {}): Entry => {
  const { vpcId, subnets, account, region, serviceName } = aConsumer()
  return { name: 'all', vpcId, subnets, account, region, serviceName, ...entry }
}

/** A consumer that comes through it. */
export const aConsumerBehindShared = (database: string, entry: Entry = {}): Entry => {
  const { serviceName: _, ...own } = aConsumer({ vpcId: aConsumer().vpcId })
  return { ...own, name: `analytics-${database}`, database, endpoint: 'all', ...entry }
}

export const codeInline = () => Code.fromInline('placeholder')

/** Synthesis is a function of the settings, and the same ones are asked for again and again. */
const synthesized = new Map<string, Record<string, Template>>()

/** What a file is refused with, or nothing. */
export const refusalOf = (file: Entry): string => {
  try {
    parseSettings('repoint.json', JSON.stringify(file))
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

/** Templates by stack name, with a placeholder for the artefact. */
export const synthesizeEntries = (
  databases: readonly Entry[],
  consumers: readonly Entry[] = [],
  /** As with `cdk -c`. */
  context: Entry = {},
): Record<string, Template> => synthesizeFile({ databases, consumers }, context)

/** The same of a whole file, and in its order: what an entry takes over from others comes before it. */
export const synthesizeFile = (file: Entry, context: Entry = {}): Record<string, Template> => {
  const key = JSON.stringify({ file, context })
  const templates = synthesized.get(key) ?? synthesizeText(JSON.stringify(file), context)
  synthesized.set(key, templates)
  return templates
}

/** Stack traces and metadata stand beside the templates, where no test reads them; they are a quarter of a synthesis. */
const templatesAlone = {
  [FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT]: false,
  [DISABLE_CREATION_STACK_TRACES]: true,
  [DISABLE_LOGICAL_ID_METADATA]: true,
}

const synthesizeText = (text: string, more: Entry) => {
  const settings = parseSettings('repoint.json', text)
  const context = { ...contextOfCdkJson(), ...templatesAlone, ...more }
  // CloudFormation's own rules take seconds; one test holds them (rules.test.ts), and prints their report.
  const app = new App({
    autoSynth: false,
    builtinCloudFormationValidation: false,
    stackTraces: false,
    treeMetadata: false,
    context,
  })
  addStacks(app, { settings, code: codeInline })
  const names = [
    ...settings.loadBalancers.map(it => `Repoint-load-balancer-${it.name}`),
    ...settings.databases.map(it => `Repoint-${it.id}`),
    ...settings.endpoints.map(it => `Repoint-endpoint-${it.name}`),
    ...settings.consumers.map(it => `Repoint-consumer-${it.name}`),
  ]
  return Object.fromEntries(names.map(name => [name, Template.fromStack(app.node.findChild(name) as never)]))
}

/** What `act` gives, and what it prints as warnings meanwhile. */
export const heard = <T>(act: () => T): { readonly result: T; readonly printed: string } => {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => {})
  try {
    const result = act()
    return { result, printed: spy.mock.calls.flat().join('\n') }
  } finally {
    spy.mockRestore()
  }
}

/** The one resource of a type, with its logical id. */
export const onlyResource = (template: Template, type: string, props: unknown = {}) => {
  const found = Object.entries(template.findResources(type, { Properties: props }))
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`)
  const [[id, resource] = ['', {}]] = found
  return { id, properties: resource.Properties as Record<string, unknown> }
}
