import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { holdToGuardrails } from './guardrails.ts'

/**
 * Encrypts every log group of a construct, and lets the services use the keys. The policy of a key that is not of this app
 * stays as it is.
 */
export const encryptAll = (scope: Construct, keys: { readonly logs?: IKey; readonly queue?: IKey }): void => {
  const { logs, queue } = keys
  if (logs) {
    holdToGuardrails(scope, { logsKeyArn: logs.keyArn })
    letLogsUse(scope, logs)
  }
  if (queue) letEventsUse(queue)
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
const letLogsUse = (scope: Construct, key: IKey): void => {
  const { region } = Stack.of(scope)
  const anyGroup = Stack.of(scope).formatArn({ service: 'logs', resource: '*' })
  const statement = new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': anyGroup } },
  })
  key.addToResourcePolicy(statement, true)
}

/**
 * EventBridge puts what it could not deliver into the queue
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services).
 */
const letEventsUse = (key: IKey): void => {
  const statement = new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: ['*'],
  })
  key.addToResourcePolicy(statement, true)
}
