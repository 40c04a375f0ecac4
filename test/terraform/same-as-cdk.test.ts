import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../functions/reconciler/config.ts'
import { codeElsewhere, synthesize } from '../../infra/app/app.ts'
import { type Planned, readPlan, resourcesOf } from './deployed.ts'
import { type Copy, copyModule, findTerraform } from './terraform.ts'

/** Databases as a user of the module writes them. */

const home = 'eu-west-1:111122223333'
const group = (name: string) => `arn:aws:elasticloadbalancing:${home}:targetgroup/${name}/0123456789abcdef`
const listener = `arn:aws:elasticloadbalancing:${home}:listener/net/guest/0123456789abcdef/0123456789abcdef`
const loadBalancer = { arn: `arn:aws:elasticloadbalancing:${home}:loadbalancer/net/guest/0123456789abcdef` }
const long = 'orders-with-a-name-that-is-as-long-as-rds-allows-one-to-be-made'
const subnetIds = ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712']

const anInstance = (id: string) => ({
  arn: `arn:aws:rds:${home}:db:${id}`,
  endpoint: `${id}.abc123def456.eu-west-1.rds.amazonaws.com`,
  port: 5432,
  engine: 'postgres',
})
const aCluster = (id: string, engine = 'aurora-postgresql') => ({
  arn: `arn:aws:rds:${home}:cluster:${id}`,
  endpoint: `${id}.cluster-abc123def456.eu-west-1.rds.amazonaws.com`,
  port: 5432,
  engine,
})
const one = { target_group_arns: [group('one')] }

const modules: Record<string, Record<string, unknown>> = {
  orders: { database: anInstance('orders'), front_door: one, load_balancer: loadBalancer },
  pair: {
    database: anInstance('pair'),
    front_door: { ...one, strategy: 'standby' },
    vpc: { subnet_ids: subnetIds, security_group_ids: ['sg-0a1b2c3d4e5f60718'] },
    policies: ['dry-run'],
  },
  ledger: {
    database: aCluster('ledger'),
    front_door: {
      strategy: 'weighted',
      listener_arn: listener,
      target_group_arns: [group('one'), group('two'), group('three')],
      overlap: true,
      exclude: ['ledger-reports'],
    },
    readers: { target_group_arn: group('readers'), exclude: ['ledger-reports'] },
    load_balancer: loadBalancer,
    allowed_cidrs: ['10.0.0.0/16'],
    alarm_topic_arns: [`arn:aws:sns:${home}:on-call`],
  },
  members: {
    database: { ...aCluster('members', 'postgres'), members: ['writer-one', 'reader-*'] },
    front_door: one,
    event_bus_arn: 'arn:aws:events:eu-west-1:999988887777:event-bus/operations',
    settle: { answers: 4 },
    watch: { completedMs: 90000 },
    dns_servers: ['192.0.2.53'],
  },
  readers: {
    database: aCluster('readers'),
    front_door: one,
    readers: { target_group_arn: group('readers'), writer_when_alone: true },
  },
  proxy: {
    database: {
      ...anInstance('proxy'),
      id: 'orders-proxy',
      endpoint: 'orders-proxy.proxy-abc123def456.eu-west-1.rds.amazonaws.com',
      arn: `arn:aws:rds:${home}:db-proxy:prx-0a1b2c3d4e5f60718`,
    },
    front_door: one,
  },
  elsewhere: {
    database: { id: 'elsewhere', endpoint: 'db.example.com', port: 5432, engine: 'postgres' },
    front_door: one,
  },
  long: { database: anInstance(long), front_door: one },
  unproved: { database: anInstance('unproved'), front_door: one, owner_proof: 'off' },
  strict: { database: aCluster('strict'), front_door: one, owner_proof: 'required' },
}

/** What the module says to the command line, and what it cannot say because a stack makes it differently. */
const beyondSettings: Record<string, Record<string, unknown>> = {
  pair: { vpcId: 'vpc-0a1b2c3d4e5f60718', network: { mode: 'in-vpc', subnetIds }, policies: ['dry-run'] },
  ledger: { alarms: { topicArns: [`arn:aws:sns:${home}:on-call`] } },
  members: {
    eventBus: 'arn:aws:events:eu-west-1:999988887777:event-bus/operations',
    settle: { answers: 4 },
    watch: { completedMs: 90000 },
    dnsServers: ['192.0.2.53'],
  },
}

/** Credentials that AWS does not know: a plan of new resources asks nothing. */
const root = () => ({
  provider: {
    aws: {
      region: 'eu-west-1',
      access_key: 'none',
      secret_key: 'none',
      skip_credentials_validation: true,
      skip_requesting_account_id: true,
      skip_metadata_api_check: true,
    },
  },
  module: Object.fromEntries(
    Object.entries(modules).map(([name, settings]) => [
      name,
      // Older providers do not know nodejs24.x.
      { source: './..', runtime: 'nodejs22.x', ...settings },
    ]),
  ),
  output: Object.fromEntries(Object.keys(modules).map(name => [name, { value: `\${module.${name}.settings}` }])),
})

const terraform = findTerraform()
const canRun = typeof terraform !== 'string'
if (!canRun) console.warn(`The Terraform module is not compared with the CDK app: ${terraform}.`)

describe.skipIf(!canRun)('the Terraform module deploys what the CDK app deploys', () => {
  let copy: Copy | undefined
  let planned: Planned
  beforeAll(() => {
    if (!canRun) return
    copy = copyModule(terraform, 'caller', {
      'caller/main.tf.json': JSON.stringify(root()),
      // Where the module of a release has it.
      'reconciler.zip': 'any file: nothing runs here',
    })
    planned = readPlan(copy)
  }, 180_000)
  afterAll(() => copy?.remove())

  const bothOf = (name: string) => {
    const entry = { ...(planned.outputs[name] as object), ...beyondSettings[name] }
    const { templates } = synthesize({ settings: { databases: [entry] }, code: codeElsewhere })
    const [, template] = Object.entries(templates).find(([stack]) => !stack.startsWith('Repoint-fleet')) ?? []
    if (template === undefined) throw new Error(`${name} has no stack`)
    return { module: planned.modules[name], stack: resourcesOf(template) }
  }

  it.each(Object.keys(modules))(
    'for %s',
    name => {
      const { module, stack } = bothOf(name)
      const { config, ...rest } = module ?? {}
      const { config: stackConfig, ...stackRest } = stack
      expect(parseConfig('module', String(config))).toEqual(parseConfig('stack', String(stackConfig)))
      expect(rest).toEqual(stackRest)
    },
    60_000,
  )
})
