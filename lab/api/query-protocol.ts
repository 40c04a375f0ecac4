import { XMLBuilder } from 'fast-xml-parser'
import { ApiFailure } from './errors/failure.ts'
import { commonErrors } from './errors/service-errors.ts'
import type { Asked, Reply, Service } from './service.ts'

/** A request parameter: AWS Query flattens nested lists into names such as `Targets.member.1.Id`. */
export type Parameter = string | readonly Parameter[] | { readonly [name: string]: Parameter }
export type Parameters = Readonly<Record<string, Parameter>>

/** Parses a form-encoded Query request. */
export const parseQuery = (body: string): Parameters => {
  const root: Record<string, unknown> = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split('.')
    let node = root
    for (const part of path.slice(0, -1)) {
      node[part] ??= Object.create(null)
      node = node[part] as Record<string, unknown>
    }
    node[path.at(-1) ?? name] = value
  }
  return listed(root) as Parameters
}

const listed = (value: unknown): unknown => {
  if (typeof value === 'string') return value
  const entries = Object.entries(value as object).map(([key, inner]) => [key, listed(inner)] as const)
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, inner]) => inner)
  }
  return Object.fromEntries(entries)
}

/** A list parameter, whether the service numbers it directly (EC2) or inside an element (`member`, `Filter`, `Value`). */
export const list = (value: Parameter | undefined): readonly Parameter[] => {
  if (value === undefined || value === '') return []
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [value]
  const [inner] = Object.values(value)
  return Array.isArray(inner) ? inner : [value]
}

export const strings = (value: Parameter | undefined): string[] => list(value).filter(item => typeof item === 'string')

export const text = (value: Parameter | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

export const field = (value: Parameter | undefined, name: string): Parameter | undefined =>
  typeof value === 'object' && !Array.isArray(value) ? (value as Parameters)[name] : undefined

const xml = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true })

/** Operations of a Query service, by their names. */
export type Actions = Readonly<Record<string, (parameters: Parameters) => Reply>>

export interface QueryProtocol {
  /** XML namespace, which carries the API's version. */
  readonly namespace: string
  /** EC2 writes lists, replies and errors in a way of its own. */
  readonly style: 'query' | 'ec2'
}

/** A service that takes forms and answers XML. */
export const queryService = ({ namespace, style }: QueryProtocol, actions: Actions): Service => ({
  contentType: 'text/xml',
  read: ({ body }): Asked => {
    const parameters = parseQuery(body)
    const action = text(parameters.Action) ?? 'unknown'
    const resource = text(parameters.TargetGroupArn)
    return {
      action,
      ...(resource === undefined ? {} : { resource }),
      run: () => {
        const run = Object.hasOwn(actions, action) ? actions[action] : undefined
        if (!run) throw new ApiFailure(commonErrors.unknownAction, action)
        return run(parameters)
      },
    }
  },
  writeReply: (action, result, requestId) => {
    const content =
      style === 'ec2'
        ? { requestId, ...result }
        : { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } }
    return xml.build({ [`${action}Response`]: { '@_xmlns': namespace, ...content } })
  },
  writeFailure: (failure, requestId) => {
    const named = { Code: failure.code, Message: failure.message }
    if (style === 'ec2') return xml.build({ Response: { Errors: { Error: named }, RequestID: requestId } })
    const error = { Type: failure.status >= 500 ? 'Receiver' : 'Sender', ...named }
    return xml.build({ ErrorResponse: { '@_xmlns': namespace, Error: error, RequestId: requestId } })
  },
})
