import { type App, Stack, Token, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { IConstruct } from 'constructs'

/** cdk-nag's AwsSolutions rules, as errors. What is acknowledged stands here with its reason, and nowhere else. */
export const holdToRules = (app: App): void => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
}

export const acknowledge = (scope: IConstruct, reasons: Readonly<Record<string, string>>): void => {
  const acknowledged = Object.entries(reasons).map(([id, reason]) => ({ id: readable(scope, id), reason }))
  Validations.of(scope).acknowledge(...acknowledged)
}

/** As cdk-nag names what is known later: `arn:<AWS::Partition>:rds:…`. */
const readable = (scope: IConstruct, id: string): string => {
  if (!Token.isUnresolved(id)) return id
  const { 'Fn::Join': join } = Stack.of(scope).resolve(id) as { 'Fn::Join'?: [string, ({ Ref: string } | string)[]] }
  const [separator, parts] = join ?? ['', [id]]
  return parts.map(it => (typeof it === 'string' ? it : `<${it.Ref}>`)).join(separator)
}
