import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, type Stack, Tags } from 'aws-cdk-lib'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { type CloudAssembly, UNKNOWN_ACCOUNT, UNKNOWN_REGION } from 'aws-cdk-lib/cx-api'
import { ConfigError } from '../../functions/reconciler/config.ts'
import { holdToRules } from '../constructs/nag.ts'
import type { SharedEndpoint } from '../shared-endpoint.ts'
import type { SharedLoadBalancer } from '../shared-load-balancer.ts'
import { ConsumerStack } from './consumer-stack.ts'
import { DatabaseStack } from './database-stack.ts'
import { EndpointStack } from './endpoint-stack.ts'
import { FleetStack } from './fleet-stack.ts'
import { LoadBalancerStack } from './load-balancer-stack.ts'
import { type PlannedStack, quotaWarnings } from './quotas.ts'
import { sharedName } from './settings/complete.ts'
import { SettingsError } from './settings/problems.ts'
import {
  consumerStackName,
  endpointStackName,
  fleetStackName,
  loadBalancerStackName,
  stackName,
} from './settings/resource-names.ts'
import { hasLoadBalancer } from './settings/stages.ts'
import { type DatabaseSettings, type Environment, parseSettings, readSettings, type Settings } from './settings.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const artefact = join(root, 'dist/reconciler')
const settingsFile = join(root, 'repoint.json')

export class MissingArtefactError extends Error {
  override readonly name = 'MissingArtefactError'
  constructor(folder: string) {
    super(`The function is not built: there is no index.mjs in ${folder}. Run \`npm run build\` first.`)
  }
}

export class BuildFailedError extends Error {
  override readonly name = 'BuildFailedError'
  constructor() {
    super('The function could not be built, so nothing was synthesized. `npm run build` says why.')
  }
}

export interface StackOptions {
  readonly settings: Settings
  /** Called once for each stack: CDK ties an asset to the stack that uses it. */
  readonly code: () => Code
}

/**
 * One stack for each load balancer, database, endpoint and consumer of the settings, and one for what the databases of an
 * account and Region share.
 */
export const addStacks = (app: App, { settings, code }: StackOptions): void => {
  const shared = new Map<string, SharedLoadBalancer>()
  for (const loadBalancer of settings.loadBalancers) {
    const stack = new LoadBalancerStack(app, loadBalancerStackName(loadBalancer), {
      env: loadBalancer.env,
      description: `Repoint: the load balancer ${loadBalancer.name}, for several databases`,
      terminationProtection: loadBalancer.terminationProtection,
      loadBalancer,
    })
    shared.set(loadBalancer.name, stack.shared)
    tag(stack, loadBalancer.tags)
  }
  const stacks = settings.databases.map(database => {
    const stack = new DatabaseStack(app, database.stackId, {
      stackName: stackName(database),
      env: database.env,
      description: describe(database),
      terminationProtection: database.terminationProtection,
      database,
      code: code(),
      shared: shared.get(sharedName(database.frontDoor) ?? ''),
    })
    tag(stack, database.tags)
    return { stack, env: database.env }
  })
  const places = Map.groupBy(stacks, ({ env }) => [env.account, env.region].filter(it => it !== undefined).join('-'))
  for (const [place, there] of places) {
    const doors = there.flatMap(({ stack }) => stack.door ?? [])
    const gateways = there.flatMap(({ stack }) => stack.gateway ?? [])
    const [first] = there
    if (first === undefined) continue
    const stack = new FleetStack(app, places.size === 1 ? fleetStackName : `${fleetStackName}-${place}`, {
      stackName: fleetStackName,
      env: first.env,
      description: 'Repoint: the dashboard and the saved queries of all databases',
      doors,
      gateways,
    })
    tag(stack, settings.tags)
  }
  const open = new Map<string, SharedEndpoint>()
  for (const endpoint of settings.endpoints) {
    const stack = new EndpointStack(app, endpointStackName(endpoint), {
      env: endpoint.env,
      description: `Repoint: the endpoint ${endpoint.name}, for several consumers`,
      endpoint,
      consumers: settings.consumers.filter(it => it.endpoint === endpoint.name),
    })
    open.set(endpoint.name, stack.shared)
    tag(stack, endpoint.tags)
  }
  for (const consumer of settings.consumers) {
    const stack = new ConsumerStack(app, consumerStackName(consumer), {
      env: consumer.env,
      description: `Repoint: reaches ${consumer.hostname} over PrivateLink`,
      consumer,
      shared: open.get(consumer.endpoint ?? ''),
    })
    tag(stack, consumer.tags)
  }
}

const describe = ({ id, gateway }: DatabaseSettings): string =>
  hasLoadBalancer(gateway.stage)
    ? `Repoint: keeps a load balancer pointed at the writer of ${id}`
    : `Repoint: leads to ${id} through a resource gateway`

