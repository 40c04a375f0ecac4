import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { deadLettersName } from '../app/settings/resource-names.ts'
import { type DatabaseModel, physical } from './front-door-model.ts'
import { acknowledge } from './nag.ts'

/**
 * However an event gets lost, it ends here: EventBridge could not hand it to Lambda, or Lambda gave it up. The
 * alarm of the same name watches it; the message says which event, and why.
 */
export const createDeadLetters = (scope: Construct, database: DatabaseModel): Queue => {
  const { queueKeyArn: keyArn } = database.guardrails
  const queue = new Queue(scope, 'DeadLetters', {
    ...physical(database, 'queueName', deadLettersName),
    ...(keyArn === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: Key.fromKeyArn(scope, 'QueueKey', keyArn) }),
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.DESTROY,
  })
  acknowledge(queue, {
    'AwsSolutions-SQS3': 'It is the dead-letter queue, of a rule and of a function, which cdk-nag does not see.',
  })
  return queue
}
