import type { Template } from 'aws-cdk-lib/assertions'
import type { Part } from '../../infra/lifecycle.ts'
import { aCluster, anInstance, type Entry, existingTargetGroup, synthesizeEntries } from './settings-fixture.ts'
import { resourcesOf } from './template-diff.ts'

/** Every kind of stack that the settings can make: all that one database can say, in every combination that is allowed. */

const databaseGroup = 'sg-0a1b2c3d4e5f60718'
const rds = 'arn:aws:rds:eu-west-1:111122223333'
const elb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'

interface Base {
  readonly name: string
  readonly entry: (id: string) => Entry
  readonly strategies: readonly string[]
  readonly hasReaders: boolean
}

const bases: readonly Base[] = [
  {
    name: 'instance',
    entry: id => anInstance({ arn: `${rds}:db:${id}` }),
    strategies: ['swap', 'standby'],
    hasReaders: false,
  },
  {
    name: 'cluster',
    entry: id => aCluster({ arn: `${rds}:cluster:${id}` }),
    strategies: ['swap', 'weighted'],
    hasReaders: true,
  },
  {
    name: 'proxy',
    entry: id => anInstance({ id, arn: `${rds}:db-proxy:prx-0a1b2c3d4e5f60718` }),
    strategies: ['swap'],
    hasReaders: false,
  },
  {
    name: 'hostname',
    entry: id => anInstance({ id, kind: 'hostname', arn: undefined }),
    strategies: ['swap'],
    hasReaders: false,
  },
]

const networks: Readonly<Record<string, Entry>> = {
  'outside-vpc': {},
  'in-vpc': { mode: 'in-vpc' },
  isolated: { mode: 'isolated' },
  'isolated, shared endpoints': { mode: 'isolated', endpoints: { securityGroupId: 'sg-0fedcba9876543210' } },
}

const doors: Readonly<Record<string, (strategy: string) => Entry>> = {
  created: strategy => ({ kind: 'create', strategy, databaseSecurityGroupId: databaseGroup }),
  'created, rules elsewhere': strategy => ({ kind: 'create', strategy, databaseSecurityGroupId: false }),
  existing: strategy =>
    strategy === 'weighted'
      ? {
          kind: 'existing',
          strategy,
          listenerArn: `${elb}:listener/net/orders/0123456789abcdef/0123456789abcdef`,
          targetGroupArns: ['one', 'two'].map(name => `${elb}:targetgroup/${name}/0123456789abcdef`),
        }
      : { ...existingTargetGroup, strategy },
}

const gateways: Readonly<Record<string, Entry | undefined>> = {
  nlb: undefined,
  shadow: { stage: 'shadow', databaseSecurityGroupId: databaseGroup },
  retired: { stage: 'retired', from: 'gateway', databaseSecurityGroupId: databaseGroup },
}

export interface Variant {
  readonly name: string
  readonly id: string
  readonly entry: Entry
  readonly isWeighted: boolean
}

let count = 0

const named = (names: readonly string[], entry: (id: string) => Entry, isWeighted: boolean): Variant => {
  count += 1
  const id = `variant-${count}`
  return { name: names.join(', '), id, entry: entry(id), isWeighted }
}

const withReaders = (door: string): Entry =>
  door === 'existing' ? { targetGroupArn: `${elb}:targetgroup/readers/0123456789abcdef` } : {}

export const variants: readonly Variant[] = bases.flatMap(base =>
  base.strategies.flatMap(strategy =>
    Object.entries(doors).flatMap(([door, frontDoor]) =>
      Object.entries(networks).flatMap(([mode, network]) =>
        Object.entries(gateways).flatMap(([stage, gateway]) =>
          (base.hasReaders ? [false, true] : [false]).map(readers => {
            const names = [base.name, strategy, door, mode, stage, ...(readers ? ['readers'] : [])]
            const entry = (id: string): Entry => ({
              ...base.entry(id),
              frontDoor: frontDoor(strategy),
              network,
              ...(gateway ? { gateway } : {}),
              ...(readers ? { readers: withReaders(door) } : {}),
            })
            return named(names, entry, strategy === 'weighted')
          }),
        ),
      ),
    ),
  ),
)

export interface Stack extends Variant {
  readonly template: Template
}

/** One at a time: databases of one file may have things to say about each other. */
export const synthesizeVariant = (variant: Variant): Stack => {
  const [template] = Object.values(synthesizeEntries([variant.entry]))
  if (template === undefined) throw new Error(`${variant.name} has no stack`)
  return { ...variant, template }
}

const typePart: Readonly<Record<string, Part>> = {
  'AWS::Events::Rule': 'wake-rules',
  'AWS::SQS::Queue': 'dead-letters',
  'AWS::Scheduler::Schedule': 'schedule',
  'Custom::RepointFirstTick': 'first-tick',
  'AWS::CloudWatch::Alarm': 'alarms',
  'AWS::EC2::VPCEndpointService': 'endpoint-service',
}

const idPart: readonly (readonly [RegExp, Part])[] = [
  [/^ReconcilerFunction/, 'function'],
  [/^FirstRegistrationSeed/, 'seed'],
  [/^FirstRegistrationHandOver/, 'hand-over'],
  [/^FrontDoorLoadBalancerListener/, 'writer-listener'],
  [/^FrontDoorLoadBalancerReadersListener/, 'readers-listener'],
  [/^FrontDoorDatabaseSecurityGroup/, 'database-rules'],
  [/^(FunctionSecurityGroup|EndpointSecurityGroup|SharedEndpoints|\w+Endpoint[0-9A-F]{8}$)/, 'network'],
]

/** The resources of each part of the table, by logical id. */
export const partsIn = (template: Template): Partial<Record<Part, readonly string[]>> => {
  const found: Partial<Record<Part, string[]>> = {}
  for (const [id, { Type }] of Object.entries(resourcesOf(template))) {
    const part = typePart[Type] ?? idPart.find(([pattern]) => pattern.test(id))?.[1]
    if (part === undefined) continue
    found[part] = [...(found[part] ?? []), id]
  }
  return found
}
