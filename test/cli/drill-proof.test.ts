import { afterAll, describe, expect, it } from 'vitest'
import { startProber } from '../../cli/drill/prober.ts'
import { awaitProof } from '../../cli/drill/proof.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { AttemptError, isHarmful } from '../../cli/facts/client/errors.ts'

describe('a failover is not caused', () => {
  const prober = (attempt: () => Promise<void>, signal: AbortSignal) =>
    startProber({
      about: { id: 'sql', name: 'SQL', path: 'front-door', everyMs: 5, isSequential: true },
      signal,
      now: () => 0,
      attempt,
      stopsAt: isHarmful,
    })
  const ending = new AbortController()
  afterAll(() => ending.abort())
  const undone = 'orders is not failed over, and nothing was done'
  const proof = (attempt: () => Promise<void>, limitMs: number) =>
    awaitProof([prober(attempt, ending.signal)], { undone, limitMs, signal: ending.signal })

  it('until each prober has worked once', async () => {
    let tries = 0
    await proof(async () => {
      tries += 1
      if (tries < 3) throw new AttemptError('timeout', 'no answer')
    }, 5_000)
    expect(tries).toBeGreaterThanOrEqual(3)
  })

  it('where a prober has not, with exit code 5, the error and what to do', async () => {
    await expect(
      proof(async () => {
        throw new AttemptError('unreachable', 'no route to db:5432')
      }, 100),
    ).rejects.toMatchObject({
      exitCode: exitCodes.refused,
      message: expect.stringMatching(/orders is not failed over, and nothing was done.*no route.*Check the route/s),
    })
  })

  it('and does not wait where no further attempt comes out otherwise', async () => {
    await expect(
      proof(async () => {
        throw new AttemptError('login refused', 'The database at db:5432: no such user')
      }, Number.POSITIVE_INFINITY),
    ).rejects.toMatchObject({ exitCode: exitCodes.refused, message: expect.stringMatching(/no such user.*Check user/) })
  })

  it('and a prober that does harm stops at its first error', async () => {
    let tries = 0
    await expect(
      proof(async () => {
        tries += 1
        throw new AttemptError('host blocked', 'Host is blocked (1129)')
      }, 5_000),
    ).rejects.toThrow('Host is blocked')
    await new Promise(resolve => setTimeout(resolve, 40))
    expect(tries).toBe(1)
  })

  it('and a problem with our own credentials is in no figure of an outage', async () => {
    const own = new AbortController()
    const probing = prober(async () => {
      throw new AttemptError('no credentials', 'the secret cannot be read')
    }, own.signal)
    await new Promise(resolve => setTimeout(resolve, 30))
    own.abort()
    await probing.done
    expect(probing.attempts).toEqual([])
    expect([...probing.examples]).toEqual([['no credentials', 'the secret cannot be read']])
  })
})
