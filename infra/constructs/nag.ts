import { type App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { IConstruct } from 'constructs'

/** cdk-nag's AwsSolutions rules, as errors. What is acknowledged stands here with its reason, and nowhere else. */
export const holdToRules = (app: App): void => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
}

export const acknowledge = (scope: IConstruct, reasons: Readonly<Record<string, string>>): void => {
  Validations.of(scope).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })))
}
