import { XMLBuilder } from 'fast-xml-parser'
import { ApiFailure } from './errors/failure.ts'
import { commonErrors } from './errors/service-errors.ts'
import { writeJsonFailure } from './json-protocol.ts'
import type { ApiRequest, Asked, Reply, Service } from './service.ts'

/** A request of the REST protocols, whose action is its method and path. */
export interface RestRequest extends Pick<ApiRequest, 'method' | 'headers' | 'body'> {
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
}

export interface RestRoute {
  readonly method: string
  /** Named groups are the path's parameters. */
  readonly path: RegExp
  readonly action: string
  readonly run: (
    parameters: Readonly<Record<string, string | undefined>>,
    request: RestRequest,
  ) => Reply | Promise<Reply>
}

/** A route of what only reads. */
export const get = (path: RegExp, action: string, run: RestRoute['run']): RestRoute => ({
  ...{ method: 'GET', path, action, run },
})

const xml = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true })

/** A service whose operations are routes. In XML the one element of a route's result is the root. */
export const restService = (format: 'json' | 'xml', routes: readonly RestRoute[]): Service => ({
  ...(format === 'json' ? json : asXml),
  read: ({ method, url, headers, body }): Asked => {
    const path = decodeURIComponent(url.pathname)
    const request = { method, path, query: url.searchParams, headers, body }
    const route = routes.find(candidate => candidate.method === method && candidate.path.test(path))
    return {
      action: route?.action ?? 'unknown',
      run: () => {
        if (route === undefined) throw new ApiFailure(commonErrors.unknownPath, `${method} ${path}`)
        return route.run({ ...route.path.exec(path)?.groups }, request)
      },
    }
  },
})

const json: Omit<Service, 'read'> = {
  contentType: 'application/x-amz-json-1.1',
  writeReply: (_, result) => JSON.stringify(result),
  writeFailure: failure => writeJsonFailure(failure),
}

const asXml: Omit<Service, 'read'> = {
  contentType: 'text/xml',
  writeReply: (_, result) => xml.build(result),
  writeFailure: ({ code, message }, requestId) =>
    xml.build({ ErrorResponse: { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId } }),
}
