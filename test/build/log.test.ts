import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logMessages } from '../../functions/reconciler/names.ts'
import { type BenchAws, openBenchAws } from '../../lab/bench/bench-aws.ts'
import { functionArn } from '../../lab/fixture.ts'
import { startSandbox } from '../../lab/lambda/sandbox.ts'
import { builtOnce } from './built-once.ts'

const atOnce = { answers: 1, intervalMs: 1, spanMs: 0 }

describe('the log of the built function', () => {
  let folder: string
  let aws: BenchAws
  beforeAll(async () => {
    ;[aws, { folder }] = await Promise.all([openBenchAws(), builtOnce()])
  }, 60_000)
  afterAll(() => aws.close())

  /** Everything that the process prints, on either stream, and how each invocation ended. */
  const runOnce = async (options: { config?: string; payloads?: object[]; codeFolder?: string; env?: object }) => {
    const { config = aws.config('cluster', atOnce), payloads = [{}], codeFolder = folder, env = {} } = options
    const lines: string[] = []
    aws.flip()
    const sandbox = await startSandbox(
      {
        ...{ name: 'orders', codeFolder, handler: 'index.handler', memoryMb: 512, timeoutMs: 60_000 },
        environment: { REPOINT_CONFIG: config },
        labEnvironment: { ...aws.environment, ...env },
        accessKey: 'AKIABENCH',
      },
      line => lines.push(line),
    )
    try {
      const initError = await sandbox.initialized
      const results = []
      for (const payload of initError ? [] : payloads) {
        results.push(
          await sandbox.invoke({
            requestId: `log-${results.length}`,
            payload: JSON.stringify(payload),
            deadlineMs: Date.now() + 60_000,
            functionArn: functionArn('orders'),
            traceId: 'Root=1-00000000-000000000000000000000000;Sampled=0',
          }),
        )
      }
      const errors = results.flatMap(result => (result.kind === 'failed' ? [result.error.errorType] : []))
      return { lines, initError, errors }
    } finally {
      await sandbox.close()
    }
  }

  const parsed = (lines: readonly string[]): Record<string, unknown>[] => lines.map(line => JSON.parse(line))

  it('is JSON, line by line, from a cold start through swaps', async () => {
    const { lines, errors } = await runOnce({ payloads: [{}, {}, { action: 'plan' }] })
    expect(errors).toEqual([])
    expect(parsed(lines).map(({ message }) => message)).toContain(logMessages.summary)
  }, 30_000)

  it('is JSON, line by line, when an invocation is refused, at a cold start and later', async () => {
    const { lines, errors } = await runOnce({ payloads: [{ odd: 1 }, {}, { odd: 1 }] })
    expect(errors).toEqual(['InvocationError', 'InvocationError'])
    expect(parsed(lines).length).toBeGreaterThan(0)
  }, 30_000)

  it('is JSON, line by line, and names our error when AWS denies a call', async () => {
    aws.api.faults.inject('elasticloadbalancing:DescribeTargetHealth', { kind: 'access-denied' }, 2)
    const { lines, errors } = await runOnce({})
    expect(errors).toEqual(['AwsError'])
    const failed = parsed(lines).find(({ message }) => message === logMessages.failed)
    expect(failed?.error).toMatchObject({ name: 'AwsError', stack: expect.stringMatching(/^AwsError: /) })
  }, 30_000)

  it('is JSON, line by line, and names our error when AWS cannot be reached', async () => {
    const config = JSON.stringify({ ...JSON.parse(aws.config('instance', atOnce)), watch: { completedMs: 1 } })
    const { lines, errors } = await runOnce({ config, env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } })
    expect(errors).toEqual(['TransientError'])
    const failed = parsed(lines).find(({ message }) => message === logMessages.failed)
    expect(failed?.error).toMatchObject({ name: 'TransientError' })
  }, 30_000)

  it('leaves a wrong configuration to the runtime, by the name of our error', async () => {
    const { lines, initError } = await runOnce({ config: '{}' })
    expect(initError).toMatchObject({ errorType: 'ConfigError' })
    expect(initError?.trace?.[0]).toMatch(/^ConfigError: /)
    expect(lines).toEqual([])
  }, 30_000)

  it('has a warning of Node or a library as a line of its own', async () => {
    const codeFolder = await mkdtemp(join(tmpdir(), 'warning-'))
    const index = JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)
    await writeFile(
      join(codeFolder, 'index.mjs'),
      `export { handler } from ${index}\nprocess.emitWarning('about to go', 'DeprecationWarning')`,
    )
    const { lines } = await runOnce({ codeFolder })
    const warnings = parsed(lines).filter(({ message }) => message === logMessages.warning)
    expect(warnings).toMatchObject([{ level: 'WARN', error: { name: 'DeprecationWarning', message: 'about to go' } }])
  }, 30_000)
})
