import type { Reply } from './actions.ts'
import { ApiFailure } from './failure.ts'

/** A request to a service that speaks JSON, over one path with a target header or over paths of its own (REST). */
export interface JsonRequest {
  readonly method: string
  readonly url: URL
  /** `X-Amz-Target`, for example `AWSEvents.DescribeRule`. */
  readonly target: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface JsonReply extends Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is instead of `result`. */
  readonly raw?: string
}

/** One service of the lab's API. Errors are ApiFailures. */
export interface JsonService {
  /** The API's name of what is asked for; `undefined` leaves the request to another part of the lab. */
  actionOf(request: JsonRequest): string | undefined
  run(action: string, request: JsonRequest): JsonReply | Promise<JsonReply>
}

/** By the service's signing name: `events`, `lambda`, `monitoring`. */
export type JsonServices = Readonly<Record<string, JsonService>>

type Operations = Readonly<Record<string, (input: never) => JsonReply | Promise<JsonReply>>>

/** A service with all operations on one path, told apart by the target header. */
export const targeted = (operations: Operations): JsonService => ({
  actionOf: ({ target }) => {
    const action = target?.split('.')[1]
    return action !== undefined && Object.hasOwn(operations, action) ? action : undefined
  },
  run: (action, { body }) => {
    const operation = operations[action]
    if (operation === undefined) throw unknownOperation(action)
    return operation(JSON.parse(body === '' ? '{}' : body) as never)
  },
})

export const unknownOperation = (action: string): ApiFailure =>
  new ApiFailure('UnknownOperationException', `The lab does not know the operation ${action}`, 400)
