import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { fixedNames, needs, needsOf, parts } from '../../infra/lifecycle.ts'
import { needsIn } from './template-dependencies.ts'
import { resourcesOf } from './template-diff.ts'
import { consumerVariants, partsIn, type Stack, synthesizeVariant, variants } from './variants.ts'

/** As the service authorization reference types them (https://docs.aws.amazon.com/service-authorization/latest/reference/). */
const keyTypes: Readonly<Record<string, keyof typeof operators>> = {
  'aws:PrincipalAccount': 'String',
  'aws:SecureTransport': 'Bool',
  'aws:SourceAccount': 'String',
  'aws:SourceArn': 'ARN',
  'aws:TagKeys': 'ArrayOfString',
  'events:source': 'ArrayOfString',
  'lambda:SourceFunctionArn': 'ARN',
}

const operators = {
  String: /^String/,
  Bool: /^Bool$/,
  // A whole ARN may be compared as text too, as CDK and EventBridge Scheduler's own example do.
  ARN: /^(Arn|StringEquals$)/,
  ArrayOfString: /^(ForAllValues|ForAnyValue):String/,
} as const

/** Operator and key of every condition in a policy, whoever's. */
const conditionsIn = (value: unknown): readonly (readonly [string, string])[] => {
  if (Array.isArray(value)) return value.flatMap(conditionsIn)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'Condition' && typeof inner === 'object'
      ? Object.entries(inner as Record<string, object>).flatMap(([operator, keys]) =>
          Object.keys(keys).map(key => [operator, key] as const),
        )
      : conditionsIn(inner),
  )
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly anyOf?: readonly SchemaNode[]
  readonly items?: SchemaNode
}
const schema: SchemaNode = JSON.parse(readFileSync(new URL('../../repoint.schema.json', import.meta.url), 'utf8'))

const propertiesOf = ({ properties = {}, anyOf = [] }: SchemaNode): readonly (readonly [string, SchemaNode])[] => [
  ...Object.entries(properties),
  ...anyOf.flatMap(propertiesOf),
]

/** Settings of an entry and, one level down, of what it holds: `exposure`, `exposure.privateDnsName`. */
const settingsOf = (list: 'databases' | 'consumers'): readonly string[] => {
  const entry = schema.properties?.[list]?.items ?? {}
  const names = propertiesOf(entry).flatMap(([name, node]) => [
    name,
    ...propertiesOf(node).map(([inner]) => `${name}.${inner}`),
  ])
  return [...new Set(names)]
}

/** Settings that no variant has, and where they are tested. */
const elsewhere: Readonly<Record<string, string>> = {
  // Retains, as asked.
  'guardrails.keepLogs': 'guardrails.test.ts',
  // Stands for other settings.
  vpc: 'fleet-settings.test.ts',
}

