import type { RuleState } from '../operations/wake.ts'
import { ApiFailure } from './failure.ts'
import type { JsonReply } from './json-service.ts'

/** EventBridge's rules: enabling and disabling decides whether the bus delivers. */
export const eventRuleOperations = (rules: readonly RuleState[], functionArn: string) => {
  const find = (name: string | undefined): RuleState => {
    const rule = rules.find(candidate => candidate.name === name)
    if (rule) return rule
    throw new ApiFailure('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`)
  }
  const byArn = (arn: string | undefined): RuleState => {
    const rule = rules.find(candidate => candidate.arn === arn)
    if (rule) return rule
    throw new ApiFailure('ResourceNotFoundException', `Rule ${arn} does not exist.`)
  }
  const turn = ({ Name }: { Name?: string }, isEnabled: boolean): JsonReply => {
    const rule = find(Name)
    rule.isEnabled = isEnabled
    return { result: {}, raw: '', brief: { rule: rule.name } }
  }
  return {
    DescribeRule: ({ Name }: { Name?: string }): JsonReply => {
      const rule = find(Name)
      return { result: describe(rule), brief: { rule: rule.name } }
    },
    ListRules: ({ NamePrefix = '' }: { NamePrefix?: string }): JsonReply => ({
      result: { Rules: rules.filter(({ name }) => name.startsWith(NamePrefix)).map(describe) },
      brief: {},
    }),
    ListRuleNamesByTarget: ({ TargetArn }: { TargetArn?: string }): JsonReply => ({
      result: { RuleNames: TargetArn === functionArn ? rules.map(({ name }) => name) : [] },
      brief: {},
    }),
    ListTargetsByRule: ({ Rule }: { Rule?: string }): JsonReply => {
      const rule = find(Rule)
      return {
        result: {
          Targets: [{ Id: 'Target0', Arn: functionArn, DeadLetterConfig: { Arn: deadLettersOf(functionArn) } }],
        },
        brief: { rule: rule.name },
      }
    },
    EnableRule: (input: { Name?: string }): JsonReply => turn(input, true),
    DisableRule: (input: { Name?: string }): JsonReply => turn(input, false),
    TagResource: ({ ResourceARN, Tags = [] }: { ResourceARN?: string; Tags?: { Key: string; Value: string }[] }) => {
      const rule = byArn(ResourceARN)
      for (const { Key, Value } of Tags) rule.tags[Key] = Value
      return { result: {}, brief: { rule: rule.name } }
    },
    UntagResource: ({ ResourceARN, TagKeys = [] }: { ResourceARN?: string; TagKeys?: string[] }) => {
      const rule = byArn(ResourceARN)
      for (const key of TagKeys) delete rule.tags[key]
      return { result: {}, brief: { rule: rule.name } }
    },
    ListTagsForResource: ({ ResourceARN }: { ResourceARN?: string }): JsonReply => ({
      result: { Tags: Object.entries(byArn(ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })) },
      brief: {},
    }),
  }
}

/** The queue of the stack, which the function's own destination is too. */
const deadLettersOf = (functionArn: string): string =>
  `${functionArn.replace(':lambda:', ':sqs:').replace(':function:', ':')}-dead-letters`

const describe = ({ name, arn, pattern, isEnabled, description }: RuleState) => ({
  Name: name,
  Arn: arn,
  EventBusName: 'default',
  EventPattern: JSON.stringify(pattern),
  State: isEnabled ? 'ENABLED' : 'DISABLED',
  Description: description,
})
