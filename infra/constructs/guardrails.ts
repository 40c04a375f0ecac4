import { Aspects, type IAspect, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct, IConstruct } from 'constructs'
import type { Guardrails } from '../app/settings/guardrails-fields.ts'
import { InlineProvider, placeInVpc } from './inline-provider.ts'

/** What an organization asks of every role, log group, queue and helper of a stack or a construct, wherever it is made. */
export const holdToGuardrails = (scope: Construct, guardrails: Guardrails): void => {
  Aspects.of(scope).add(new Hold(guardrails))
}

class Hold implements IAspect {
  readonly #rails: Guardrails
  constructor(rails: Guardrails) {
    this.#rails = rails
  }

  visit(node: IConstruct): void {
    const { permissionsBoundaryArn, rolePath, logsKeyArn, keepLogs, helpers } = this.#rails
    if (node instanceof CfnRole) {
      if (permissionsBoundaryArn !== undefined) node.permissionsBoundary = permissionsBoundaryArn
      if (rolePath !== undefined) node.path = rolePath
    }
    if (node instanceof CfnLogGroup) {
      if (logsKeyArn !== undefined) node.kmsKeyId = logsKeyArn
      // Not RETAIN: a log group that outlives a failed first deployment keeps its name from the next one. CDK retains that
      // of its own provider.
      if (keepLogs === true) node.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
      else if (isOfCdk(node.node.scope?.node.scope)) node.applyRemovalPolicy(RemovalPolicy.DESTROY)
    }
    if (node instanceof CfnQueue && keepLogs === true) node.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    if (helpers === undefined) return
    if (node instanceof InlineProvider) placeInVpc(node.lambda, helpers)
    if (isOfCdk(node)) placeInVpc(node, helpers)
  }
}

/** The provider of CDK's own custom resources, one for the stack: everything of ours is inside a construct of ours. */
const isOfCdk = (node: IConstruct | undefined): node is LambdaFunction =>
  node instanceof LambdaFunction && Stack.isStack(node.node.scope)
