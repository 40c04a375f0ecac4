import { randomUUID } from 'node:crypto'
import { delays } from '../delays.ts'
import * as fixture from '../fixture.ts'
import type { Closable, LabTime, Timeline } from '../model.ts'
import { openTimers } from '../time.ts'
import { matchesPattern, type Pattern } from './pattern.ts'
import type { EventSink, PutEntry } from './put-events.ts'

export interface BusEvent {
  readonly id: string
  readonly source: string
  readonly 'detail-type': string
  readonly detail: unknown
  readonly [field: string]: unknown
}

export interface Rule {
  readonly name: string
  readonly pattern: Pattern
  readonly target: (event: BusEvent) => void
  /** Asked at each event; a disabled rule matches nothing. */
  readonly isEnabled?: () => boolean
}

/** What becomes of one event on its way: every entry is one delivery, in milliseconds of scenario time after it was sent. */
export type Deliveries = readonly number[]

export interface Bus extends Closable, EventSink {
  /** Events that callers put, newest last. */
  readonly received: readonly BusEvent[]
  send(event: BusEvent): void
  addRule(rule: Rule): void
  /** Decides how the next events travel: late, twice, in another order, or (no entry) not at all. */
  deliverAs(choose: (event: BusEvent) => Deliveries): void
}

export const promptly = (): Deliveries => [delays.eventDelivery.value]

/**
 * An event bus with best-effort delivery, as RDS events have: "in some rare cases an event might not be delivered"
 * (https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html).
 */
export const openBus = (time: LabTime, timeline: Timeline): Bus => {
  const rules: Rule[] = []
  const received: BusEvent[] = []
  const timers = openTimers(time)
  let choose: (event: BusEvent) => Deliveries = promptly

  const deliver = (event: BusEvent, rule: Rule) => {
    timeline.record('event', 'Event delivered', { ...describe(event), rule: rule.name })
    rule.target(event)
  }
  const send = (event: BusEvent): void => {
    const matching = rules.filter(rule => (rule.isEnabled?.() ?? true) && matchesPattern(rule.pattern, event))
    if (matching.length === 0) return
    const deliveries = choose(event)
    if (deliveries.length === 0) timeline.record('event', 'Event lost', describe(event))
    for (const ms of deliveries) {
      for (const rule of matching) timers.after(ms, () => deliver(event, rule))
    }
  }
  const put = (entry: PutEntry) => {
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType ?? '',
      source: entry.Source ?? '',
      account: fixture.account,
      time: new Date((entry.Time ?? Date.now() / 1000) * 1000).toISOString(),
      region: fixture.region,
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail ?? '{}'),
    }
    received.push(event)
    timeline.record('event', 'Event published', describe(event))
    send(event)
    return { EventId: event.id }
  }
  return {
    received,
    send,
    put,
    addRule: rule => {
      rules.push(rule)
    },
    deliverAs: next => {
      choose = next
    },
    close: async () => timers.clear(),
  }
}

const describe = (event: BusEvent): Record<string, unknown> => {
  const detail = event.detail as { EventID?: string; reason?: string }
  const named = detail.EventID ? { eventId: detail.EventID } : { detailType: event['detail-type'] }
  return { ...named, ...(detail.reason ? { reason: detail.reason } : {}) }
}
