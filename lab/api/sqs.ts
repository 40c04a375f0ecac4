import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { queueErrors } from './errors/service-errors.ts'
import type { Reply } from './service.ts'

interface Input {
  readonly QueueName?: string
  readonly QueueUrl?: string
}

/** SQS's read actions over the dead letters that the lab's Lambda and event bus put away. */
export const sqsOperations = (account: Account): Readonly<Record<string, (input: unknown) => Reply>> => {
  const find = (name: string) => {
    const queue = account.resources?.queues.find(candidate => candidate.name === name)
    if (queue) return queue
    throw new ApiFailure(queueErrors.notFound)
  }
  return {
    GetQueueUrl: input => {
      const { name } = find((input as Input).QueueName ?? '')
      return { result: { QueueUrl: `https://sqs.${account.region}.amazonaws.com/${account.id}/${name}` } }
    },
    GetQueueAttributes: input => {
      const { name, messages } = find((input as Input).QueueUrl?.split('/').at(-1) ?? '')
      const Attributes = {
        QueueArn: `arn:aws:sqs:${account.region}:${account.id}:${name}`,
        ApproximateNumberOfMessages: String(messages()),
        ApproximateNumberOfMessagesNotVisible: '0',
      }
      return { result: { Attributes } }
    },
  }
}
