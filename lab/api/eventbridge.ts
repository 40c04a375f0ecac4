import type { PutEntry } from '../events/put-events.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { eventErrors } from './errors/service-errors.ts'
import type { Reply } from './service.ts'

/** EventBridge's PutEvents: entries fail one by one and the call still succeeds. */
export const eventBridgeOperations = (account: Account): Readonly<Record<string, (input: unknown) => Reply>> => ({
  PutEvents: input => {
    const entries = (input as { Entries?: readonly PutEntry[] } | undefined)?.Entries
    if (!Array.isArray(entries) || entries.length < 1 || entries.length > 10) {
      throw new ApiFailure(eventErrors.badEntries)
    }
    const results = entries.map(entry => checkEntry(entry) ?? account.events.put(entry))
    const failed = results.filter(result => 'ErrorCode' in result)
    return {
      result: { FailedEntryCount: failed.length, Entries: results },
      brief: {
        detailTypes: entries.map(entry => entry.DetailType).join(', '),
        ...(failed.length ? { failed: failed.length } : {}),
      },
    }
  },
})

const checkEntry = (entry: PutEntry) => {
  const missing = (['Source', 'DetailType', 'Detail'] as const).find(name => !entry[name])
  if (missing) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    }
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' }
  }
  try {
    const detail: unknown = JSON.parse(entry.Detail ?? '')
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return undefined
  } catch {}
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
}
