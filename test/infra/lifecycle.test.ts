import { beforeAll, describe, expect, it } from 'vitest'
import { fixedNames, needs, needsOf, parts } from '../../infra/lifecycle.ts'
import { needsIn } from './template-dependencies.ts'
import { resourcesOf } from './template-diff.ts'
import { partsIn, type Stack, synthesizeVariant, variants } from './variants.ts'

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

describe('in every variant of the settings', () => {
  const stacks: Stack[] = []
  beforeAll(() => {
    for (const variant of variants) stacks.push(synthesizeVariant(variant))
  }, 240_000)

  /** What is wrong, by variant. */
  const inAll = (judge: (stack: Stack) => readonly string[]): readonly string[] =>
    stacks.flatMap(stack => judge(stack).map(it => `${stack.name}: ${it}`))

  it('are more than a few', () => {
    expect(stacks.length).toBeGreaterThanOrEqual(200)
    const seen = new Set(stacks.flatMap(({ template }) => Object.keys(partsIn(template))))
    expect([...seen].toSorted()).toEqual([...parts].toSorted())
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
    // Of a metric, of a service of AWS, of an alias of our own function.
    expect([...taken].toSorted()).toEqual([
      'AWS::CloudWatch::Alarm.MetricName',
      'AWS::EC2::VPCEndpoint.ServiceName',
      'AWS::Lambda::Alias.Name',
    ])
  })

  it('no name is another database’s', () => {
    const names = stacks.flatMap(({ id, template }) =>
      Object.values(resourcesOf(template)).flatMap(({ Type, Properties = {} }) => {
        const name = Properties[fixedNames[Type] ?? '']
        return typeof name === 'string' && Type !== 'AWS::Scheduler::Schedule' ? [{ id, key: `${Type} ${name}` }] : []
      }),
    )
    const owners = Map.groupBy(names, it => it.key)
    expect([...owners].filter(([, all]) => new Set(all.map(it => it.id)).size > 1).map(([key]) => key)).toEqual([])
  })
})
