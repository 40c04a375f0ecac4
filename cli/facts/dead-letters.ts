import { deadLettersName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import type { Gathered } from './gathered.ts'

export interface QueueFacts {
  readonly arn: string
  readonly messages: number
  readonly inFlight: number
}

export const gatherDeadLetters = (
  clients: Clients,
  database: Pick<DatabaseSettings, 'id'>,
): Promise<Gathered<readonly QueueFacts[]>> =>
  attempt(async () => {
    const sqs = await clients.sqs()
    const QueueName = deadLettersName(database)
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName })
    const { Attributes = {} } = await sqs.getQueueAttributes({
      QueueUrl,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    })
    return [
      {
        arn: Attributes.QueueArn ?? QueueName,
        messages: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      },
    ]
  })
