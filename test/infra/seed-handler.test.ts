import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Call, type Reply, runInline } from './inline-script.ts'

const module = 'custom-resources/seed-handler.ts'
const StackId = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Repoint-orders/0f1e2d3c'
const ResourceProperties = {
  FunctionName: 'repoint-orders',
  TargetGroupArn: 'arn:group',
  AcceptedReasons: ['target-not-healthy'],
}

const named = (name: string) => Object.assign(new Error(`${name}!`), { name })
const payload = (report: object) => ({ Payload: Buffer.from(JSON.stringify(report)) })
const repointed = payload({ outcome: 'repointed', reason: 'first-registration' })
const refused = payload({ outcome: 'refused', reason: 'address-not-allowed', remedy: 'Widen allowedCidrs.' })

/** The function’s answer to every invocation, and what CloudFormation says of the stack. */
const world =
  (answer: unknown, StackStatus: unknown): Reply =>
  ({ command }) => {
    if (command === 'Invoke') return answer
    return StackStatus instanceof Error ? StackStatus : { Stacks: [{ StackStatus }] }
  }

const run = (RequestType: string, answer: unknown, status: unknown, more: object = {}) =>
  runInline(
    module,
    { RequestType, StackId, ResourceProperties: { ...ResourceProperties, ...more } },
    world(answer, status),
  )

const invocations = (calls: readonly Call[]) => calls.filter(({ command }) => command === 'Invoke').length

describe('the script of the seed', () => {
  it.each(['Create', 'Update'])('answers a success at %s', async type => {
    const { answer, calls } = await run(type, repointed, 'never asked')
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'arn:group' })
    expect(answer.Data).toEqual({ Outcome: 'repointed (first-registration)' })
    expect(calls.map(({ command }) => command)).toEqual(['Invoke'])
  })

  it('fails a first deployment with the reason, the remedy, and the command for what stands in the way', async () => {
    const { answer } = await run('Create', refused, 'CREATE_IN_PROGRESS')
    expect(answer).toMatchObject({ Status: 'FAILED' })
    expect(answer.Reason).toBe(
      'Repoint could not seed the target group: refused (address-not-allowed). Widen allowedCidrs. ' +
        'Correct that and deploy again. If the stack that was rolled back cannot be deleted because of termination protection: ' +
        'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name Repoint-orders --region eu-west-1 ' +
        '(log stream stream)',
    )
  })

  it('names the command for a load balancer that is protected from deletion before it has ever served', async () => {
    const more = { ProtectedLoadBalancer: 'arn:load-balancer' }
    const { answer } = await run('Create', refused, 'CREATE_IN_PROGRESS', more)
    expect(answer.Reason).toContain(
      'aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=false --load-balancer-arn arn:load-balancer --region eu-west-1. Correct that',
    )
    const later = await run('Update', refused, 'UPDATE_IN_PROGRESS', more)
    expect(later.answer.Reason).not.toContain('elbv2')
  })

  it('says what docs/deploying.md shows of it', async () => {
    const what = '<what to do about it>'
    const told = payload({ outcome: 'refused', reason: 'address-not-allowed', remedy: what })
    const { answer } = await run('Create', told, 'CREATE_IN_PROGRESS')
    const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8')
    const [, shown = ''] = /```\n(Repoint could not seed[^`]+)```/.exec(page) ?? []
    expect(answer.Reason?.replace('log stream stream', 'log stream …')).toBe(shown.replaceAll(/\s+/g, ' ').trim())
  })

  it('fails a later deployment, which goes back to what was there', async () => {
    const { answer } = await run('Update', refused, 'UPDATE_IN_PROGRESS')
    expect(answer).toMatchObject({ Status: 'FAILED' })
    expect(answer.Reason).toContain('The stack goes back to what was deployed before.')
  })

  it.each([
    ['is refused', refused],
    ['is throttled', named('TooManyRequestsException')],
    ['is missing', named('ResourceNotFoundException')],
    ['throws', { FunctionError: 'Unhandled', Payload: Buffer.from('{"errorType":"ConfigError","errorMessage":"no"}') }],
  ])('never fails a rollback in which the function %s: it acts, and says what came of it', async (_, answer) => {
    const { answer: told, calls } = await run('Update', answer, 'UPDATE_ROLLBACK_IN_PROGRESS')
    expect(told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'arn:group' })
    expect(told.Data?.Outcome).toContain('rolled back although Repoint could not seed the target group')
    expect(invocations(calls)).toBeGreaterThan(0)
  })

  it('fails where CloudFormation does not say what it is doing, and says so', async () => {
    const { answer } = await run('Update', refused, named('ThrottlingException'))
    expect(answer).toMatchObject({ Status: 'FAILED' })
  })

  it.each([
    ['throttled', named('TooManyRequestsException'), 300_000],
    ['missing', named('ResourceNotFoundException'), 60_000],
  ])('asks a function that is %s again, and answers before its own time ends', async (_, answer, leastMs) => {
    const { answer: told, waitedMs } = await run('Create', answer, 'CREATE_IN_PROGRESS')
    expect(told.Status).toBe('FAILED')
    expect(waitedMs).toBeGreaterThanOrEqual(leastMs)
    expect(waitedMs).toBeLessThan(825_000)
  })

  it('calls nobody when it is deleted', async () => {
    const { answer, calls } = await run('Delete', refused, 'DELETE_IN_PROGRESS')
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before' })
    expect(calls).toEqual([])
  })
})

describe('the first tick', () => {
  const tick = { TickFunction: 'arn:tick', WaitSeconds: '240', FunctionName: undefined }

  it.each([
    ['comes back', repointed],
    ['is throttled', named('TooManyRequestsException')],
  ])('that %s leaves CloudWatch four minutes, whatever it found', async (_, answer) => {
    const { answer: told, calls, waitedMs } = await run('Create', answer, 'CREATE_IN_PROGRESS', tick)
    expect(told).toMatchObject({ Status: 'SUCCESS' })
    expect(calls).toEqual([expect.objectContaining({ input: expect.objectContaining({ FunctionName: 'arn:tick' }) })])
    expect(waitedMs).toBe(240_000)
  })

  it.each(['Update', 'Delete'])('is not repeated at %s', async type => {
    const { answer, calls, waitedMs } = await run(type, repointed, 'UPDATE_IN_PROGRESS', tick)
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before' })
    expect({ calls, waitedMs }).toEqual({ calls: [], waitedMs: 0 })
  })
})
