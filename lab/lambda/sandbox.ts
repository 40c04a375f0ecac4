import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Closable } from '../model.ts'
import { type FunctionSettings, lambdaEnvironment, nodeBinary } from './environment.ts'
import { type FunctionError, type Invocation, type Result, startRuntimeApi } from './runtime-api.ts'

export interface Sandbox extends Closable {
  readonly isAlive: () => boolean
  /** Settles when the runtime has asked for its first invocation, or initialization has failed. */
  readonly initialized: Promise<FunctionError | undefined>
  invoke(invocation: Invocation): Promise<Result>
  /** Whether it can take another invocation: yes when its runtime has asked for one, no when it has ended. */
  becomesFree(): Promise<boolean>
}

const runtime = fileURLToPath(new URL('runtime.mjs', import.meta.url))

/**
 * One execution environment: a child process with its own Runtime API. A timeout or an exit ends the invocation with the
 * error that Lambda reports, and the sandbox with it. The child is killed by its own id.
 */
export const startSandbox = async (settings: FunctionSettings, onLine: (line: string) => void): Promise<Sandbox> => {
  let isAlive = true
  let askedNext = Promise.withResolvers<boolean>()
  const { promise: initialized, resolve: settleInit } = Promise.withResolvers<FunctionError | undefined>()
  const api = await startRuntimeApi({
    onReady: () => {
      settleInit(undefined)
      askedNext.resolve(true)
    },
    onInitError: error => settleInit(error),
  })
  const child = spawn(nodeBinary(), ['--enable-source-maps', runtime], {
    env: lambdaEnvironment(settings, api.address),
    cwd: settings.codeFolder,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) readLines(stream, onLine)
  // Killing a child that has not read its input breaks the pipe.
  child.stdin.on('error', () => {})

  const exited = new Promise<void>(resolve => {
    const end = (reason: string) => {
      isAlive = false
      const error = { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${reason}` }
      settleInit(error)
      api.fail(error)
      askedNext.resolve(false)
      resolve()
    }
    child.once('error', error => end(error.message))
    child.once('exit', (code, signal) => end(signal ? `signal: ${signal}` : `exit status ${code}`))
  })

  const invoke = async (invocation: Invocation): Promise<Result> => {
    const initError = await initialized
    if (initError) return { kind: 'failed', error: initError }
    askedNext = Promise.withResolvers()
    const limitMs = Math.max(0, invocation.deadlineMs - Date.now())
    const timer = setTimeout(() => {
      const errorMessage = `RequestId: ${invocation.requestId} Error: Task timed out after ${(settings.timeoutMs / 1000).toFixed(2)} seconds`
      api.fail({ errorType: 'Sandbox.Timedout', errorMessage })
      kill(child)
    }, limitMs)
    try {
      return await api.hand(invocation)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    isAlive: () => isAlive,
    initialized,
    invoke,
    becomesFree: () => (isAlive ? askedNext.promise : Promise.resolve(false)),
    close: async () => {
      kill(child)
      await exited
      await api.close()
    },
  }
}

const kill = (child: ChildProcess): void => {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}

const readLines = (stream: NodeJS.ReadableStream, onLine: (line: string) => void): void => {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') onLine(line)
  })
}
