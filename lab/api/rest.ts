import { XMLBuilder } from 'fast-xml-parser'
import type { Reply } from './actions.ts'
import { ApiFailure } from './failure.ts'

/** A request of the REST protocols, whose action is its method and path. */
export interface RestRequest {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
}

export interface RestRoute {
  readonly method: string
  /** Named groups are the path's parameters. */
  readonly path: RegExp
  readonly action: string
  readonly run: (parameters: Readonly<Record<string, string>>, request: RestRequest) => Reply
}

export interface RestService {
  /** For `xml` the one element of a route's result is the root. */
  readonly protocol: 'json' | 'xml'
  readonly routes: readonly RestRoute[]
}

export const findRoute = ({ routes }: RestService, { method, path }: RestRequest): RestRoute | undefined =>
  routes.find(route => route.method === method && route.path.test(path))

export const runRoute = (route: RestRoute | undefined, request: RestRequest): Reply => {
  if (route === undefined) {
    throw new ApiFailure('UnknownOperationException', `The lab does not know ${request.method} ${request.path}`, 404)
  }
  return route.run({ ...route.path.exec(request.path)?.groups }, request)
}

export const readTarget = (method = 'POST', url = '/', body = ''): RestRequest => {
  const { pathname, searchParams } = new URL(url, 'http://lab')
  return { method, path: decodeURIComponent(pathname), query: searchParams, body }
}

const xml = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true })

export const writeRestReply = ({ protocol }: RestService, result: object): string =>
  protocol === 'json' ? JSON.stringify(result) : xml.build(result)

export const writeRestFailure = ({ protocol }: RestService, failure: ApiFailure, requestId: string): string => {
  const { code, message } = failure
  if (protocol === 'json') return JSON.stringify({ __type: code, Code: code, message, Message: message })
  return xml.build({
    ErrorResponse: { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId },
  })
}
