import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFunction, type LambdaFunction } from '../../lab/lambda/lambda-function.ts'
import type { Timeline } from '../../lab/model.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { type ManualTime, manualTime } from './manual-time.ts'

const source = `
let count = 0
export const handler = async (event, context) => {
  count += 1
  console.log(JSON.stringify({ level: 'INFO', message: 'Reconcile finished', service: 'orders', outcome: 'in-sync' }))
  console.log(JSON.stringify({ _aws: { Timestamp: 1 }, InSync: 1 }))
  if (event.fail) throw new TypeError('it broke')
  if (event.exit) process.exit(3)
  if (event.hang) await new Promise(resolve => setTimeout(resolve, 3_600_000))
  if (event.leave) setTimeout(() => { throw new Error('later') }, 0), await new Promise(() => {})
  if (event.until) while (Date.now() < event.until) await new Promise(resolve => setTimeout(resolve, 5))
  return {
    count,
    requestId: context.awsRequestId,
    arn: context.invokedFunctionArn,
    hasTime: context.getRemainingTimeInMillis() > 0,
    env: Object.keys(process.env).filter(name => !name.startsWith('AWS_')).sort(),
    region: process.env.AWS_REGION,
    node: process.versions.node.split('.')[0],
    config: process.env.REPOINT_CONFIG,
  }
}
`

