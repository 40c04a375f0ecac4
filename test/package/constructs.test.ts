import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examples } from '../../cli/reference/constructs.ts'
import { type Place, pack, placeWith, root } from './installed.ts'

/** A project of `cdk init` with the packed library in it, and the packages that `npm install` would bring linked. */
let place: Place
let base: string
const cdk = join(root, 'node_modules/aws-cdk/bin/cdk')

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'repoint-cdk-'))
  place = placeWith(join(base, 'shop'), dirname(process.execPath))
  const made = place.run('node', [cdk, 'init', 'app', '--language', 'typescript', '--generate-only'])
  if (made.code !== 0) throw new Error(made.stderr)
  const modules = join(place.folder, 'node_modules')
  mkdirSync(join(modules, 'repoint'), { recursive: true })
  execFileSync('tar', ['-xzf', pack(base).file, '-C', join(modules, 'repoint'), '--strip-components=1'])
  // Neither the bundler nor the rules of our own app: a synthesis must not need them.
  for (const name of ['aws-cdk-lib', 'constructs', 'valibot', 'typescript', '@types', '.bin']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  copyFileSync(join(root, 'examples/cdk-app/shop-stack.ts'), join(place.folder, 'lib/shop-stack.ts'))
  // Its test and the test's types come with packages that are no matter here.
  rmSync(join(place.folder, 'test'), { recursive: true })
  const tsconfig = join(place.folder, 'tsconfig.json')
  const config = JSON.parse(readFileSync(tsconfig, 'utf8'))
  writeFileSync(
    tsconfig,
    // What `cdk init` says would take a declaration that is missing for `any`.
    JSON.stringify({ ...config, compilerOptions: { ...config.compilerOptions, types: ['node'], skipLibCheck: false } }),
  )
}, 240_000)
afterAll(() => rmSync(base, { recursive: true, force: true }), 240_000)

interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
}

const templateIn = (folder: string, stack: string): Template =>
  JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8'))

const typesOf = ({ Resources }: Template) => new Set(Object.values(Resources).map(({ Type }) => Type))

const stages = ['nlb', 'shadow', 'shift', 'gateway', 'retired'] as const

const otherStages = `import { App } from 'aws-cdk-lib'
import { SandboxStack } from './sandbox-stack.ts'
const context = { '@aws-cdk/core:validateAgainstDefaultRules': true }
for (const [from, stage] of [['nlb', 'nlb'], ['nlb', 'shadow'], ['shift', 'gateway'], ['gateway', 'retired']]) {
  const app = new App({ outdir: 'sandbox-' + stage + '.out', context })
  new SandboxStack(app, 'RepointSandbox', { stage, from })
  app.synth()
}
`

const weightsAt: Readonly<Record<(typeof stages)[number], Readonly<Record<string, number>>>> = {
  nlb: { 'repoint-nlb': 100 },
  shadow: { 'repoint-nlb': 100, 'repoint-gateway': 0 },
  shift: { 'repoint-nlb': 90, 'repoint-gateway': 10 },
  gateway: { 'repoint-nlb': 0, 'repoint-gateway': 100 },
  retired: { 'repoint-gateway': 100 },
}

/** A resource that only this example makes. */
const exampleTypes: Readonly<Record<string, string>> = {
  RdsFrontDoor: 'EC2::VPCEndpointServicePermissions',
  FrontDoorTarget: 'RDS::DBProxy',
  RdsConsumer: 'Route53::RecordSet',
  RdsResourceGateway: 'VpcLattice::ResourceConfiguration',
  FleetOperations: 'SNS::TopicPolicy',
  SharedLoadBalancer: 'EC2::VPCEndpointServicePermissions',
  SharedEndpoint: 'EC2::VPCEndpoint',
  InstallingPage: 'EC2::VPCEndpointServicePermissions',
}

/** What a new user adds to a stack of their own. */
const linesOfPage = (): string => {
  const page = readFileSync(join(root, 'docs/installing.md'), 'utf8')
  const [, lines] = /^```ts\nimport .* from 'repoint\/cdk'\n\n(new RdsFrontDoor.*?)\n```$/ms.exec(page) ?? []
  if (lines === undefined) throw new Error('The page has no lines for a stack')
  return lines
}

/** What an example may take for given. */
const preamble = `import { App, Stack } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as targets from 'aws-cdk-lib/aws-events-targets'
import * as rds from 'aws-cdk-lib/aws-rds'
import * as sns from 'aws-cdk-lib/aws-sns'
import {
  FleetOperations,
  FrontDoorTarget,
  RdsConsumer,
  RdsFrontDoor,
  RdsResourceGateway,
  SharedEndpoint,
  SharedLoadBalancer,
} from 'repoint/cdk'

const app = new App({ outdir: 'examples.out', context: { '@aws-cdk/core:validateAgainstDefaultRules': true } })
const instanceType = ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM)

abstract class Given extends Stack {
  readonly vpc = new ec2.Vpc(this, 'Vpc', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'all', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
  })
  readonly vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }
  readonly topic = new sns.Topic(this, 'Topic')
  readonly application = new ec2.SecurityGroup(this, 'Application', { vpc: this.vpc })
  readonly databaseSecurityGroup = new ec2.SecurityGroup(this, 'DatabaseGroup', { vpc: this.vpc })
  readonly orders = new rds.DatabaseInstance(this, 'Orders', {
    vpc: this.vpc,
    securityGroups: [this.databaseSecurityGroup],
    vpcSubnets: this.vpcSubnets,
    engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
    instanceType,
    storageEncrypted: true,
  })
}`

