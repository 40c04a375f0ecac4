import { scriptOf } from '../../infra/constructs/inline-script.ts'

/** What a custom resource told CloudFormation. */
export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED'
  readonly PhysicalResourceId: string
  readonly Reason?: string
  readonly Data?: Readonly<Record<string, string>>
}

/** A call as the script makes it: the command's class, and its input. */
export interface Call {
  readonly command: string
  readonly input: Readonly<Record<string, unknown>>
}

export type Reply = (call: Call) => unknown

/** A reply that never comes. */
export const silence = Symbol('no reply')

/** The timeout of each script's function in seconds; custom-resources.test.ts compares it with the templates. */
export const timeouts: Readonly<Record<string, number>> = {
  'custom-resources/seed-handler.ts': 900,
  'custom-resources/endpoint-name-handler.ts': 660,
  'custom-resources/provider-stage.ts': 300,
  'custom-resources/consumer-stage.ts': 300,
}

/**
 * Runs a custom resource's script as Lambda would, with the SDK, the network and the clock in our hands. A reply that is
 * an error is thrown; waiting takes no time of ours and all of its milliseconds.
 *
 * @throws Error where the answer comes after the function's own time
 */
export const runInline = async (
  module: string,
  request: Readonly<Record<string, unknown>>,
  reply: Reply,
): Promise<{ answer: Answer; calls: Call[]; waitedMs: number }> => {
  const calls: Call[] = []
  const answers: Answer[] = []
  const clock = aClock()
  const ownMs = (timeouts[module] ?? 0) * 1000
  const names = ['exports', 'require', 'fetch', 'console', 'setTimeout', 'clearTimeout', 'AbortSignal']
  const load = new Function(...names, scriptOf(module))
  const exported: { handler?: (event: unknown, context: unknown) => Promise<void> } = {}
  const fetch = async (_: string, { body }: { body: string }) => {
    answers.push(JSON.parse(body))
    return { ok: true }
  }
  load(exported, () => sdk(calls, reply), fetch, { log: () => {} }, clock.set, clock.clear, clock.signals)
  const event = {
    RequestType: 'Update',
    PhysicalResourceId: 'before',
    ResponseURL: 'https://answer',
    StackId: 'arn:stack',
    RequestId: 'request',
    LogicalResourceId: 'Resource',
    ...request,
  }
  const context = { getRemainingTimeInMillis: () => ownMs - clock.nowMs(), logStreamName: 'stream' }
  await clock.runUntil(exported.handler?.(event, context))
  const [answer] = answers
  if (answer === undefined || answers.length > 1) throw new Error(`CloudFormation got ${answers.length} answers`)
  if (clock.nowMs() >= ownMs) throw new Error(`${module} answered after ${clock.nowMs()} ms: its own time had ended`)
  return { answer, calls, waitedMs: clock.nowMs() }
}

/** Timers that ring, in their order, as soon as nothing else is left to do. */
const aClock = () => {
  let nowMs = 0
  let last = 0
  const timers = new Map<number, { readonly atMs: number; readonly ring: () => void }>()
  const set = (ring: () => void, ms: number): number => {
    last += 1
    timers.set(last, { atMs: nowMs + ms, ring })
    return last
  }
  const signals = {
    timeout: (ms: number): AbortSignal => {
      const controller = new AbortController()
      set(() => controller.abort(Object.assign(new Error('timed out'), { name: 'TimeoutError' })), ms)
      return controller.signal
    },
  }
  const runUntil = async (work: Promise<void> | undefined): Promise<void> => {
    let isDone = false
    const done = () => {
      isDone = true
    }
    work?.then(done, done)
    for (;;) {
      await new Promise(resolve => setImmediate(resolve))
      if (isDone) return work
      const [next] = [...timers].toSorted(([, one], [, other]) => one.atMs - other.atMs)
      if (next === undefined) throw new Error('the script waits for nothing')
      const [id, { atMs, ring }] = next
      timers.delete(id)
      nowMs = atMs
      ring()
    }
  }
  return { nowMs: () => nowMs, set, clear: (id: number) => timers.delete(id), signals, runUntil }
}

/** Any client and any command of any package. */
const sdk = (calls: Call[], reply: Reply) =>
  new Proxy(
    {},
    {
      get: (_, name) => {
        if (String(name).endsWith('Client')) {
          return class {
            async send(call: Call, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
              calls.push(call)
              const answer = reply(call)
              if (answer === silence) return untilAborted(abortSignal)
              if (answer instanceof Error) throw answer
              return answer
            }
          }
        }
        return class {
          readonly command = String(name).replace(/Command$/, '')
          readonly input: Call['input']
          constructor(input: Call['input']) {
            this.input = input
          }
        }
      },
    },
  )

const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
