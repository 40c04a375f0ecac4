import type { ApiFailure } from './errors/failure.ts'

/** One request as it arrived, in whatever protocol. */
export interface ApiRequest {
  readonly method: string
  readonly url: URL
  /** `X-Amz-Target` of the JSON protocols, for example `AWSEvents.DescribeRule`. */
  readonly target: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Reply {
  readonly result: object
  /** What of the call is worth a line in the timeline. */
  readonly brief?: Readonly<Record<string, unknown>>
  /** 200 by default. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is instead of `result`. */
  readonly raw?: string
}

/** What a request asks for. */
export interface Asked {
  /** The API's name of it; `unknown` where the service has no such operation. */
  readonly action: string
  /** An ARN, as IAM's errors name it. */
  readonly resource?: string
  /** May take as long as what it sets off. @throws ApiFailure */
  readonly run: () => Reply | Promise<Reply>
}

/** One service of the API: how its protocol is read and written, and what it can do. */
export interface Service {
  readonly contentType: string
  read(request: ApiRequest): Asked
  writeReply(action: string, result: object, requestId: string): string
  writeFailure(failure: ApiFailure, requestId: string): string
}

/** By the service's signing name: `elasticloadbalancing`, `rds`, `monitoring`. */
export type Services = Readonly<Record<string, Service>>