describe('the Lambda service', () => {
  let folder: string
  let time: ManualTime
  let timeline: Timeline
  const open: LambdaFunction[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-'))
    await writeFile(join(folder, 'index.mjs'), source)
    time = manualTime()
    timeline = startTimeline(time)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map(opened => opened.close()))
    await rm(folder, { recursive: true })
  })
  const aFunction = (
    changes: { timeoutMs?: number; reservedConcurrency?: number; handler?: string; maxEventAgeMs?: number } = {},
  ) => {
    const { maxEventAgeMs = 21_600_000, ...rest } = changes
    const created = createFunction({
      settings: {
        name: 'repoint-orders',
        codeFolder: folder,
        handler: 'index.handler',
        memoryMb: 512,
        timeoutMs: 30_000,
        environment: { REPOINT_CONFIG: '{}' },
        accessKey: 'ASIALAB',
        ...rest,
      },
      asynchronous: { maxRetries: 2, maxEventAgeMs, givenUp: 'to-destination' },
      time,
      timeline,
    })
    open.push(created)
    return created
  }
  const payloadOf = async (lambda: LambdaFunction, event: unknown) => {
    const result = await lambda.invoke(event)
    expect(result?.kind).toBe('answered')
    return result?.kind === 'answered' ? (result.payload as Record<string, unknown>) : {}
  }
  const until = async (isTrue: () => boolean) => {
    const look = async () => {
      await time.advance(0)
      return isTrue()
    }
    await expect.poll(look, { timeout: 20_000, interval: 5 }).toBe(true)
  }

  it('runs the handler on Node 24 with the context and environment of Lambda, and nothing of the host', async () => {
    expect(await payloadOf(aFunction(), {})).toEqual({
      count: 1,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      arn: 'arn:aws:lambda:eu-west-1:111122223333:function:repoint-orders',
      hasTime: true,
      env: [
        'LAMBDA_RUNTIME_DIR',
        'LAMBDA_TASK_ROOT',
        'LANG',
        'PATH',
        'REPOINT_CONFIG',
        'TZ',
        '_HANDLER',
        '_X_AMZN_TRACE_ID',
      ],
      region: 'eu-west-1',
      node: '24',
      config: '{}',
    })
  })

  it('keeps a warm environment for the next invocation', async () => {
    const lambda = aFunction()
    await payloadOf(lambda, {})
    expect((await payloadOf(lambda, {})).count).toBe(2)
    expect(lambda.runs.map(run => run.coldStart)).toEqual([true, false])
  })

  it("tells the function's own sentences and keeps the rest in its log", async () => {
    const lambda = aFunction()
    await payloadOf(lambda, {})
    await until(() => lambda.logs.length === 2)
    expect(timeline.moments).toEqual([
      { atMs: 0, lane: 'function', what: 'Reconcile finished', fields: { outcome: 'in-sync' } },
    ])
  })

  it('reports an error with its type and message, and goes on', async () => {
    const lambda = aFunction()
    const failed = await lambda.invoke({ fail: true })
    expect(failed).toMatchObject({ kind: 'failed', error: { errorType: 'TypeError', errorMessage: 'it broke' } })
    expect((await payloadOf(lambda, {})).count).toBe(2)
  })

  it.each([
    [
      'an exit',
      { exit: true },
      { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: exit status 3' },
    ],
    ['an uncaught error', { leave: true }, { errorType: 'Error', errorMessage: 'later' }],
  ])('starts anew after %s', async (_, event, error) => {
    const lambda = aFunction()
    expect(await lambda.invoke(event)).toMatchObject({ kind: 'failed', error })
    await until(() => lambda.running() === 0)
    expect((await payloadOf(lambda, {})).count).toBe(1)
  })

  it('kills an invocation at its timeout', async () => {
    const lambda = aFunction({ timeoutMs: 200 })
    expect(await lambda.invoke({ hang: true })).toMatchObject({
      kind: 'failed',
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Task timed out after 0.20 seconds'),
      },
    })
  })

  it('reports a handler that cannot be loaded', async () => {
    expect(await aFunction({ handler: 'index.other' }).invoke({})).toMatchObject({
      kind: 'failed',
      error: { errorMessage: 'index.other is undefined or not exported' },
    })
  })

  it('throttles beyond the reserved concurrency', async () => {
    const lambda = aFunction({ reservedConcurrency: 1 })
    const first = lambda.invoke({})
    expect(await lambda.invoke({})).toBeUndefined()
    expect((await first)?.kind).toBe('answered')
  })

  it('runs a throttled event when there is room again', async () => {
    const lambda = aFunction({ reservedConcurrency: 1 })
    const first = lambda.invoke({})
    lambda.invokeAsync({ second: true })
    await first
    await time.advance(1_000)
    await until(() => lambda.runs.length === 2)
    expect(lambda.runs[1]?.payload).toEqual({ second: true })
  })

  it('gives up a throttled event that is too old', async () => {
    const lambda = aFunction({ reservedConcurrency: 0, maxEventAgeMs: 10_000 })
    lambda.invokeAsync({})
    await time.advance(20_000)
    expect(lambda.failures).toMatchObject([{ condition: 'EventAgeExceeded', attempts: 0 }])
    lambda.invokeAsync({}, { givenUp: 'dropped' })
    await time.advance(20_000)
    expect(lambda.failures).toHaveLength(1)
  })

  it('tries a failed event again after one and two minutes, then hands it to the failure destination', async () => {
    const lambda = aFunction()
    lambda.invokeAsync({ fail: true })
    const failedRuns = () =>
      timeline.moments.filter(moment => moment.what === 'Invocation failed').map(moment => moment.atMs)
    await until(() => failedRuns().length === 1)
    await time.advance(60_000)
    await until(() => failedRuns().length === 2)
    await time.advance(120_000)
    await until(() => lambda.failures.length === 1)
    expect(failedRuns()).toEqual([0, 60_000, 180_000])
    expect(lambda.failures).toMatchObject([
      { condition: 'RetriesExhausted', attempts: 3, payload: { fail: true }, error: { errorMessage: 'it broke' } },
    ])
  })

  it('leaves no process behind', async () => {
    const lambda = aFunction()
    const hanging = lambda.invoke({ hang: true })
    await until(() => lambda.logs.length > 0)
    await lambda.close()
    expect((await hanging)?.kind).toBe('failed')
  })

  it('gives what is invoked after a change of its configuration a new environment', async () => {
    const lambda = aFunction()
    expect(await lambda.invoke({})).toMatchObject({ kind: 'answered', payload: { count: 1, config: '{}' } })

    await lambda.configure({ REPOINT_CONFIG: '{"changed":true}' })

    const after = await lambda.invoke({})
    expect(after).toMatchObject({ kind: 'answered', payload: { count: 1, config: '{"changed":true}' } })
    expect(lambda.runs.map(({ coldStart }) => coldStart)).toEqual([true, true])
  })
})
