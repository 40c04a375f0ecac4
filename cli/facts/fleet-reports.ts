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
  /** The query gave nothing: each log is read by itself. */
  readonly onWithout: (why: string) => void
}

/** A database that is alone in its account and Region, and one whose log the query did not search, is read by itself. */
export const openFleetReports = ({ databases, clientsFor, onWithout, ...question }: Fleet): FleetReports => {
  const counts = new Map<Clients, number>()
  for (const database of databases) {
    try {
      const clients = clientsFor(database)
      counts.set(clients, (counts.get(clients) ?? 0) + 1)
    } catch {
      // An account that cannot be reached is told where its database is asked about.
    }
  }
  const queries = new Map<Clients, Promise<ByLogGroup>>()
  const ask = async (clients: Clients): Promise<ByLogGroup> => {
    const found = await attempt(() => query(clients, question))
    if (found.kind === 'known') return found.value
    onWithout(found.why)
    return new Map()
  }
  return {
    of: async database => {
      const clients = clientsFor(database)
      if ((counts.get(clients) ?? 0) > 1) {
        const asked = queries.get(clients) ?? ask(clients)
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

const prefix = logGroupName({ id: '' })

/** A filter pattern in the words of Logs Insights. */
const inInsights = (pattern: string): string =>
  pattern
    .replace(/^\{ | \}$/g, '')
    .replaceAll('$.', '')
    .replaceAll('&&', 'and')
    .replaceAll('||', 'or')

const queryString = `SOURCE logGroups(namePrefix: ['${prefix}'])
| fields @timestamp, @message, @log
| filter ${inInsights(patterns.notable)}
| sort @timestamp asc`

/** As many as one answer holds. */
const mostLines = 10_000
const longestMs = 120_000
const pollMs = { first: 500, longest: 5_000 }

type Question = Pick<Fleet, 'sinceMs' | 'untilMs' | 'wait'>

/** @throws CliError when the answer is not whole or does not come */
const query = async (clients: Clients, { sinceMs, untilMs, wait }: Question): Promise<ByLogGroup> => {
  const logs = await clients.logs()
  const { queryId } = await logs.startQuery({
    queryString,
    startTime: Math.floor(sinceMs / 1000),
    endTime: Math.ceil(untilMs / 1000),
    limit: mostLines,
  })
  const lines = await answerOf(logs, queryId, wait)
  if (lines.length >= mostLines)
    throw new CliError(`The logs have more than ${mostLines} lines to tell of in that time.`)
  const found = new Map<string, LoggedReport[]>((await searched(logs, queryId)).map(name => [name, []]))
  for (const { '@log': log = '', '@message': message, '@timestamp': time } of lines) {
    const report = readLine(message, time === undefined ? undefined : Date.parse(`${time.replace(' ', 'T')}Z`))
    if (report !== undefined && report.atMs >= sinceMs) found.get(nameOf(log))?.push(report)
  }
  return found
}

const answerOf = async (logs: CloudWatchLogs, queryId: string | undefined, wait: Fleet['wait']) => {
  let pauseMs = pollMs.first
  for (let waitedMs = 0; waitedMs < longestMs; waitedMs += pauseMs) {
    const { status, results = [] } = await logs.getQueryResults({ queryId })
    if (status === 'Complete') {
      return results.map(fields => Object.fromEntries(fields.map(({ field = '', value }) => [field, value])))
    }
    if (status !== 'Scheduled' && status !== 'Running') throw new CliError(`The query of the logs ended as ${status}.`)
    pauseMs = Math.min(pauseMs * 1.5, pollMs.longest)
    await wait(pauseMs)
  }
  throw new CliError(`The query of the logs had no answer after ${longestMs / 1000} s.`)
}

/** In a monitoring account another account's log of the same name may be among them: which is whose is not guessed. */
const searched = async (logs: CloudWatchLogs, queryId: string | undefined): Promise<readonly string[]> => {
  const identifiers = await everyPage(async nextToken => {
    const page = await logs.listLogGroupsForQuery({ queryId, maxResults: 500, nextToken })
    return { items: page.logGroupIdentifiers, next: page.nextToken }
  })
  const names = [...new Set(identifiers)].map(nameOf)
  return names.filter((name, index) => names.indexOf(name) === index && names.lastIndexOf(name) === index)
}

/** Of a name, an ARN (`arn:aws:logs:…:log-group:NAME`), or an account's (`111122223333:NAME`). */
const nameOf = (identifier: string): string => identifier.replace(/:\*$/, '').split(':').at(-1) ?? ''
