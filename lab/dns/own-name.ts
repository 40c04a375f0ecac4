import { delays } from '../delays.ts'
import type { Timeline } from '../model.ts'
import type { ZoneRecord, ZoneView } from './zone.ts'

/** A name outside RDS, which leads where its owner says: a cluster manager's, or that of a pair of proxies. */
export interface OwnName {
  readonly zoneView: ZoneView
  /** What it gives; none while it is an alias of RDS's name. */
  readonly addresses: () => readonly string[]
  pointTo(addresses: readonly string[]): void
}

/** First an alias of RDS's name. */
export const openOwnName = (name: string, target: string, timeline: Timeline): OwnName => {
  const ttlSeconds = delays.dnsTtl.value / 1000
  let record: ZoneRecord = { type: 'CNAME', target, ttlSeconds }
  return {
    zoneView: { lookup: asked => (asked === name ? record : undefined) },
    addresses: () => (record.type === 'A' ? record.addresses : []),
    pointTo: addresses => {
      record = { type: 'A', addresses, ttlSeconds }
      timeline.record('dns', 'The endpoint points elsewhere', { name, ip: addresses.join(', ') })
    },
  }
}
