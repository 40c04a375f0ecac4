import type { ErrorKind } from './errors.ts'
import { inSeconds, type Outage, type OutageWatch } from './outages.ts'
import type { ConnectionHabit, Sample } from './worker.ts'

export interface HabitSummary {
  readonly outages: readonly Outage[]
  /** Scenario seconds; an outage that still lasts counts until now. */
  readonly longestOutageSeconds: number
  /** Scenario seconds of all outages together: more than the longest when connections hit by turns. */
  readonly totalOutageSeconds: number
  readonly isDown: boolean
  readonly errorsByKind: Partial<Record<ErrorKind, number>>
  readonly connects: number
  readonly writesOk: number
  readonly readsOk: number
}

export interface ClientSummary {
  readonly connections: Record<ConnectionHabit, HabitSummary>
  /** The worse of both kinds of connection. */
  readonly longestOutageSeconds: number
  readonly errorsByKind: Partial<Record<ErrorKind, number>>
  readonly writesOk: number
  readonly readsOk: number
  readonly acknowledgedWrites: number
}

export const summarise = (
  samples: readonly Sample[],
  watches: Record<ConnectionHabit, OutageWatch>,
  nowMs: number,
): ClientSummary => {
  const of = (habit: ConnectionHabit) =>
    summariseHabit(
      samples.filter(({ connection }) => connection === habit),
      watches[habit],
      nowMs,
    )
  const connections = { 'long-lived': of('long-lived'), fresh: of('fresh') }
  const both = Object.values(connections)
  const writesOk = both.reduce((sum, one) => sum + one.writesOk, 0)
  return {
    connections,
    longestOutageSeconds: Math.max(...both.map(one => one.longestOutageSeconds)),
    errorsByKind: countErrors(samples),
    writesOk,
    readsOk: both.reduce((sum, one) => sum + one.readsOk, 0),
    acknowledgedWrites: writesOk,
  }
}

const summariseHabit = (samples: readonly Sample[], watch: OutageWatch, nowMs: number): HabitSummary => {
  const lengths = watch.outages.map(({ fromMs, toMs = nowMs }) => toMs - fromMs)
  const count = (step: Sample['step']) => samples.filter(sample => sample.ok && sample.step === step).length
  return {
    outages: watch.outages.map(outage => ({ ...outage })),
    longestOutageSeconds: inSeconds(Math.max(0, ...lengths)),
    totalOutageSeconds: inSeconds(lengths.reduce((sum, length) => sum + length, 0)),
    isDown: watch.current !== undefined,
    errorsByKind: countErrors(samples),
    connects: count('connect'),
    writesOk: count('write'),
    readsOk: count('read'),
  }
}

const countErrors = (samples: readonly Sample[]): Partial<Record<ErrorKind, number>> => {
  const counts: Partial<Record<ErrorKind, number>> = {}
  for (const { errorKind } of samples) if (errorKind !== undefined) counts[errorKind] = (counts[errorKind] ?? 0) + 1
  return counts
}
