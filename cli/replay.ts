import { randomUUID } from 'node:crypto'
import { detailTypes, type EventSource, findEvent } from '../functions/reconciler/rds-event-catalogue.ts'
import { readText } from '../infra/app/settings/read-text.ts'
import type { DatabaseSettings } from '../infra/app/settings.ts'
import { UsageError } from './failure.ts'

/** An RDS event as EventBridge delivers it, as far as it is read and changed here. */
export interface RecordedEvent {
  readonly source: string
  readonly 'detail-type': string
  readonly time?: string
  readonly resources?: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const eventId = /^RDS-EVENT-\d{4}$/i

/** @param what a file with an event, or an id of the catalogue such as RDS-EVENT-0049. @throws UsageError */
export const findRecorded = (what: string, database: DatabaseSettings, nowMs: number): RecordedEvent =>
  eventId.test(what) ? eventOf(what.toUpperCase(), database, nowMs) : readEvent(what)

/** An event, or what a dead-letter queue holds of one: Lambda's record or EventBridge's message. @throws UsageError */
const readEvent = (file: string): RecordedEvent => {
  let json: unknown
  try {
    json = JSON.parse(readText(file))
  } catch (error) {
    throw new UsageError(
      `${file} is neither a readable JSON file (${(error as Error).message}) nor an event id such as RDS-EVENT-0049.`,
    )
  }
  const payload = (json as { requestPayload?: unknown } | null)?.requestPayload ?? json
  if (isEvent(payload)) return payload
  throw new UsageError(
    `${file} holds no RDS event: expected an EventBridge event with "source": "aws.rds", "detail-type" and "detail", or a dead letter with one.`,
  )
}

const isEvent = (value: unknown): value is RecordedEvent => {
  const event = value as RecordedEvent | null
  return event?.source === 'aws.rds' && typeof event['detail-type'] === 'string' && typeof event.detail === 'object'
}

const sourceTypes: Readonly<Record<EventSource, string>> = {
  instance: 'DB_INSTANCE',
  cluster: 'CLUSTER',
  proxy: 'DB_PROXY',
  'blue-green': 'BLUE_GREEN_DEPLOYMENT',
}

/** An event of the catalogue about this database, in the shape in which RDS sends it. @throws UsageError */
const eventOf = (id: string, database: DatabaseSettings, nowMs: number): RecordedEvent => {
  const known = findEvent(id)
  if (known === undefined) {
    throw new UsageError(`${id} is not in the catalogue of events that wake Repoint: \`repoint events list\` shows it.`)
  }
  const at = new Date(nowMs).toISOString()
  const base: RecordedEvent = {
    version: '0',
    id: randomUUID(),
    source: 'aws.rds',
    'detail-type': detailTypes[known.source],
    account: database.env.account ?? '',
    region: database.env.region ?? '',
    time: `${at.slice(0, 19)}Z`,
    resources: [],
    detail: {
      EventCategories: [],
      SourceType: sourceTypes[known.source],
      Date: at,
      Message: `${known.meaning} (${database.id}, replayed by hand)`,
      SourceIdentifier: database.id,
      EventID: id,
    },
  }
  return aboutDatabase(base, database)
}

/** The event as if this database had sent it, now or then. @throws UsageError for a host name, which has no events */
export const aboutDatabase = (event: RecordedEvent, database: DatabaseSettings): RecordedEvent => {
  if (database.arn === undefined) {
    throw new UsageError(`${database.id} is a host name: RDS sends no events about it. \`repoint resync\` looks now.`)
  }
  return {
    ...event,
    resources: [database.arn],
    detail: { ...event.detail, SourceArn: database.arn, SourceIdentifier: database.id },
  }
}
