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

/**
 * Runs a custom resource's script as Lambda would, with the SDK, the network and the waiting in our hands. A reply that
 * is an error is thrown; each wait takes no time and all of its milliseconds.
 */
export const runInline = async (
  module: string,
  request: Readonly<Record<string, unknown>>,
  reply: Reply,
): Promise<{ answer: Answer; calls: Call[]; waitedMs: number }> => {
  const calls: Call[] = []
  const answers: Answer[] = []
  let waitedMs = 0
  const load = new Function('exports', 'require', 'fetch', 'console', 'setTimeout', scriptOf(module))
  const exported: { handler?: (event: unknown, context: unknown) => Promise<void> } = {}
  load(
    exported,
    () => sdk(calls, reply),
    async (_: string, { body }: { body: string }) => {
      answers.push(JSON.parse(body))
      return { ok: true }
    },
    { log: () => {} },
    (resume: () => void, ms: number) => {
      waitedMs += ms
      resume()
    },
  )
  const event = {
    RequestType: 'Update',
    PhysicalResourceId: 'before',
    ResponseURL: 'https://answer',
    StackId: 'arn:stack',
    RequestId: 'request',
    LogicalResourceId: 'Resource',
    ...request,
  }
  await exported.handler?.(event, {
    getRemainingTimeInMillis: () => 660_000 - waitedMs,
    logStreamName: 'stream',
  })
  const [answer] = answers
  if (answer === undefined || answers.length > 1) throw new Error(`CloudFormation got ${answers.length} answers`)
  return { answer, calls, waitedMs }
}

/** Any client and any command of any package. */
const sdk = (calls: Call[], reply: Reply) =>
  new Proxy(
    {},
    {
      get: (_, name) => {
        if (String(name).endsWith('Client')) {
          return class {
            async send(call: Call) {
              calls.push(call)
              const answer = reply(call)
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
