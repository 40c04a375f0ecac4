import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { logGroupName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { CliError } from '../failure.ts'
import { attempt } from './attempt.ts'
import { everyPage } from './every-page.ts'
import { type LoggedReport, patterns, readLine, readReports } from './log-reports.ts'

/**
 * What the functions of many databases told, by one query for each account and Region instead of pages of every log:
 * FilterLogEvents is served 5 to 25 times a second. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Source.html
 */
export interface FleetReports {
  /** What is notable, oldest first. @throws when the log group cannot be read. */
  of(database: DatabaseSettings): Promise<readonly LoggedReport[]>
}

interface Fleet {
  readonly databases: readonly DatabaseSettings[]
  readonly clientsFor: (database: DatabaseSettings) => Clients
  /** Epoch milliseconds. */
  readonly sinceMs: number
  readonly untilMs: number
  readonly wait: (ms: number) => Promise<unknown>
  /** The query of these gave nothing: each log is read by itself. */
  readonly onWithout: (why: string, databases: readonly DatabaseSettings[]) => void
}

/** A database that is alone in its account and Region, and one whose log the query did not search, is read by itself. */
export const openFleetReports = ({ databases, clientsFor, onWithout, ...question }: Fleet): FleetReports => {
  const together = new Map<Clients, DatabaseSettings[]>()
  for (const database of databases) {
    try {
      const clients = clientsFor(database)
      together.set(clients, [...(together.get(clients) ?? []), database])
    } catch {
      // An account that cannot be reached is told where its database is asked about.
    }
  }
  const queries = new Map<Clients, Promise<ByLogGroup>>()
  const ask = async (clients: Clients, all: readonly DatabaseSettings[]): Promise<ByLogGroup> => {
    const found = await attempt(() => query(clients, { ...question, prefixes: prefixesOf(all) }))
    if (found.kind === 'known') return found.value
    onWithout(found.why, all)
    return new Map()
  }
  return {
    of: async database => {
      const clients = clientsFor(database)
      const all = together.get(clients) ?? []
      if (all.length > 1) {
        const asked = queries.get(clients) ?? ask(clients, all)
        queries.set(clients, asked)
        const own = (await asked).get(logGroupName(database))
        if (own) return own
      }
      return readReports(clients, database, { pattern: patterns.notable, sinceMs: question.sinceMs })
    },
  }
}

/** Every log group that was searched, by name: those without a line, too. */
type ByLogGroup = ReadonlyMap<string, readonly LoggedReport[]>

/** As many as `SOURCE` takes. */
const mostPrefixes = 5

const prefixesOf = (databases: readonly DatabaseSettings[]): readonly string[] =>
  databases.length > mostPrefixes ? [logGroupName({ id: '' })] : databases.map(logGroupName)

/** A filter pattern in the words of Logs Insights. */
const inInsights = (pattern: string): string =>
  pattern
    .replace(/^\{ | \}$/g, '')
    .replaceAll('$.', '')
    .replaceAll('&&', 'and')
    .replaceAll('||', 'or')

const queryOver = (prefixes: readonly string[]): string =>
  `SOURCE logGroups(namePrefix: [${prefixes.map(prefix => `'${prefix}'`).join(', ')}])
| fields @timestamp, @message, @log
| filter ${inInsights(patterns.notable)}
| sort @timestamp asc`

/** As many as one answer holds. */
const mostLines = 10_000
const longestMs = 120_000
const pauseMs = { first: 750, longest: 5_000 }

interface Question extends Pick<Fleet, 'sinceMs' | 'untilMs' | 'wait'> {
  readonly prefixes: readonly string[]
}

/** @throws CliError when the answer is not whole or does not come */
const query = async (clients: Clients, { sinceMs, untilMs, wait, prefixes }: Question): Promise<ByLogGroup> => {
  const [logs, sts] = await Promise.all([clients.logs(), clients.sts()])
  // A monitoring account's query searches other accounts' logs too, of the same names.
  const { Account: account } = await sts.getCallerIdentity({})
  const { queryId } = await logs.startQuery({
    queryString: queryOver(prefixes),
    startTime: Math.floor(sinceMs / 1000),
    endTime: Math.ceil(untilMs / 1000),
    limit: mostLines,
  })
  const lines = await answerOf(logs, queryId, wait)
  if (lines.length >= mostLines)
    throw new CliError(`The logs have more than ${mostLines} lines to tell of in that time.`)
  const searched = (await logGroupsOf(logs, queryId)).filter(group => group.account === account)
  const found = new Map<string, LoggedReport[]>(searched.map(({ name }) => [name, []]))
  for (const { '@log': log = '', '@message': message, '@timestamp': time } of lines) {
    const group = logGroupOf(log)
    const report = readLine(message, time === undefined ? undefined : Date.parse(`${time.replace(' ', 'T')}Z`))
    if (report !== undefined && report.atMs >= sinceMs && group.account === account) found.get(group.name)?.push(report)
  }
  return found
}

const answerOf = async (logs: CloudWatchLogs, queryId: string | undefined, wait: Fleet['wait']) => {
  let waitedMs = 0
  for (let nextMs = pauseMs.first; waitedMs < longestMs; nextMs = Math.min(nextMs * 1.5, pauseMs.longest)) {
    const { status, results = [] } = await logs.getQueryResults({ queryId })
    if (status === 'Complete') {
      return results.map(fields => Object.fromEntries(fields.map(({ field = '', value }) => [field, value])))
    }
    if (status !== 'Scheduled' && status !== 'Running') throw new CliError(`The query of the logs ended as ${status}.`)
    await wait(nextMs)
    waitedMs += nextMs
  }
  throw new CliError(`The query of the logs had no answer after ${longestMs / 1000} s.`)
}

const logGroupsOf = async (logs: CloudWatchLogs, queryId: string | undefined) => {
  const identifiers = await everyPage('logGroupIdentifiers', nextToken =>
    logs.listLogGroupsForQuery({ queryId, maxResults: 500, nextToken }),
  )
  return identifiers.map(logGroupOf)
}

/** Of an ARN (`arn:aws:logs:REGION:ACCOUNT:log-group:NAME`) or an account's name (`ACCOUNT:NAME`). Of a name alone no account is known. */
const logGroupOf = (identifier: string): { readonly account: string | undefined; readonly name: string } => {
  const parts = identifier.replace(/:\*$/, '').split(':')
  return { account: parts.at(parts[0] === 'arn' ? 4 : -2), name: parts.at(-1) ?? '' }
}
