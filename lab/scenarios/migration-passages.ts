import type { Moment } from '../model.ts'
import { migrationMoments } from './migration-moments.ts'
import type { RunRecord } from './scenario.ts'

/** What one passage of a stage cost, and where its connections went. Scenario milliseconds. */
export interface StagePassage {
  readonly stage: string
  readonly fromMs: number
  readonly toMs: number
  /** Everybody had left the path that the stage leaves. */
  readonly isSettled: boolean
  /** New connections of the application by path, from the deployment on; and once it was known everywhere. */
  readonly connections: Connections
  readonly settled: Connections
  readonly failover?: FailoverCost
}

export interface Connections {
  readonly nlb: number
  readonly gateway: number
}

/** What is recorded when a stage has been passed. */
export type Passed = Pick<StagePassage, 'stage' | 'isSettled' | 'connections' | 'settled'>

export interface FailoverCost {
  readonly fromMs: number
  readonly toMs: number
  readonly isOver: boolean
  /** The application's, on new connections and on its kept one. */
  readonly freshMs: number
  readonly keptMs: number
  /** What a new connection each second met on that path; absent where there was none. */
  readonly nlbMs?: number
  readonly gatewayMs?: number
  /** New connections of the readers' clients, where there are any. */
  readonly readersMs?: number
}

/** Empty where the timeline has no migration. */
export const passagesOf = (moments: readonly Moment[]): StagePassage[] => {
  const of = (what: string) => moments.filter(moment => moment.what === what)
  const deployed = of(migrationMoments.deployed)
  return of(migrationMoments.passed).flatMap((passed, index) => {
    const begun = deployed[index]
    if (!begun) return []
    const isWithin = ({ atMs }: Moment) => atMs >= begun.atMs && atMs <= passed.atMs
    const failover = costOf(
      of(migrationMoments.failoverBegins).find(isWithin),
      of(migrationMoments.failoverEnds).find(isWithin),
    )
    const counted = passed.fields as unknown as Passed
    return [{ ...counted, fromMs: begun.atMs, toMs: passed.atMs, ...(failover && { failover }) }]
  })
}

const costOf = (begins: Moment | undefined, ends: Moment | undefined): FailoverCost | undefined => {
  if (!begins || !ends) return undefined
  const { stage: _, ...cost } = ends.fields as unknown as Omit<FailoverCost, 'fromMs' | 'toMs'> & { stage: string }
  return { ...cost, fromMs: begins.atMs, toMs: ends.atMs }
}

/** A row for each passage of a stage: what its failover cost by each path, and where new connections went. */
export const tableOf = ({ moments }: RunRecord): readonly (readonly string[])[] => {
  const shown = (ms: number | undefined) => (ms === undefined ? '-' : (ms / 1000).toFixed(1))
  const passages = passagesOf(moments)
  const hasReaders = passages.some(({ failover }) => failover?.readersMs !== undefined)
  const rows = passages.map(({ stage, failover, connections }) => [
    stage,
    shown(failover?.nlbMs),
    shown(failover?.gatewayMs),
    shown(failover?.freshMs),
    shown(failover?.keptMs),
    String(connections.nlb),
    String(connections.gateway),
    ...(hasReaders ? [shown(failover?.readersMs)] : []),
  ])
  return [[...headings, ...(hasReaders ? ['readers, s'] : [])], ...rows]
}

const headings = [
  'Stage',
  'Failover by NLB, s',
  'by gateway, s',
  'application, s',
  'kept connection, s',
  'New connections by NLB',
  'by gateway',
]

/** An attempt that the failover has met had begun a moment before it. */
export const isInFailover = ({ moments }: RunRecord, atMs: number): boolean =>
  passagesOf(moments).some(({ failover }) => failover && atMs >= failover.fromMs - 1_000 && atMs <= failover.toMs)

/** Outages of the application that began outside every failover. */
export const strayOutages = (record: RunRecord): number[] =>
  Object.values(record.client.connections)
    .flatMap(({ outages }) => outages.map(({ fromMs }) => fromMs))
    .filter(ms => !isInFailover(record, ms))
