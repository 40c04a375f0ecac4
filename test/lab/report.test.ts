import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { rdsEvent } from '../../lab/database/rds-event.ts'
import { matchesPattern } from '../../lab/events/pattern.ts'
import type { Moment } from '../../lab/model.ts'
import { paintFor } from '../../lab/report/paint.ts'
import { momentText } from '../../lab/report/timeline-text.ts'
import { deploymentOf, speedUp } from '../../lab/template/deployment.ts'

const plain = paintFor({ isTTY: false }, {})
const aMoment = (changes: Partial<Moment>): Moment => ({
  atMs: 0,
  lane: 'lab',
  what: 'Something',
  fields: {},
  ...changes,
})

describe('the timeline', () => {
  it('shows scenario time, lane, what and fields', () => {
    const line = momentText(plain, { speed: 20 })(
      aMoment({ atMs: 23_540, lane: 'dns', fields: { ip: '10.0.2.20' } }),
      10_000,
    )
    expect(line).toBe('   13.5 s  dns       Something  ip=10.0.2.20')
  })

  it('shows what others have sent to it in one line that no terminal obeys', () => {
    const hostile = '\u001b]0;x\u0007\nPASSED\u202e'
    const line = momentText(plain, { speed: 20 })(
      aMoment({ what: hostile, fields: { id: hostile, list: [hostile] } }),
      0,
    )
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('leaves out a read that says the same as before, and tells it again when it changes', () => {
    const timeline = momentText(plain, { speed: 20 })
    const read = (targets: string) =>
      timeline(aMoment({ lane: 'api', what: 'DescribeTargetHealth', fields: { targets } }), 0)
    expect([read('a'), read('a'), read('b')].map(line => line !== undefined)).toEqual([true, false, true])
  })

  it("turns the function's wall time into scenario time", () => {
    const report = { outcome: 'repointed', reason: 'failover-followed', timings: { registeredMs: 700, looks: 3 } }
    const line = momentText(plain, { speed: 20 })(aMoment({ lane: 'function', fields: { report } }), 0)
    expect(line).toContain('outcome=repointed  reason=failover-followed  registered=14.0 s  looks=3')
  })

  it('tells once that an application works and fails by turns', () => {
    const timeline = momentText(plain, { speed: 20 })
    const lines = Array.from({ length: 10 }, (_, index) => {
      const fields = { connection: 'fresh', ...(index % 2 ? { outageSeconds: 1 } : { error: 'read-only' }) }
      return timeline(aMoment({ lane: 'client', atMs: index * 1_000, fields }), 0)
    })
    expect(lines.filter(line => line !== undefined)).toHaveLength(5)
    expect(lines.filter(line => line?.includes('by turns'))).toHaveLength(1)
  })

  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: false }, {}, false],
  ])('colours terminals only: %j %j', (stream, env, isColoured) => {
    expect(paintFor(stream, env)('red', 'x') !== 'x').toBe(isColoured)
  })
})

describe('the deployment that the lab runs', { timeout: 60_000 }, () => {
  const source = { kind: 'instance', id: 'orders', account: '111122223333', region: 'eu-west-1' } as const

  it("wakes the function for its own database's events and nobody else's", async () => {
    const [rule] = (await deploymentOf('instance')).rules
    const event = (arn: string) => rdsEvent({ ...source, arn }, 'failoverStarted', new Date())
    const arn = 'arn:aws:rds:eu-west-1:111122223333:db:orders'
    expect(rule && matchesPattern(rule.pattern, event(arn))).toBe(true)
    expect(rule && matchesPattern(rule.pattern, event(`${arn}-2`))).toBe(false)
  })

  it('divides times by the speed and leaves counts alone', async () => {
    const environment = speedUp((await deploymentOf('instance')).environment, 20)
    expect(JSON.parse(environment.REPOINT_CONFIG ?? '')).toMatchObject({
      settle: { answers: 3, intervalMs: 50, spanMs: 300, flapMs: 1750, readLagMs: 300, bothHealthyMs: 3000 },
      watch: { startedMs: 15_000, completedMs: 3_000, rebootMs: 1_500, healthyMs: 18_000 },
    })
  })

  /** Durations in the function's code that no setting gives, so that they are the same at every speed. */
  const wallTimes = {
    'memory.ts sightingsMs': 'how long a memory is kept: longer costs nothing',
    'watch.ts oldestEventMs': 'which event a report still counts its times from',
    'handler.ts marginMs': 'for real calls at the end of a run; the laboratory gives the function as much more',
    'observe-owners.ts provedMs': 'how long a proof speaks for an address: a shorter one costs a call',
    'observe-owners.ts pursuedMs': 'for how long an address that was not proved is asked about again',
    'prime.ts capMs': 'for real calls while the process starts',
    'adapters/dns.ts timeoutMs': 'for a real answer of a real server',
    'adapters/clients.ts connectionTimeout': 'for a real connection',
    'adapters/clients.ts requestTimeout': 'for a real answer of a real server',
  }

  it('finds every time that decides among the settings: the others are listed with why', async () => {
    const root = new URL('../../functions/reconciler/', import.meta.url)
    const files = (await readdir(root, { recursive: true })).filter(
      name => name.endsWith('.ts') && !name.startsWith('config/'),
    )
    const found = await Promise.all(
      files.map(async name => {
        const text = await readFile(new URL(name, root), 'utf8')
        return [...text.matchAll(/\b(\w+(?:Ms|Timeout))(?: =|:) [\d_]{3,}/g)].map(([, what]) => `${name} ${what}`)
      }),
    )
    expect(found.flat().sort()).toEqual(Object.keys(wallTimes).sort())
  })
})
