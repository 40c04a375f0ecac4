import type { LabTime } from '../model.ts'
import type { Connection } from './connection.ts'
import { classifyError, type ErrorKind, keepsConnection } from './errors.ts'
import type { OutageWatch } from './outages.ts'
import { insertNumber, readLast } from './writes-table.ts'

/** `long-lived` is kept as a pool keeps it, `fresh` is opened for each attempt as at the edge of a pool. */
export type ConnectionHabit = 'long-lived' | 'fresh'

export interface Sample {
  /** Start of the step. Scenario time. */
  readonly atMs: number
  readonly connection: ConnectionHabit
  readonly step: 'connect' | 'write' | 'read'
  readonly ok: boolean
  /** Scenario time. */
  readonly latencyMs: number
  readonly errorKind?: ErrorKind
}

export interface WorkerOptions {
  readonly habit: ConnectionHabit
  readonly time: LabTime
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly isPaused: () => boolean
  readonly open: () => Promise<Connection>
  /** Of a kept connection, in scenario time. */
  readonly maxLifetimeMs: number
  readonly watch: OutageWatch
  /** Absent where it reads alone. */
  readonly writes?: Writes
  readonly onSample: (sample: Sample) => void
}

export interface Writes {
  readonly nextNumber: () => number
  readonly onAcknowledged: (number: number) => void
}

/** Writes and reads once in each interval until the signal ends it. */
export const keepWorking = async (options: WorkerOptions): Promise<void> => {
  const { time, everyMs, signal, habit, maxLifetimeMs } = options
  let connection: Connection | undefined
  let openedAtMs = 0
  while (!signal.aborted) {
    const startedAtMs = time.now()
    if (options.isPaused()) {
      await time.sleep(everyMs, signal).catch(() => undefined)
      continue
    }
    const kept = connection
    connection = await attempt(options, kept)
    if (connection !== kept) openedAtMs = startedAtMs
    const isOld = time.now() - openedAtMs >= maxLifetimeMs
    if (habit === 'fresh' || isOld) {
      connection?.end()
      connection = undefined
    }
    await time.sleep(Math.max(0, everyMs - (time.now() - startedAtMs)), signal).catch(() => undefined)
  }
  connection?.end()
}

/** Connects if need be, writes, reads. Answers with the connection if it can be used again. */
const attempt = async (options: WorkerOptions, kept: Connection | undefined): Promise<Connection | undefined> => {
  const { time, watch, open, writes, signal } = options
  const startedAtMs = time.now()
  // A pool throws away a connection that broke while it was idle, and nobody sees an error.
  let connection = kept?.isLost ? undefined : kept
  try {
    const usable = connection ?? (await step('connect', options, open))
    connection = usable
    if (writes) {
      const number = writes.nextNumber()
      await step('write', options, () => insertNumber(usable, number, options.habit))
      writes.onAcknowledged(number)
    }
    await step('read', options, () => readLast(usable))
    watch.worked(time.now())
    return connection
  } catch (error) {
    // Not a failure of the database: the run is over.
    if (!signal.aborted) watch.failed(startedAtMs, classifyError(error))
    if (keepsConnection(error)) return connection
    connection?.drop()
    return undefined
  }
}

const step = async <Value>(
  name: Sample['step'],
  options: WorkerOptions,
  work: () => Promise<Value>,
): Promise<Value> => {
  const { time, habit, onSample, signal } = options
  const atMs = time.now()
  const about = { atMs, connection: habit, step: name }
  try {
    const value = await work()
    onSample({ ...about, ok: true, latencyMs: time.now() - atMs })
    return value
  } catch (error) {
    if (!signal.aborted)
      onSample({ ...about, ok: false, latencyMs: time.now() - atMs, errorKind: classifyError(error) })
    throw error
  }
}
