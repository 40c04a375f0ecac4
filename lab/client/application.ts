import type { Rows } from '../database/database.ts'
import type { LabTime, Timeline } from '../model.ts'
import { type ClientSummary, summarise } from './client-summary.ts'
import type { Driver } from './connection.ts'
import { type Outage, OutageWatch } from './outages.ts'
import { type ConnectionHabit, keepWorking, type Sample } from './worker.ts'
import { verifyNoLostWrites, type WriteCheck } from './writes-table.ts'

export interface ApplicationOptions {
  /** Where to connect on loopback; asked for each new connection. */
  readonly locate: () => SocketAddress | Promise<SocketAddress>
  /** How the database's protocol is spoken. */
  readonly connect: Driver
  readonly time: LabTime
  readonly timeline: Timeline
  /** Scenario time between two writes on the same kind of connection. */
  readonly everyMs?: number
  /** Scenario time, like the other. */
  readonly connectTimeoutMs?: number
  readonly statementTimeoutMs?: number
  /** How old a kept connection gets before the pool opens another in its place, at rest between two uses. None by default. */
  readonly maxLifetimeMs?: number
  /** A client of the readers: it writes nothing, and the timeline names its connections as the readers'. */
  readonly readsOnly?: true
  /** How many samples are kept at least; what is older is let go. All of them by default. */
  readonly mostSamples?: number
}

/** How it attempts by default, in scenario time: how often, and how long it waits for a connection and for a statement. */
export const manner = { everyMs: 1_000, patienceMs: 5_000 } as const

/**
 * What a pool of the rehearsals keeps a connection for at most (HikariCP's default is 30 minutes, and it wants less than
 * what ends connections elsewhere: https://github.com/brettwooldridge/HikariCP#frequently-used). Scenario time.
 */
export const poolLifetimeMs = 300_000

export interface SocketAddress {
  readonly host: string
  readonly port: number
}

export interface Application {
  readonly samples: readonly Sample[]
  /** Numbers whose INSERT the server has confirmed. */
  readonly acknowledged: ReadonlySet<number>
  summary(): ClientSummary
  /** By the kind of connection, oldest first. */
  readonly outages: Readonly<Record<ConnectionHabit, readonly Outage[]>>
  /** True while the last attempt of both kinds of connection succeeded. */
  isWorking(): boolean
  verifyNoLostWrites(rows: Rows): Promise<WriteCheck>
  /** Nothing is asked of the database until the answer is called; kept connections stay open. */
  pause(): () => void
  /** Resolves when the last attempt is over. */
  stop(): Promise<void>
}

/**
 * A client that writes and reads all the time, on a connection that it keeps and on a new one
 * each time: only the new ones notice where connections are sent now, only the kept one notices what becomes of old
 * ones. The table must be there: `createTable`.
 */
export const startApplication = (options: ApplicationOptions): Application => {
  const {
    time,
    timeline,
    locate,
    connect,
    everyMs = manner.everyMs,
    connectTimeoutMs = manner.patienceMs,
    statementTimeoutMs = manner.patienceMs,
    mostSamples = Number.POSITIVE_INFINITY,
  } = options
  const limits = { time, connectTimeoutMs, statementTimeoutMs }
  const samples: Sample[] = []
  const acknowledged = new Set<number>()
  const end = new AbortController()
  const watchOf = (habit: ConnectionHabit) => new OutageWatch(timeline, options.readsOnly ? `readers, ${habit}` : habit)
  const watches = { 'long-lived': watchOf('long-lived'), fresh: watchOf('fresh') }
  let lastNumber = 0
  let isPaused = false
  const writes = { nextNumber: () => ++lastNumber, onAcknowledged: (number: number) => acknowledged.add(number) }
  const work = (habit: ConnectionHabit) =>
    keepWorking({
      habit,
      time,
      everyMs,
      signal: end.signal,
      isPaused: () => isPaused,
      maxLifetimeMs: options.maxLifetimeMs ?? Number.POSITIVE_INFINITY,
      open: async () => connect({ ...(await locate()), ...limits }),
      watch: watches[habit],
      ...(options.readsOnly ? {} : { writes }),
      onSample: sample => {
        samples.push(sample)
        if (samples.length > 2 * mostSamples) samples.splice(0, samples.length - mostSamples)
      },
    })
  const working = Promise.all([work('long-lived'), work('fresh')])
  return {
    samples,
    acknowledged,
    outages: { 'long-lived': watches['long-lived'].outages, fresh: watches.fresh.outages },
    summary: () => summarise(samples, watches, time.now()),
    isWorking: () => {
      const tried = new Set(samples.map(sample => sample.connection))
      return tried.size === 2 && Object.values(watches).every(watch => watch.current === undefined)
    },
    verifyNoLostWrites: rows => verifyNoLostWrites(acknowledged, rows),
    pause: () => {
      isPaused = true
      return () => {
        isPaused = false
      }
    },
    stop: async () => {
      end.abort()
      await working
    },
  }
}
