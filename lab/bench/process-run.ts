import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Call } from '../api/calls.ts'
import { functionArn } from '../fixture.ts'
import { startSandbox } from '../lambda/sandbox.ts'
import type { BenchAws } from './bench-aws.ts'

export interface RunOptions {
  readonly aws: BenchAws
  /** Folder whose `index.mjs` exports `handler`. */
  readonly folder: string
  readonly config: string
  readonly payloads: readonly unknown[]
  /** Before the process starts, and before each further invocation. */
  readonly before?: () => void
  readonly probe?: boolean
}

export interface InvocationRun {
  readonly tookMs: number
  readonly reply: Record<string, unknown>
  /** Made during the invocation. */
  readonly calls: readonly Call[]
  readonly cpuMs?: number
  readonly peakKb?: number
}

export interface ProcessRun {
  /** Start of the process to the moment at which the runtime asks for its first invocation. */
  readonly initMs: number
  /** Start of the process to the end of the first invocation. */
  readonly coldMs: number
  readonly primingCalls: readonly Call[]
  readonly invocations: readonly InvocationRun[]
}

const probeFolder = fileURLToPath(new URL('.', import.meta.url))

/** One process from start to end, behind its own Runtime API. @throws when an invocation fails. */
export const runProcess = async (options: RunOptions): Promise<ProcessRun> => {
  const { aws, folder, config, payloads, before = () => {}, probe = false } = options
  const lines: string[] = []
  before()
  let callsSoFar = aws.api.calls.length
  const takeCalls = (): Call[] => {
    const taken = aws.api.calls.slice(callsSoFar)
    callsSoFar = aws.api.calls.length
    return taken
  }
  const startedMs = performance.now()
  const sandbox = await startSandbox(
    {
      name: 'repoint-bench',
      codeFolder: probe ? probeFolder : folder,
      handler: probe ? 'probe.handler' : 'index.handler',
      memoryMb: 512,
      timeoutMs: 60_000,
      environment: { REPOINT_CONFIG: config },
      labEnvironment: { ...aws.environment, REPOINT_BENCH_TARGET: pathToFileURL(join(folder, 'index.mjs')).href },
      accessKey: 'AKIABENCH',
    },
    line => lines.push(line),
  )
  try {
    const initError = await sandbox.initialized
    const initMs = performance.now() - startedMs
    if (initError) throw new Error(`the function did not start: ${initError.errorMessage}\n${lines.join('\n')}`)
    const primingCalls = takeCalls()
    let coldMs = 0
    const invocations: InvocationRun[] = []
    for (const [index, payload] of payloads.entries()) {
      if (index > 0) before()
      const beganMs = performance.now()
      const result = await sandbox.invoke({
        requestId: `bench-${index}`,
        payload: JSON.stringify(payload),
        deadlineMs: Date.now() + 60_000,
        functionArn: functionArn('repoint-bench'),
        traceId: 'Root=1-00000000-000000000000000000000000;Sampled=0',
      })
      const endedMs = performance.now()
      if (index === 0) coldMs = endedMs - startedMs
      if (result.kind === 'failed') throw new Error(`an invocation failed: ${result.error.errorMessage}`)
      invocations.push({ tookMs: endedMs - beganMs, calls: takeCalls(), ...readReply(result.payload, probe) })
    }
    return { initMs, coldMs, primingCalls, invocations }
  } finally {
    await sandbox.close()
  }
}

const readReply = (payload: unknown, probe: boolean): Pick<InvocationRun, 'reply' | 'cpuMs' | 'peakKb'> => {
  const reply = payload as Record<string, unknown>
  return probe ? (reply as unknown as { reply: Record<string, unknown>; cpuMs: number; peakKb: number }) : { reply }
}