describe('in every variant of the settings', () => {
  const stacks: Stack[] = []
  beforeAll(() => {
    for (const variant of [...variants, ...consumerVariants]) stacks.push(synthesizeVariant(variant))
  }, 240_000)

  /** What is wrong, by variant. */
  const inAll = (judge: (stack: Stack) => readonly string[]): readonly string[] =>
    stacks.flatMap(stack => judge(stack).map(it => `${stack.name}: ${it}`))

  it('are more than a few', () => {
    expect(stacks.length).toBeGreaterThanOrEqual(200)
    const seen = new Set(stacks.flatMap(({ template }) => Object.keys(partsIn(template))))
    expect([...seen].toSorted()).toEqual([...parts].toSorted())
  })

  it('include every setting of the schema', () => {
    const named = (entry: object): string[] =>
      Object.entries(entry).flatMap(([name, value]) => [
        name,
        ...(value !== null && typeof value === 'object' && !Array.isArray(value)
          ? Object.keys(value).map(key => `${name}.${key}`)
          : []),
      ])
    const said = new Set([...variants, ...consumerVariants].flatMap(({ entry }) => named(entry)))
    const all = new Set([...settingsOf('databases'), ...settingsOf('consumers')])
    expect([...all].filter(name => !said.has(name)).toSorted()).toEqual(Object.keys(elsewhere).toSorted())
  })

  it.each(needs.map(({ part, why }) => [part, why] as const))('%s needs what the table says: %s', part => {
    expect(
      inAll(({ template, isWeighted }) => {
        const found = partsIn(template)
        const closures = needsIn(template)
        const needed = needsOf(part, isWeighted).flatMap(it => found[it] ?? [])
        return (found[part] ?? []).flatMap(id =>
          needed.filter(it => !closures.get(id)?.has(it)).map(it => `${id} does not need ${it}`),
        )
      }),
    ).toEqual([])
  })

  it('nothing is retained, so that a failed deployment can be repeated', () => {
    expect(
      inAll(({ template }) =>
        Object.entries(resourcesOf(template)).flatMap(([id, resource]) => {
          const { DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' } = resource as {
            DeletionPolicy?: string
            UpdateReplacePolicy?: string
          }
          // A call to AWS that is not made, and no resource: constructs/endpoint-service.ts says why.
          if (resource.Type === 'Custom::AWS' && JSON.stringify(resource).includes('RemovePrivateDnsName')) return []
          return DeletionPolicy === 'Delete' && UpdateReplacePolicy === 'Delete' ? [] : [`${id} is retained`]
        }),
      ),
    ).toEqual([])
  })

  it('a condition’s operator fits the type of its key', () => {
    expect(
      inAll(({ template }) =>
        conditionsIn(resourcesOf(template)).flatMap(([operator, key]) => {
          const type = keyTypes[key]
          if (type === undefined) return [`the table has no type for ${key}`]
          return operator === 'Null' || operators[type].test(operator) ? [] : [`${operator} on ${key}, a ${type}`]
        }),
      ),
    ).toEqual([])
  })

  it('names are fixed where the table says, and nowhere else', () => {
    // Of a group of schedules a schedule has the name, not one of its own.
    const naming = /^(?!PolicyName|GroupName$)\w*Name$/
    const isName = (type: string, property: string) => fixedNames[type] === property
    const taken = new Set(
      inAll(({ template }) =>
        Object.values(resourcesOf(template)).flatMap(({ Type, Properties = {} }) =>
          Object.entries(Properties)
            .filter(([key, value]) => naming.test(key) && typeof value === 'string' && Type.startsWith('AWS::'))
            .filter(([key]) => !isName(Type, key))
            .map(([key]) => `${Type}.${key}`),
        ),
      ).map(it => it.split(': ')[1]),
    )
    // Of a metric, of a service of AWS, of an alias of our own function; of a domain and of a group that are somebody's.
    expect([...taken].toSorted()).toEqual([
      'AWS::CloudWatch::Alarm.MetricName',
      'AWS::EC2::VPCEndpoint.ServiceName',
      'AWS::EC2::VPCEndpointService.PrivateDnsName',
      'AWS::Lambda::Alias.Name',
      'AWS::Redshift::EndpointAccess.SubnetGroupName',
    ])
  })

  it('no name is another database’s, but of hosted zones, which each VPC has its own of', () => {
    const names = stacks.flatMap(({ id, template }) =>
      Object.values(resourcesOf(template)).flatMap(({ Type, Properties = {} }) => {
        const name = Properties[fixedNames[Type] ?? '']
        const isShared = Type === 'AWS::Scheduler::Schedule' || Type.startsWith('AWS::Route53::')
        return typeof name === 'string' && !isShared ? [{ id, key: `${Type} ${name}` }] : []
      }),
    )
    const owners = Map.groupBy(names, it => it.key)
    expect([...owners].filter(([, all]) => new Set(all.map(it => it.id)).size > 1).map(([key]) => key)).toEqual([])
  })
})
