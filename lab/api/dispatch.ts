import { randomUUID } from 'node:crypto'
import type { Scope } from './calls.ts'
import { ApiFailure } from './errors/failure.ts'
import { commonErrors } from './errors/service-errors.ts'
import { type Fault, type Faults, failureOf } from './faults.ts'
import { jsonService } from './json-protocol.ts'
import type { ApiRequest, Reply, Services } from './service.ts'
import type { Throttle } from './throttle.ts'

export interface ApiAnswer {
  readonly service: string
  readonly action: string
  readonly status: number
  readonly contentType: string
  readonly requestId: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly errorCode?: string
  readonly brief: Readonly<Record<string, unknown>>
  /** What the transport has to do to this answer. */
  readonly fault?: Fault
}

export interface Dispatch {
  readonly services: Services
  /** The account's id. */
  readonly account: string
  readonly faults: Faults
  readonly throttle: Throttle
}

const noService = jsonService({})

/** Answers one request of whatever service; everything but the transport. `scope`: whose signature it carries, if any. */
export const openDispatch =
  ({ services, account, faults, throttle }: Dispatch) =>
  async (request: ApiRequest, scope: Scope | undefined): Promise<ApiAnswer> => {
    const name = scope?.service ?? 'unknown'
    const service = (Object.hasOwn(services, name) ? services[name] : undefined) ?? noService
    const { action, resource = '*', run } = service.read(request)
    const fault = faults.take(`${name}:${action}`)
    const requestId = randomUUID()
    const about = {
      ...{ service: name, action, requestId, contentType: service.contentType },
      ...(fault && { fault }),
    }
    const perform = (): Reply | Promise<Reply> => {
      if (!scope) throw new ApiFailure(commonErrors.unsigned)
      const failure = failureOf(fault, { service: name, action, resource, account })
      if (failure) throw failure
      if (name === 'elasticloadbalancing') throttle.spend(action)
      return run()
    }
    try {
      const { result, brief = {}, status = 200, headers, raw } = await perform()
      const body = raw ?? service.writeReply(action, result, requestId)
      return { ...about, status, body, brief, ...(headers && { headers }) }
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      return {
        ...about,
        status: error.status,
        body: service.writeFailure(error, requestId),
        brief: {},
        errorCode: error.code,
        // The JSON protocols read the error's name here too.
        headers: { 'x-amzn-errortype': error.code },
      }
    }
  }
