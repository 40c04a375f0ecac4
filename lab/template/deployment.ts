import { configVariable } from '../../functions/reconciler/names.ts'
import type { Role } from '../api/resources.ts'
import type { Pattern } from '../events/pattern.ts'
import type { DatabaseKind } from '../fixture.ts'
import * as fixture from '../fixture.ts'
import type { AsyncSettings } from '../lambda/async-queue.ts'
import {
  type ListenerSettings,
  readAsynchronous,
  readFrontDoors,
  readFunction,
  readOrder,
  readRules,
  readSchedule,
  type TargetGroupSettings,
} from './deployed.ts'
import type { Template } from './intrinsics.ts'
import { readStatements } from './role.ts'
import { type OpenTemplateOptions, openTemplate } from './stack.ts'
import { stacksOf, templatesOf } from './synthesis.ts'

/**
 * Everything that the lab takes from what is deployed: it is read from the synthesized template and from nowhere else.
 * Times in milliseconds.
 */
export interface Deployment {
  readonly functionName: string
  readonly handler: string
  readonly memoryMb: number
  readonly timeoutMs: number
  readonly reservedConcurrency?: number
  readonly environment: Readonly<Record<string, string>>
  /** What Lambda does with an event of a rule. */
  readonly asynchronous: AsyncSettings
  readonly rules: readonly { readonly name: string; readonly pattern: Pattern; readonly input?: string }[]
  readonly schedule: { readonly everyMs: number; readonly payload: unknown; readonly asynchronous: AsyncSettings }
  /** Where the load balancer is enabled. */
  readonly zones: readonly string[]
  /** Which comes first at a change of the stack. */
  readonly order: 'seed-before-listener' | 'listener-first'
  /** The writer's first. */
  readonly listeners: readonly ListenerSettings[]
  /** In the order of the listeners that forward to them: the first is the writer's, or its first slot. */
  readonly targetGroups: readonly TargetGroupSettings[]
  /** The first of the target groups. */
  readonly targetGroup: TargetGroupSettings
  /** What the function's role may do. */
  readonly statements: Role['statements']
}

/** What `repoint.json` would say beside what every database of the lab says. */
export interface DatabaseSettings {
  /** As RDS calls it; PostgreSQL's by default. */
  readonly engine?: string
  /** By default `swap`. */
  readonly frontDoor?: Readonly<Record<string, unknown>>
  /** A second front door, for readers; a cluster's only. */
  readonly readers?: Readonly<Record<string, unknown>>
  /** The database is reached by a name of somebody's own, which RDS does not know. */
  readonly hostName?: { readonly wakeOn: readonly unknown[] }
}

/** The stack of a database of the lab, as Repoint deploys it. */
export const deploymentOf = async (kind: DatabaseKind, settings: DatabaseSettings = {}): Promise<Deployment> =>
  readDeployment(await synthesizeFor(kind, settings))

/** @throws Error where the template has something that the lab does not know */
export const readDeployment = (template: Template, options: OpenTemplateOptions = {}): Deployment => {
  const stack = openTemplate(template, options)
  const { targetGroups, listeners, zones } = readFrontDoors(stack)
  const [targetGroup] = targetGroups
  if (!targetGroup) throw new Error('the template has no listener with a target group')
  return {
    ...readFunction(stack),
    asynchronous: readAsynchronous(stack),
    rules: readRules(stack),
    schedule: readSchedule(stack),
    zones,
    order: readOrder(stack),
    listeners,
    targetGroups,
    targetGroup,
    statements: readStatements(stack),
  }
}

/** The stacks of databases that share a load balancer, as Repoint deploys them. */
export interface SharedDeployment {
  readonly orders: Deployment
  readonly neighbours: readonly (fixture.Neighbour & { readonly deployment: Deployment })[]
}

export const sharedDeployment = async (engine: string): Promise<SharedDeployment> => {
  const shared = {
    name: 'shared',
    account: fixture.account,
    region: fixture.region,
    vpcId: fixture.vpc.id,
    subnets: fixture.subnets,
    allowedCidrs: fixture.vpc.cidrs,
  }
  const behind = (listenerPort: number) => ({ frontDoor: { loadBalancer: shared.name, listenerPort }, engine })
  const databases = [
    settingsFor('instance', behind(fixture.port)),
    ...fixture.neighbours.map(({ arn, endpoint, listenerPort }) => ({
      ...settingsFor('instance', behind(listenerPort)),
      arn,
      endpoint,
    })),
  ]
  const templates = await templatesOf({ loadBalancers: [shared], databases })
  const templateOf = (name: string) => templates[`Repoint-${name}`] as Template
  const balancer = templateOf(`load-balancer-${shared.name}`)
  return {
    orders: readDeployment(templateOf('orders'), { shared: balancer }),
    neighbours: fixture.neighbours.map(it => {
      const names = { targetGroupArns: [it.targetGroupArn], listenerArns: [it.listenerArn] }
      return { ...it, deployment: readDeployment(templateOf(it.id), { shared: balancer, names }) }
    }),
  }
}

/** The template of the stack, as CloudFormation would get it. */
export const synthesizeFor = async (kind: DatabaseKind, settings: DatabaseSettings = {}): Promise<Template> => {
  const { provider } = await stacksOf({ databases: [settingsFor(kind, settings)] })
  if (!provider) throw new Error('the settings of the lab gave no stack')
  return provider
}

/** As RDS calls them. */
const playedByMariadb: readonly string[] = ['mariadb', 'aurora-mysql']

/** Where the stack is deployed, which else the ARN says. */
const placeOfStack = { account: fixture.account, region: fixture.region }

/** What `repoint.json` says of a database of the lab. Nothing keeps its MariaDB from blocking the load balancer. */
export const settingsFor = (kind: DatabaseKind, { engine, frontDoor, readers, hostName }: DatabaseSettings) => ({
  ...(hostName
    ? { ...hostName, kind: 'hostname', id: 'orders', endpoint: fixture.ownName, ...placeOfStack }
    : { arn: fixture.databaseArn(kind), endpoint: fixture.endpoints[kind] }),
  engine: engine ?? (kind === 'instance' ? 'postgres' : 'aurora-postgresql'),
  port: fixture.port,
  ...(engine !== undefined && playedByMariadb.includes(engine) ? { mysqlHostBlocking: 'accepted' } : {}),
  vpcId: fixture.vpc.id,
  subnets: fixture.subnets,
  allowedCidrs: fixture.vpc.cidrs,
  frontDoor: { kind: 'create', databaseSecurityGroupId: false, ...frontDoor },
  ...(readers ? { readers } : {}),
})

/**
 * The function's configuration with its times divided by the speed of the run: the function lives in wall time. What it
 * hands out in milliseconds is wall time too.
 */
export const speedUp = (environment: Readonly<Record<string, string>>, speed: number): Record<string, string> => {
  const config = JSON.parse(environment[configVariable] ?? '{}') as Record<string, Record<string, number> | undefined>
  const settle = config.settle && { ...config.settle, ...divide(config.settle, speed) }
  const watch = config.watch && divide(config.watch, speed)
  return { ...environment, [configVariable]: JSON.stringify({ ...config, settle, watch }) }
}

/** Only what is a time; counts stay. */
const divide = (times: Readonly<Record<string, number>>, speed: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(times).map(([name, value]) => [
      name,
      name.endsWith('Ms') ? Math.max(1, Math.round(value / speed)) : value,
    ]),
  )
