import { randomUUID } from 'node:crypto'
import type { ApiAnswer } from './dispatch.ts'
import { ApiFailure, accessDenied } from './failure.ts'
import type { Faults } from './faults.ts'
import type { JsonReply, JsonRequest, JsonServices } from './json-service.ts'

export interface OperationDispatch {
  readonly services: JsonServices
  readonly faults: Faults
  readonly account: { readonly id: string }
}

/**
 * Answers requests to what the stack deploys beside the front door: function, rules, schedule, alarms, logs. They act on
 * what really runs, so an answer may take as long as a run of the function. `undefined`: not ours.
 */
export const openOperationDispatch = ({ services, faults, account }: OperationDispatch) => {
  return async (service: string, request: JsonRequest): Promise<ApiAnswer | undefined> => {
    const ours = services[service]
    const action = ours?.actionOf(request)
    if (ours === undefined || action === undefined) return undefined
    const requestId = randomUUID()
    const fault = faults.take(`${service}:${action}`)
    const answer = (status: number, body: string, rest: Partial<ApiAnswer>): ApiAnswer => ({
      service,
      action,
      requestId,
      status,
      contentType: 'application/x-amz-json-1.1',
      body,
      brief: {},
      ...rest,
      ...(fault ? { fault } : {}),
    })
    const run = (): JsonReply | Promise<JsonReply> => {
      if (fault?.kind === 'access-denied') {
        throw accessDenied({ service, action, resource: '*', account: account.id })
      }
      if (fault?.kind === 'throttled') throw new ApiFailure('ThrottlingException', 'Rate exceeded', 400)
      if (fault?.kind === 'server-error') throw new ApiFailure('InternalServerException', 'Internal error.', 500)
      return ours.run(action, request)
    }
    try {
      const { result, brief, status = 200, headers, raw } = await run()
      return answer(status, raw ?? JSON.stringify(result), { brief, ...(headers ? { headers } : {}) })
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      const { code, message, status } = error
      return answer(status, JSON.stringify({ __type: code, message, Message: message }), {
        errorCode: code,
        // The REST protocols name the error in a header.
        headers: { 'x-amzn-errortype': code },
      })
    }
  }
}
