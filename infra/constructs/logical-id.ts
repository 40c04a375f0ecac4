import { CfnWaitConditionHandle, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/**
 * What a resource of this id is called, were it there: for CDK's constructs, which put theirs one level deeper, in the
 * place of a resource that is deployed under this one. Ask before the construct has the id.
 */
export const logicalIdOf = (scope: Construct, id: string): string => {
  const resource = new CfnWaitConditionHandle(scope, id)
  const logicalId = Stack.of(scope).getLogicalId(resource)
  scope.node.tryRemoveChild(id)
  return logicalId
}
