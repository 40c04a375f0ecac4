import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { reportSource } from '../names.ts'
import type { Publisher } from '../ports.ts'
import { calling } from './calling.ts'

/** Reports go out as EventBridge events. @throws when the bus does not take one: the caller logs it and goes on. */
export const createPublisher = (
  client: EventBridgeClient,
  eventBus: string,
  databaseArn: string | undefined,
): Publisher => ({
  async publish(detailType, report) {
    const call = { action: 'events:PutEvents', resource: eventBus }
    const answer = await calling(call, () =>
      client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: eventBus,
              Source: reportSource,
              DetailType: detailType,
              Detail: JSON.stringify(report),
              ...(databaseArn && { Resources: [databaseArn] }),
            },
          ],
        }),
      ),
    )
    // PutEvents answers 200 for an entry that it refuses.
    const refused = answer.Entries?.find(entry => entry.ErrorCode)
    if (refused) throw new Error(`${call.action} on ${eventBus}: ${refused.ErrorCode}: ${refused.ErrorMessage}`)
  },
})