const tag = (stack: Stack, tags: Readonly<Record<string, string>>) => {
  for (const [key, value] of Object.entries(tags)) Tags.of(stack).add(key, value)
}

/** The feature flags of cdk.json, for synthesis without the CDK command line. */
export const contextOfCdkJson = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context

/** @throws MissingArtefactError */
export const builtCode = (): Code => codeIn(artefact)

/** @throws MissingArtefactError */
export const codeIn = (folder: string): Code => {
  if (!existsSync(join(folder, 'index.mjs'))) throw new MissingArtefactError(folder)
  return Code.fromAsset(folder)
}

/** For those who read the template and bring the artefact themselves. */
export const codeElsewhere = (): Code => Code.fromInline('// The artefact is not in this template.')

export interface Synthesized {
  readonly directory: string
  /** Templates by the stack's id in the app, as CloudFormation would get them. */
  readonly templates: Readonly<Record<string, Template>>
}

export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >
}

export interface SynthesizeOptions {
  /** By default repoint.json at the root of the repository. */
  readonly settingsFile?: string
  /** What would stand in the file, instead of one. */
  readonly settings?: unknown
  /** By default a temporary folder. */
  readonly outdir?: string
  /** By default the artefact of `npm run build`. */
  readonly code?: () => Code
  /** Whether CloudFormation's and cdk-nag's rules are held too; it takes seconds. */
  readonly rules?: boolean
}

/**
 * Synthesizes without AWS, without the network and without the CDK command line.
 *
 * @throws SettingsError, MissingArtefactError
 */
export const synthesize = (options: SynthesizeOptions = {}): Synthesized => {
  const settings =
    options.settings === undefined
      ? readSettings(options.settingsFile ?? settingsFile)
      : parseSettings('settings', JSON.stringify(options.settings))
  const { rules = false } = options
  const app = new App({
    autoSynth: false,
    builtinCloudFormationValidation: rules,
    context: contextOfCdkJson(),
    ...(options.outdir === undefined ? {} : { outdir: options.outdir }),
  })
  if (rules) holdToRules(app)
  addStacks(app, { settings, code: options.code ?? builtCode })
  const assembly = app.synth()
  const templates = Object.fromEntries(assembly.stacks.map(stack => [stack.hierarchicalId, stack.template as Template]))
  return { directory: assembly.directory, templates }
}

/** As the quotas count them. */
export const plannedStacks = ({ stacks }: CloudAssembly): readonly PlannedStack[] =>
  stacks.map(({ hierarchicalId: name, environment: { account, region }, template }) => ({
    name,
    account: account === UNKNOWN_ACCOUNT ? 'the deployment’s account' : account,
    region: region === UNKNOWN_REGION ? 'its Region' : region,
    resources: Object.values((template as Template).Resources).map(({ Type, Properties = {} }) => ({
      type: Type,
      properties: Properties,
    })),
  }))

/** As `npm run build` does. @throws BuildFailedError */
const buildArtefact = (): void => {
  const { status } = spawnSync(process.execPath, ['functions/build.ts'], { cwd: root, stdio: ['ignore', 2, 'inherit'] })
  if (status !== 0) throw new BuildFailedError()
}

/** Errors whose message is all that there is to say. */
const explained = [SettingsError, ConfigError, MissingArtefactError, BuildFailedError]

/** Those of one account, which one profile deploys; what the entry does not say is where the credentials are. */
export const ofAccount = (settings: Settings, account: string | undefined): Settings => {
  const isThere = ({ env }: { env: Environment }) => account === undefined || [undefined, account].includes(env.account)
  const { loadBalancers, databases, endpoints, consumers } = settings
  return {
    ...settings,
    loadBalancers: loadBalancers.filter(isThere),
    databases: databases.filter(isThere),
    endpoints: endpoints.filter(isThere),
    consumers: consumers.filter(isThere),
  }
}

/** What `cdk` runs. `-c settings=FILE` names another file, `-c account=ID` leaves the stacks of other accounts out. */
const main = (): void => {
  try {
    // Synthesized here and not at the end of the process, where a mistake in the settings would still leave a result.
    const app = new App({ autoSynth: false })
    // Before the bundle is built: a mistake is told at once.
    const settings = readSettings(app.node.tryGetContext('settings') ?? settingsFile)
    buildArtefact()
    holdToRules(app)
    addStacks(app, { settings: ofAccount(settings, app.node.tryGetContext('account')), code: builtCode })
    for (const warning of quotaWarnings(plannedStacks(app.synth()))) console.error(warning)
  } catch (error) {
    if (!(error instanceof Error) || !explained.some(it => error instanceof it)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
