import { type DelayName, delays } from '../delays.ts'
import type { Updater } from '../rehearsal/updater.ts'

/** One failover under one updater: a row of the comparison. */
export interface Case {
  readonly block: Block
  readonly label: string
  readonly scenario: string
  readonly updater: Updater
}

export const blocks = {
  instance: 'Multi-AZ instance',
  'late-dns': 'Multi-AZ instance, DNS changes after the event',
  cluster: 'Aurora cluster',
} as const

export type Block = keyof typeof blocks

/** A poller comes when it comes: half a period after the DNS change, as it does on average. */
const poller = (everySeconds: number, flip: DelayName): Updater => ({
  kind: 'peer',
  periodMs: everySeconds * 1_000,
  firstMs: delays[flip].value + everySeconds * 500,
})

const repoint: Updater = { kind: 'repoint' }

export const cases: readonly Case[] = [
  { block: 'instance', label: 'nobody', scenario: 'failover', updater: { kind: 'nobody' } },
  {
    block: 'instance',
    label: 'poller, every 5 minutes',
    scenario: 'failover',
    updater: poller(300, 'multiAzDnsFlip'),
  },
  { block: 'instance', label: 'poller, every minute', scenario: 'failover', updater: poller(60, 'multiAzDnsFlip') },
  { block: 'instance', label: 'event only', scenario: 'failover', updater: { kind: 'event-peer' } },
  { block: 'instance', label: 'Repoint, swap', scenario: 'failover', updater: repoint },
  { block: 'instance', label: 'Repoint, standby', scenario: 'failover-standby', updater: repoint },
  { block: 'late-dns', label: 'event only', scenario: 'event-before-dns', updater: { kind: 'event-peer' } },
  { block: 'late-dns', label: 'Repoint, swap', scenario: 'event-before-dns', updater: repoint },
  { block: 'cluster', label: 'nobody', scenario: 'aurora-failover', updater: { kind: 'nobody' } },
  {
    block: 'cluster',
    label: 'poller, every minute',
    scenario: 'aurora-failover',
    updater: poller(60, 'auroraDnsFlip'),
  },
  { block: 'cluster', label: 'Repoint, swap', scenario: 'aurora-failover', updater: repoint },
  { block: 'cluster', label: 'Repoint, weighted', scenario: 'aurora-weighted', updater: repoint },
]

/** One of each strategy, to see what it depends on. */
export const strategies: readonly Case[] = cases.filter(
  ({ block, label }) => block !== 'late-dns' && label.startsWith('Repoint') && label !== 'Repoint, swap',
)

export const swap: readonly Case[] = cases.filter(
  ({ block, label }) => block === 'instance' && label === 'Repoint, swap',
)

/** Every figure of the facts that a row depends on. */
export const delaysUsed: readonly DelayName[] = [
  'multiAzHostReady',
  'multiAzDnsFlip',
  'multiAzLateDnsFlip',
  'multiAzCompletedEvent',
  'auroraNewWriterReady',
  'auroraDnsFlip',
  'auroraWriterFlagLag',
  'eventDelivery',
  'nlbRegistration',
  'nlbDeregistration',
  'nlbHealthCheckInterval',
  'nlbHealthCheckIntervalOfPairs',
  'nlbUnhealthyOutOfRouting',
  'nlbWeightChange',
]
