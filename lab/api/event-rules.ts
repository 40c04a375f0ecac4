import type { RuleState, WakeState } from '../operations/wake.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { eventErrors } from './errors/service-errors.ts'
import type { Reply } from './service.ts'

/** EventBridge's rules of a deployed stack: enabling and disabling decides whether the bus delivers. */
export const eventRuleOperations = ({ operations }: Account) => operations && ruleOperations(operations.wake)

const ruleOperations = ({ rules, functionArn }: WakeState) => {
  const find = (name: string | undefined): RuleState => {
    const rule = rules.find(candidate => candidate.name === name)
    if (rule) return rule
    throw new ApiFailure(eventErrors.ruleNotFound, String(name))
  }
  const turn = ({ Name }: { Name?: string }, isEnabled: boolean): Reply => {
    const rule = find(Name)
    rule.isEnabled = isEnabled
    return { result: {}, raw: '', brief: { rule: rule.name } }
  }
  return {
    DescribeRule: ({ Name }: { Name?: string }): Reply => {
      const rule = find(Name)
      return { result: describe(rule), brief: { rule: rule.name } }
    },
    ListTargetsByRule: ({ Rule }: { Rule?: string }): Reply => {
      const rule = find(Rule)
      return {
        result: {
          Targets: [
            {
              ...{ Id: 'Target0', Arn: functionArn, DeadLetterConfig: { Arn: deadLettersOf(functionArn) } },
              ...(rule.input === undefined ? {} : { Input: rule.input }),
            },
          ],
        },
        brief: { rule: rule.name },
      }
    },
    EnableRule: (input: { Name?: string }): Reply => turn(input, true),
    DisableRule: (input: { Name?: string }): Reply => turn(input, false),
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
