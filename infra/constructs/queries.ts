import { LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { logMessages } from '../../functions/reconciler/names.ts'

/** Logs Insights queries that answer what is asked at night. They read the summary line, whose field is the report. */

const summaries = `filter message = "${logMessages.summary}"`

export const queries = {
  'What happened': [
    'fields @timestamp, report.trigger.meaning, report.outcome, report.reason, report.writer.addresses.0, report.timings.registeredMs, report.timings.healthyMs, report.remedy',
    summaries,
    'filter report.reason != "already-in-sync"',
    'sort @timestamp desc',
    'limit 100',
  ],
  'Where the writer was': [
    summaries,
    'stats count(*) as looks, min(@timestamp) as first, max(@timestamp) as last by report.writer.addresses.0',
    'sort last desc',
  ],
  'How each run ended': [summaries, 'stats count(*) as runs by report.outcome, report.reason', 'sort runs desc'],
  Failures: [
    'fields @timestamp, error.name, error.message, report.trigger.meaning, report.stepsDone.0.kind',
    `filter message = "${logMessages.failed}" or level = "ERROR"`,
    'sort @timestamp desc',
    'limit 50',
  ],
  'Slow or refused by AWS': [
    'fields @timestamp, message, error.message, delayMs',
    `filter message in ["${logMessages.retry}", "${logMessages.reportNotPublished}"]`,
    'sort @timestamp desc',
    'limit 100',
  ],
} as const

/** The lines of each query, by its name. */
export type Queries = Readonly<Record<string, readonly string[]>>

/** What a query finds, as wide as a dashboard. */
export const queryTable = (title: string, logGroupNames: readonly string[], lines: readonly string[]): LogQueryWidget =>
  new LogQueryWidget({ title, logGroupNames: [...logGroupNames], queryLines: [...lines], width: 24, height: 6 })

interface Saved {
  /** Under which Logs Insights shows them. */
  readonly folder: string
  readonly logGroupNames: string[]
}

export const saveQueries = (scope: Construct, all: Queries, { folder, logGroupNames }: Saved): void => {
  for (const [name, lines] of Object.entries(all)) {
    new CfnQueryDefinition(scope, `Query-${name.replaceAll(' ', '-')}`, {
      name: `${folder}/${name}`,
      logGroupNames,
      queryString: lines.join('\n| '),
    })
  }
}
