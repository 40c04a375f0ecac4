import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'

const helpers = values.closed({
  subnetIds: v.pipe(
    described('Of those functions.', values.listOf(aws.subnetId, 'subnet ids')),
    v.minLength(1, 'at least one subnet'),
  ),
  securityGroupIds: v.pipe(
    described(
      'Of those functions: they let them out to AWS’s APIs.',
      values.listOf(aws.securityGroupId, 'security groups'),
    ),
    v.minLength(1, 'at least one security group'),
  ),
})

const shared = {
  permissionsBoundaryArn: v.optional(described('Of every role of the stack.', aws.policyArn)),
  rolePath: v.optional(described('Of every role of the stack.', aws.rolePath)),
  helpers: v.optional(
    described(
      'A VPC for the functions behind the stack’s custom resources, with a path to the APIs of AWS and to S3, where they answer.',
      helpers,
    ),
  ),
  logsKeyArn: v.optional(
    described('Encrypts every log group; the key’s policy has to let CloudWatch Logs.', aws.keyArn),
  ),
  keepLogs: v.optional(
    described('Log groups stay when the stack goes, except after a failed first deployment.', values.flag),
  ),
}

/** What an organization asks of every stack of a consumer. */
export const consumerGuardrails = values.closed(shared)

/** What an organization asks of every stack of a database. */
export const databaseGuardrails = values.closed({
  ...shared,
  queueKeyArn: v.optional(
    described('Encrypts the dead-letter queue; the key’s policy has to let EventBridge.', aws.keyArn),
  ),
  environmentKeyArn: v.optional(described('Encrypts the function’s environment.', aws.keyArn)),
})

export type Guardrails = v.InferOutput<typeof consumerGuardrails>
