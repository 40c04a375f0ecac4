import { XMLBuilder } from 'fast-xml-parser'
import type { ApiFailure } from './failure.ts'

/** A request parameter: AWS Query flattens nested lists into names such as `Targets.member.1.Id`. */
export type Parameter = string | readonly Parameter[] | { readonly [name: string]: Parameter }
export type Parameters = Readonly<Record<string, Parameter>>

/** Parses a form-encoded Query request. */
export const parseQuery = (body: string): Parameters => {
  const root: Record<string, unknown> = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split('.')
    let place = root
    for (const part of path.slice(0, -1)) {
      place[part] ??= Object.create(null)
      place = place[part] as Record<string, unknown>
    }
    place[path.at(-1) ?? name] = value
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

export interface QueryService {
  /** XML namespace, which carries the API's version. */
  readonly namespace: string
  readonly style: 'query' | 'ec2'
}

export const queryServices: Readonly<Record<string, QueryService>> = {
  elasticloadbalancing: { namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/', style: 'query' },
  rds: { namespace: 'http://rds.amazonaws.com/doc/2014-10-31/', style: 'query' },
  sts: { namespace: 'https://sts.amazonaws.com/doc/2011-06-15/', style: 'query' },
  iam: { namespace: 'https://iam.amazonaws.com/doc/2010-05-08/', style: 'query' },
  ec2: { namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/', style: 'ec2' },
}

export const writeQueryReply = (service: QueryService, action: string, result: object, requestId: string): string => {
  const content =
    service.style === 'ec2'
      ? { requestId, ...result }
      : { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } }
  return xml.build({ [`${action}Response`]: { '@_xmlns': service.namespace, ...content } })
}

export const writeQueryFailure = (service: QueryService, failure: ApiFailure, requestId: string): string => {
  if (service.style === 'ec2') {
    const error = { Code: failure.code, Message: failure.message }
    return xml.build({ Response: { Errors: { Error: error }, RequestID: requestId } })
  }
  const error = { Type: failure.status >= 500 ? 'Receiver' : 'Sender', Code: failure.code, Message: failure.message }
  return xml.build({ ErrorResponse: { '@_xmlns': service.namespace, Error: error, RequestId: requestId } })
}
