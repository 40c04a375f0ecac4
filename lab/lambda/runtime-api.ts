import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen, stopListening } from '../listening.ts'
import { guarded, readBody } from '../loopback-http.ts'
import type { Closable } from '../model.ts'

export interface Invocation {
  readonly requestId: string
  readonly payload: string
  /** Epoch milliseconds of the wall clock. */
  readonly deadlineMs: number
  readonly functionArn: string
  readonly traceId: string
}

export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

export type Result =
  | { readonly kind: 'answered'; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly error: FunctionError }

export interface RuntimeApi extends Closable {
  /** `127.0.0.1:port` */
  readonly address: string
  /** Hands one invocation to the runtime. One at a time, as an execution environment has it. */
  hand(invocation: Invocation): Promise<Result>
  /** Ends the invocation in hand from outside, for a timeout or a crash. */
  fail(error: FunctionError): void
}

export interface RuntimeApiEvents {
  /** The runtime asked for its first invocation: initialization is over. */
  readonly onReady: () => void
  readonly onInitError: (error: FunctionError) => void
}

const prefix = '/2018-06-01/runtime'

/** The Lambda Runtime API of one execution environment: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export const startRuntimeApi = async ({ onReady, onInitError }: RuntimeApiEvents): Promise<RuntimeApi> => {
  let waiting: ServerResponse | undefined
  let queued: Invocation | undefined
  let inHand: { invocation: Invocation; settle: (result: Result) => void } | undefined

  const giveNext = () => {
    if (!waiting || !queued) return
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': queued.requestId,
      'lambda-runtime-deadline-ms': String(queued.deadlineMs),
      'lambda-runtime-invoked-function-arn': queued.functionArn,
      'lambda-runtime-trace-id': queued.traceId,
    })
    waiting.end(queued.payload)
    waiting = undefined
    queued = undefined
  }
  const settle = (result: Result) => {
    inHand?.settle(result)
    inHand = undefined
  }
  const accept = (response: ServerResponse, status = 202) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"OK"}')
  }

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.startsWith(prefix) ? request.url.slice(prefix.length) : ''
    if (request.method === 'GET' && path === '/invocation/next') {
      waiting = response
      onReady()
      return giveNext()
    }
    const body = await readBody(request)
    if (path === '/init/error') {
      accept(response)
      return onInitError(readError(body))
    }
    const [, requestId, verb] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
    if (!requestId || inHand?.invocation.requestId !== requestId) return accept(response, 400)
    accept(response)
    settle(
      verb === 'response'
        ? { kind: 'answered', payload: JSON.parse(body) }
        : { kind: 'failed', error: readError(body) },
    )
  }

  const server = createServer(guarded(route, () => undefined))
  // A run lasts longer than Node's five seconds: its connection was closed in the very moment of the answer.
  server.keepAliveTimeout = 0
  const port = await listen(server, { host: '127.0.0.1', port: 0 })
  return {
    address: `127.0.0.1:${port}`,
    hand: invocation =>
      new Promise(resolve => {
        inHand = { invocation, settle: resolve }
        queued = invocation
        giveNext()
      }),
    fail: error => settle({ kind: 'failed', error }),
    close: async () => {
      const closed = stopListening(server)
      server.closeAllConnections()
      await closed
    },
  }
}

const readError = (body: string): FunctionError => {
  try {
    return JSON.parse(body) as FunctionError
  } catch {
    return { errorType: 'Runtime.Unknown', errorMessage: body }
  }
}
