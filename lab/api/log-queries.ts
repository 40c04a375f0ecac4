import type { LogLine } from '../lambda/log-lines.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { logQueryErrors } from './errors/service-errors.ts'
import { type Filter, parseFilter } from './filter-pattern.ts'
import type { Reply } from './service.ts'

interface StartQuery {
  readonly queryString?: string
  /** Epoch seconds; both are part of the span. */
  readonly startTime?: number
  readonly endTime?: number
  readonly limit?: number
}

interface Query {
  readonly logGroups: readonly string[]
  readonly rows: () => readonly (readonly { readonly field: string; readonly value: string }[])[]
  /** It is read while it runs, once. */
  hasRun: boolean
}

/**
 * Queries of Logs Insights over the functions' logs, as far as Repoint uses them: `SOURCE` by prefixes, the fields
 * `@timestamp`, `@message` and `@log`, one `filter` and a `sort` by time
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html).
 */
export const logQueryOperations = ({ id: accountId, region, operations }: Account) => {
  const queries: Query[] = []
  const find = (queryId: string | undefined): Query => {
    const query = queries[Number(queryId?.replace('query-', ''))]
    if (query === undefined) throw new ApiFailure(logQueryErrors.notFound, String(queryId))
    return query
  }
  return {
    StartQuery: ({ queryString = '', startTime = 0, endTime = 0, limit = 10_000 }: StartQuery): Reply => {
      const { prefixes, filter } = parse(queryString)
      const all: Readonly<Record<string, () => readonly LogLine[]>> = operations?.logs ?? {}
      const logGroups = Object.keys(all).filter(name => prefixes.some(prefix => name.startsWith(prefix)))
      const rows = () =>
        logGroups
          .flatMap(name =>
            (all[name]?.() ?? []).map(line => ({ name, line, time: String(line.json?.timestamp ?? '') })),
          )
          .filter(({ line, time }) => {
            const seconds = Date.parse(time) / 1000
            return seconds >= startTime && seconds < endTime + 1 && filter(line.json)
          })
          .sort((a, b) => a.time.localeCompare(b.time))
          .slice(0, limit)
          .map(({ name, line, time }) => [
            { field: '@timestamp', value: time.replace('T', ' ').replace('Z', '') },
            { field: '@message', value: line.text },
            { field: '@log', value: `${accountId}:${name}` },
            { field: '@ptr', value: `${name}/${time}` },
          ])
      queries.push({ logGroups, rows, hasRun: false })
      return { result: { queryId: `query-${queries.length - 1}` }, brief: { logGroups: logGroups.length } }
    },
    GetQueryResults: ({ queryId }: { readonly queryId?: string }): Reply => {
      const query = find(queryId)
      const { hasRun } = query
      query.hasRun = true
      const results = hasRun ? query.rows() : []
      return { result: { status: hasRun ? 'Complete' : 'Running', results }, brief: { rows: results.length } }
    },
    ListLogGroupsForQuery: ({ queryId }: { readonly queryId?: string }): Reply => {
      const { logGroups } = find(queryId)
      const arnOf = (name: string) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`
      return { result: { logGroupIdentifiers: logGroups.map(arnOf) }, brief: { logGroups: logGroups.length } }
    },
  }
}

/** @throws ApiFailure MalformedQueryException */
const parse = (queryString: string): { readonly prefixes: readonly string[]; readonly filter: Filter } => {
  const [source = '', ...commands] = queryString.split(/\s*\|\s+/)
  const list = /^SOURCE logGroups\(namePrefix: \[(('[^']+'(, )?){1,5})\]\)$/.exec(source)?.[1]
  const [fields, filter = '', sort, ...more] = commands
  const isKnown = fields === 'fields @timestamp, @message, @log' && sort === 'sort @timestamp asc' && more.length === 0
  const expression = /^filter (.+)$/.exec(filter)?.[1]
  if (list === undefined || expression === undefined || !isKnown) throw malformed(queryString)
  return {
    prefixes: [...list.matchAll(/'([^']+)'/g)].map(([, prefix = '']) => prefix),
    filter: parseFilter(asPattern(expression)),
  }
}

/** The same comparisons, `and` and `or`, in the words of a filter pattern. */
const asPattern = (expression: string): string => {
  const words: Readonly<Record<string, string>> = { and: '&&', or: '||' }
  const parts = expression.match(/"[^"]*"|[\w.]+|[^\w"]+/g) ?? []
  return `{ ${parts.map(part => words[part] ?? (/^[a-z]/.test(part) ? `$.${part}` : part)).join('')} }`
}

const malformed = (queryString: string) => new ApiFailure(logQueryErrors.malformed, queryString)