const exampleStack = (name: string, code: string): string => `class ${name}Stack extends Given {
  constructor() {
    super(app, '${name}')
    const { vpc, vpcSubnets, orders, topic, application, databaseSecurityGroup } = this
    void [vpc, vpcSubnets, orders, topic, application, databaseSecurityGroup, ec2, targets]
    ${name === 'FrontDoorTarget' ? targetsGiven : ''}
${code.replaceAll(/^/gm, '    ')}
  }
}
new ${name}Stack()`

const targetsGiven = `const database = orders
    const engine = rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_4 })
    const writer = rds.ClusterInstance.provisioned('writer')
    const cluster = new rds.DatabaseCluster(this, 'Ledger', { vpc, vpcSubnets: this.vpcSubnets, engine, writer, storageEncrypted: true })
    const proxyTarget = rds.ProxyTarget.fromInstance(orders)
    const proxy = new rds.DatabaseProxy(this, 'Pool', { vpc, vpcSubnets: this.vpcSubnets, proxyTarget, secrets: [orders.secret!] })
    const { instanceArn: arn, dbInstanceEndpointAddress: endpoint } = orders
    void [database, cluster, proxy, arn, endpoint]`

describe('a project of cdk init', { timeout: 180_000 }, () => {
  it('is CommonJS, compiles with the library’s types and passes CloudFormation’s own rules', () => {
    expect(JSON.parse(readFileSync(join(place.folder, 'package.json'), 'utf8'))).not.toHaveProperty('type')
    const strict = ['-c', '@aws-cdk/core:validateAgainstDefaultRules=true']
    // The compiler is the project's own; instead of `tsx`, which npm would install, a bundle makes one file to run.
    const bundle =
      'esbuild bin/shop.ts --bundle --platform=node --packages=external --outfile=shop.cjs --log-level=error'
    const app = `npx tsc && npx ${bundle} && node shop.cjs`
    const { code, stderr } = place.run('node', [cdk, 'synth', '--quiet', '--app', app, ...strict])

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/error/i) })
    const types = typesOf(templateIn(join(place.folder, 'cdk.out'), 'ShopStack'))
    for (const type of [
      'Lambda::Function',
      'ElasticLoadBalancingV2::Listener',
      'EC2::VPCEndpointService',
      'Events::Rule',
    ]) {
      expect(types).toContain(`AWS::${type}`)
    }
  })

  it('deploys the function of the package', () => {
    const assets = readdirSync(join(place.folder, 'cdk.out')).filter(name => name.startsWith('asset.'))
    const files = assets.flatMap(name => {
      const path = join(place.folder, 'cdk.out', name)
      return name.includes('.', 6) ? [] : readdirSync(path)
    })
    expect(files).toContain('index.mjs')
  })

  it('may be an ES module, with two front doors in one stack whose logical ids hang on no token', () => {
    const script = `
      import { App, Stack } from 'aws-cdk-lib'
      import { Vpc, SubnetType } from 'aws-cdk-lib/aws-ec2'
      import { AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds'
      import { Role, AccountRootPrincipal } from 'aws-cdk-lib/aws-iam'
      import { FrontDoorTarget, RdsFrontDoor } from 'repoint/cdk'
      const app = new App({ outdir: 'esm.out', context: { '@aws-cdk/core:validateAgainstDefaultRules': true } })
      const stack = new Stack(app, 'Esm')
      const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 })
      const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED }
      const engine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_4 })
      for (const name of ['Ledger', 'Stock']) {
        const readers = [ClusterInstance.provisioned('reader')]
        const cluster = new DatabaseCluster(stack, name, { vpc, vpcSubnets, engine, writer: ClusterInstance.provisioned('writer'), readers, storageEncrypted: true })
        const door = new RdsFrontDoor(stack, name + 'Door', { target: FrontDoorTarget.cluster(cluster), vpc, vpcSubnets, strategy: 'weighted', readers: { port: 5433 } })
        door.grantResync(new Role(stack, name + 'Operator', { assumedBy: new AccountRootPrincipal() }))
        door.onRepointed('Moved')
        door.metricTimeToHealthy().createAlarm(stack, name + 'Slow', { threshold: 300_000, evaluationPeriods: 1 })
        cluster.connections.allowDefaultPortFrom(door)
      }
      app.synth()
    `
    writeFileSync(join(place.folder, 'esm.mjs'), script)
    const { code, stderr } = place.run('node', ['esm.mjs'])

    expect({ code, stderr }).toMatchObject({ code: 0 })
    const { Resources } = templateIn(join(place.folder, 'esm.out'), 'Esm')
    const weighted = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::Listener')
    expect(weighted).toHaveLength(4)
    expect(Object.keys(Resources).filter(id => /token/i.test(id))).toEqual([])
  })

  it('compiles and synthesizes the example of each construct’s doc comment, and the lines of docs/installing.md', () => {
    const stacks = Object.entries({ ...examples(), InstallingPage: linesOfPage() }).map(([name, code]) =>
      exampleStack(name, code),
    )
    writeFileSync(join(place.folder, 'lib/examples.ts'), [preamble, ...stacks, 'app.synth()', ''].join('\n\n'))
    const compiled = place.run('npx', ['tsc'])
    expect(compiled).toMatchObject({ code: 0, stdout: '' })
    const bundle = ['lib/examples.ts', '--bundle', '--platform=node', '--packages=external', '--outfile=examples.cjs']
    expect(place.run('npx', ['esbuild', ...bundle, '--log-level=error'])).toMatchObject({ code: 0 })
    const { code, stderr } = place.run('node', ['examples.cjs'])

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/error/i) })
    for (const [name, type] of Object.entries(exampleTypes)) {
      expect(typesOf(templateIn(join(place.folder, 'examples.out'), name))).toContain(`AWS::${type}`)
    }
    expect(Object.keys(exampleTypes).toSorted()).toEqual([...Object.keys(examples()), 'InstallingPage'].toSorted())
  })

  it('holds a whole estate to try out, at every stage of the migration: examples/sandbox', () => {
    cpSync(join(root, 'examples/sandbox'), join(place.folder, 'sandbox'), { recursive: true })
    writeFileSync(join(place.folder, 'sandbox/package.json'), '{ "type": "module" }')
    // One of them as its README has it, the others in one process.
    const strict = ['-c', '@aws-cdk/core:validateAgainstDefaultRules=true', '--output', 'sandbox-shift.out']
    const told = ['-c', 'stage=shift', '-c', 'from=shadow', '-c', 'percent=10']
    const shift = place.run('node', [cdk, 'synth', '--quiet', '--app', 'node sandbox/app.ts', ...strict, ...told])
    expect(shift).toMatchObject({ code: 0 })
    writeFileSync(join(place.folder, 'sandbox/other-stages.ts'), otherStages)
    const { code, stderr } = place.run('node', ['sandbox/other-stages.ts'])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const outputs = stages.map(stage => ({
      stage,
      template: templateIn(join(place.folder, `sandbox-${stage}.out`), 'RepointSandbox'),
    }))

    for (const { stage, template } of outputs) {
      const { Resources } = template
      const networks = Object.values(Resources).flatMap(({ Type, Properties }) =>
        Type === 'AWS::EC2::VPC' ? [Properties.CidrBlock] : [],
      )
      expect(networks.toSorted()).toEqual(['10.0.0.0/16', '10.0.0.0/16', '10.1.0.0/16'])
      const types = typesOf(template)
      expect(types).not.toContain('AWS::EC2::NatGateway')
      for (const type of ['EC2::VPCPeeringConnection', 'RDS::DBInstance']) expect(types).toContain(`AWS::${type}`)
      const zones = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Route53::HostedZone')
      expect(zones.map(({ Properties }) => (Properties.VPCs as unknown[]).length)).toEqual([2])
      const weights = Object.values(Resources).flatMap(({ Type, Properties }) =>
        Type === 'AWS::Route53::RecordSet' ? [[Properties.SetIdentifier, Properties.Weight]] : [],
      )
      expect({ stage, ...Object.fromEntries(weights) }).toEqual({ stage, ...weightsAt[stage] })
      expect(types.has('AWS::EC2::VPCEndpointService')).toBe(stage !== 'retired')
      expect(types.has('AWS::VpcLattice::ResourceGateway')).toBe(stage !== 'nlb')
    }
  })

  it('names what is missing where a property does not suit the database', () => {
    const script = `
      const { App, Stack } = require('aws-cdk-lib')
      const { Vpc } = require('aws-cdk-lib/aws-ec2')
      const { FrontDoorTarget, RdsFrontDoor } = require('repoint/cdk')
      const stack = new Stack(new App(), 'Wrong')
      new RdsFrontDoor(stack, 'Door', { target: FrontDoorTarget.hostname('a', 'db.example.com', 5432, 'postgres'), strategy: 'standby' })
    `
    writeFileSync(join(place.folder, 'wrong.cjs'), script)
    const { code, stderr } = place.run('node', ['wrong.cjs'])

    expect(code).toBe(1)
    expect(stderr).toContain('only a Multi-AZ instance has a standby')
    expect(stderr).toContain('expected the VPC for the load balancer or the function')
  })
})
