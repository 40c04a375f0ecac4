import { randomUUID } from 'node:crypto'
import { functionArn } from '../fixture.ts'
import type { Closable, LabTime, Timeline } from '../model.ts'
import { type AsyncSettings, type Attempt, type FailureRecord, runAsynchronously } from './async-queue.ts'
import type { FunctionSettings } from './environment.ts'
import { type LogLine, readLogLine, recordLogLine } from './log-lines.ts'
import type { Result } from './runtime-api.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'

/** One run of the handler, as the record keeps it. */
export interface Run {
  readonly payload: unknown
  readonly coldStart: boolean
  /** Wall milliseconds, epoch. */
  readonly startedMs: number
  readonly endedMs: number
  readonly result: Result
}

export interface LambdaOptions {
  readonly settings: FunctionSettings
  readonly asynchronous: AsyncSettings
  readonly time: LabTime
  readonly timeline: Timeline
}

export interface LambdaFunction extends Closable {
  readonly runs: readonly Run[]
  readonly logs: readonly LogLine[]
  readonly failures: readonly FailureRecord[]
  /** RequestResponse. `undefined`: throttled by the reserved concurrency (HTTP 429). */
  invoke(payload: unknown): Promise<Result | undefined>
  /** Event. Answers at once; retries, age and the failure destination are Lambda's. */
  invokeAsync(payload: unknown, overrides?: Partial<AsyncSettings>): void
  /** New environment variables: whatever is invoked from now on gets a new execution environment. */
  configure(environment: FunctionSettings['environment']): Promise<void>
  /** How many invocations are running. */
  readonly running: () => number
  readonly underway: () => readonly Underway[]
}

/** An invocation that is running. */
export interface Underway {
  readonly payload: unknown
  /** Scenario time. */
  readonly startedAtMs: number
}

/** A Lambda function: execution environments that are started when none is free and kept warm afterwards. */
export const createFunction = (options: LambdaOptions): LambdaFunction => {
  const { asynchronous, time, timeline } = options
  let { settings } = options
  const runs: Run[] = []
  const logs: LogLine[] = []
  const failures: FailureRecord[] = []
  const idle: Sandbox[] = []
  const all = new Set<Sandbox>()
  /** Started before the last change of the configuration. */
  const outdated = new WeakSet<Sandbox>()
  const closing = new AbortController()
  const underway = new Set<Underway>()

  const onLine = (text: string) => {
    const line = readLogLine(text)
    logs.push(line)
    recordLogLine(timeline, line)
  }
  const takeSandbox = async (): Promise<{ sandbox: Sandbox; coldStart: boolean }> => {
    for (let warm = idle.pop(); warm; warm = idle.pop()) if (warm.isAlive()) return { sandbox: warm, coldStart: false }
    const sandbox = await startSandbox(settings, onLine)
    all.add(sandbox)
    return { sandbox, coldStart: true }
  }
  const giveBack = async (sandbox: Sandbox): Promise<void> => {
    const isReusable = (await sandbox.initialized) === undefined && (await sandbox.becomesFree())
    if (isReusable && !outdated.has(sandbox) && !closing.signal.aborted) {
      idle.push(sandbox)
      return
    }
    all.delete(sandbox)
    await sandbox.close()
  }

  const invoke = async (payload: unknown): Promise<Result | undefined> => {
    if (closing.signal.aborted) throw new Error('the lab is closing')
    if (settings.reservedConcurrency !== undefined && underway.size >= settings.reservedConcurrency) return undefined
    const mine: Underway = { payload, startedAtMs: time.now() }
    underway.add(mine)
    try {
      const startedMs = Date.now()
      const { sandbox, coldStart } = await takeSandbox()
      await sandbox.initialized
      const requestId = randomUUID()
      const result = await sandbox.invoke({
        requestId,
        payload: JSON.stringify(payload),
        deadlineMs: Date.now() + settings.timeoutMs,
        functionArn: functionArn(settings.name),
        traceId: `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`,
      })
      runs.push({ payload, coldStart, startedMs, endedMs: Date.now(), result })
      await giveBack(sandbox)
      return result
    } finally {
      underway.delete(mine)
    }
  }

  const attempt = async (payload: unknown): Promise<Attempt> => {
    const result = await invoke(payload)
    if (!result) return { kind: 'throttled' }
    return result.kind === 'answered' ? { kind: 'answered' } : result
  }

  return {
    runs,
    logs,
    failures,
    invoke,
    invokeAsync: (payload, overrides = {}) => {
      const onFailure = (record: FailureRecord) => void failures.push(record)
      const queue = { time, timeline, attempt, onFailure, signal: closing.signal }
      runAsynchronously(payload, { ...asynchronous, ...overrides }, queue).catch((error: unknown) => {
        if (!closing.signal.aborted) timeline.record('lab', 'The lab failed', { error: String(error) })
      })
    },
    running: () => underway.size,
    underway: () => [...underway],
    configure: async environment => {
      settings = { ...settings, environment }
      for (const sandbox of all) outdated.add(sandbox)
      const free = idle.splice(0)
      for (const sandbox of free) all.delete(sandbox)
      await Promise.all(free.map(sandbox => sandbox.close()))
    },
    close: async () => {
      closing.abort(new Error('the lab is closing'))
      await Promise.all([...all].map(sandbox => sandbox.close()))
    },
  }
}
