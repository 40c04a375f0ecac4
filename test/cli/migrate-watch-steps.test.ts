import { describe, expect, it } from 'vitest'
import { type Health, judge, judgeHealth, type Run } from '../../cli/checks/path-health.ts'
import { findStrays, followWriter } from '../../cli/checks/strays.ts'
import {
  type Act,
  advance,
  begin,
  dueInMs,
  moved,
  type StepPlan,
  type StepState,
} from '../../cli/migrate/watch/share-steps.ts'

const limits = { failures: 5, budget: 10, windowMs: 120_000, resets: 10 }

const works = (times = 20): Run => ({
  name: 'TCP',
  attempts: times,
  failures: 0,
  failedInRow: 0,
  workedInRow: times,
  recent: { attempts: times, failures: 0 },
})
/** So many of the window's hundred failed, and the last ones worked. */
const flaps = (failures: number, name = 'TCP'): Run => ({
  ...works(20),
  name,
  failures,
  recent: { attempts: 100, failures },
  lastError: 'timeout',
})
const fails = (times: number): Run => ({
  name: 'TCP',
  attempts: 20,
  failures: times,
  failedInRow: times,
  workedInRow: 0,
  recent: { attempts: 20, failures: times },
  lastError: 'timeout',
})
const health = (changes: Partial<Health> = {}): Health => ({
  paths: ['nlb', 'gateway'],
  runs: { nlb: [works()], gateway: [works()], name: [] },
  resets: {},
  strays: [],
  ...changes,
})
const stray = { atMs: 1, resourceIp: '10.0.2.10', writer: ['10.0.1.10'] }

describe('a look at the gateway alone, at retired', () => {
  const alone = (changes: Partial<Health> = {}): Health =>
    health({ paths: ['gateway'], runs: { nlb: [], gateway: [works()], name: [] }, ...changes })

  it('is well without a load balancer', () => {
    expect(judge(alone(), limits)).toEqual({ kind: 'well' })
  })

  it.each<[string, Partial<Health>]>([
    ['probes that fail in a row', { runs: { nlb: [], gateway: [fails(5)], name: [] } }],
    ['a connection to another address than the writer’s', { strays: [stray] }],
    ['resets', { resets: { gateway: 10 } }],
  ])('waits at %s, and speaks of no way back', (_, changes) => {
    const verdict = judge(alone(changes), limits)
    expect(verdict).toMatchObject({ kind: 'pause', why: expect.stringContaining('there is no other path') })
    const remedies = judgeHealth(alone(changes), limits).map(({ remedy }) => remedy)
    expect(remedies.join(' ')).not.toContain('rollback')
    expect(JSON.stringify([verdict, judgeHealth(alone(changes), limits)])).not.toContain('load balancer')
  })
})

describe('a look at both paths', () => {
  it.each<[string, Partial<Health>, string, string]>([
    ['both work', {}, 'well', ''],
    [
      'the gateway alone fails',
      { runs: { nlb: [works()], gateway: [fails(5)], name: [] } },
      'go-back',
      '5 probes in a row',
    ],
    [
      'the gateway failed too few times yet',
      { runs: { nlb: [works()], gateway: [fails(4)], name: [] } },
      'pause',
      'The last probe on the path through the gateway failed',
    ],
    ['both fail', { runs: { nlb: [fails(5)], gateway: [fails(5)], name: [] } }, 'pause', 'the database itself'],
    [
      'the load balancer alone fails',
      { runs: { nlb: [fails(9)], gateway: [works()], name: [] } },
      'pause',
      'failed on the path through the load balancer',
    ],
    [
      'the load balancer has just healed',
      { runs: { nlb: [works(4)], gateway: [fails(30)], name: [] } },
      'pause',
      'the database itself',
    ],
    [
      'the load balancer has healed and the gateway has not',
      { runs: { nlb: [works(5)], gateway: [fails(30)], name: [] } },
      'go-back',
      'path through the load balancer works',
    ],
    [
      "one of the gateway's clients fails",
      { runs: { nlb: [works()], gateway: [works(), fails(5)], name: [] } },
      'go-back',
      'TCP: timeout',
    ],
    [
      'nobody has probed the path through the load balancer',
      { runs: { nlb: [], gateway: [fails(5)], name: [] } },
      'pause',
      '',
    ],
    [
      'neither has been probed often enough',
      { runs: { nlb: [works(2)], gateway: [works(2)], name: [] } },
      'pause',
      'have not worked 5 times',
    ],
    [
      'the gateway reached another address',
      { strays: [stray] },
      'go-back',
      'The gateway connected to 10.0.2.10, and the writer is 10.0.1.10',
    ],
    [
      'it did, and the path through the load balancer fails',
      { strays: [stray], runs: { nlb: [fails(1)], gateway: [works()], name: [] } },
      'pause',
      '',
    ],
    [
      'resets come on the path through the gateway',
      { resets: { nlb: 0, gateway: 10 } },
      'go-back',
      '10 resets in a minute',
    ],
    ['resets stay below the limit', { resets: { nlb: 0, gateway: 9 } }, 'well', ''],
    ['resets come on both paths', { resets: { nlb: 12, gateway: 15 } }, 'pause', 'Both paths have resets'],
    ['nobody counts resets', { resets: {} }, 'well', ''],
    [
      'a third of the new connections through the gateway fails, never five in a row',
      { runs: { nlb: [works()], gateway: [flaps(33)], name: [] } },
      'go-back',
      '33 of 100 probes of the last 2 min 00 s failed on the path through the gateway (TCP: timeout), and 10 % is the budget; on the path through the load balancer 0 %',
    ],
    [
      'a kept connection breaks again and again',
      { runs: { nlb: [works()], gateway: [works(), flaps(12, 'SQL kept')], name: [] } },
      'go-back',
      'SQL kept: timeout',
    ],
    [
      'the name fails, and neither endpoint does',
      { runs: { nlb: [works()], gateway: [works()], name: [flaps(17)] } },
      'go-back',
      'at the name that clients use',
    ],
    ['few fail', { runs: { nlb: [works()], gateway: [flaps(9)], name: [flaps(9)] } }, 'well', ''],
    [
      'as many fail on both paths',
      { runs: { nlb: [flaps(30)], gateway: [flaps(35)], name: [flaps(33)] } },
      'pause',
      'failed on the path through the load balancer',
    ],
    [
      'the name has never worked from here',
      { runs: { nlb: [works()], gateway: [works()], name: [fails(20)] } },
      'pause',
      'No probe at the name that clients use has worked from here',
    ],
  ])('when %s', (_, changes, kind, why) => {
    const verdict = judge(health(changes), limits)
    expect(verdict.kind).toBe(kind)
    expect('why' in verdict ? verdict.why : '').toContain(why)
  })
})

const minute = 60_000
const well = { kind: 'well' } as const
const paused = { kind: 'pause', why: 'both fail' } as const
const broken = { kind: 'go-back', why: 'the gateway alone fails' } as const

/** A clock that only the tale moves; what is ordered is done. */
const tell = (plan: StepPlan, share = 0) => {
  let state: StepState = begin(share)
  let nowMs = 0
  const acts: string[] = []
  const look = (verdict: Parameters<typeof advance>[2]['verdict'], seen: number | undefined = state.share): Act => {
    const step = advance(plan, state, { nowMs, share: seen, verdict })
    state = step.act.kind === 'move' ? moved(step.act.percent) : step.state
    if (step.act.kind !== 'wait') {
      acts.push(`${nowMs / minute} ${step.act.kind}${step.act.kind === 'move' ? ` ${step.act.percent}` : ''}`)
    }
    return step.act
  }
  return {
    acts,
    look,
    state: () => state,
    due: () => dueInMs(plan, state, nowMs),
    pass: (minutes: number, verdict: Parameters<typeof look>[0] = well) => {
      for (let passed = 0; passed < minutes; passed++) {
        look(verdict)
        nowMs += minute
      }
    },
  }
}

describe('steps', () => {
  const plan = { steps: [5, 25, 50, 100], everyMs: 10 * minute }

  it('come one after the other, each after its time of quiet, and then it is done', () => {
    const { acts, pass } = tell(plan)
    pass(45)
    expect(acts).toEqual(['0 move 5', '11 move 25', '22 move 50', '33 move 100', '44 done'])
  })

  it('below what is live already are left out', () => {
    const { acts, pass } = tell(plan, 30)
    pass(2)
    expect(acts).toEqual(['0 move 50'])
  })

  it('wait for both paths to work before the first', () => {
    const { acts, pass } = tell(plan)
    pass(7, paused)
    pass(1)
    expect(acts).toEqual(['7 move 5'])
  })

  it('begin their time of quiet anew after a pause, and move nothing in it', () => {
    const { acts, pass } = tell(plan)
    pass(9)
    pass(5, paused)
    pass(12)
    expect(acts).toEqual(['0 move 5', '24 move 25'])
  })

  it('end with going back when the gateway alone has errors', () => {
    const { acts, pass, look } = tell(plan)
    pass(3)
    look(broken)
    expect(acts).toEqual(['0 move 5', '3 go-back'])
  })

  it('stop where there is nothing to take back', () => {
    expect(tell(plan).look(broken).kind).toBe('stopped')
  })

  it('end when somebody else moves the weights, and do not undo it', () => {
    const { acts, pass, look } = tell(plan)
    pass(2)
    expect(look(well, 0)).toEqual({ kind: 'moved-by-others', share: 0 })
    expect(acts).toEqual(['0 move 5', '2 moved-by-others'])
  })

  it('wait while what is live cannot be read', () => {
    const plain = advance(plan, begin(0), { nowMs: 0, share: undefined, verdict: well })
    expect(plain.act).toEqual({ kind: 'wait' })
  })

  it('say when the next is due', () => {
    const { pass, due } = tell(plan)
    expect(due()).toBeUndefined()
    pass(4)
    expect(due()).toBe(7 * minute)
  })

  it('are none when it only watches: it waits, follows what others move, and still goes back', () => {
    const { acts, pass, look, state } = tell({ steps: [], everyMs: 10 * minute })
    pass(60)
    look(well, 50)
    expect([acts, state().share]).toEqual([[], 50])
    look(broken)
    expect(acts).toEqual(['60 go-back'])
  })
})

describe('the access log beside the writer', () => {
  const line = (atMs: number, resourceIp: string) => ({
    atMs,
    resourceIp,
    endpointId: 'vpce-1',
    resource: `${resourceIp}:5432`,
  })
  const known = { addresses: ['10.0.1.10'], sinceMs: 100_000 }

  it.each([
    ['the writer', [line(300_000, '10.0.1.10')], known, 0],
    ['another address, though the writer had been there for a while', [line(300_000, '10.0.2.10')], known, 1],
    ['the old writer, told of late', [line(90_000, '10.0.2.10')], known, 0],
    ['the old writer, right after the move', [line(120_000, '10.0.2.10')], known, 0],
    ['another address, and where the writer is is not known', [line(300_000, '10.0.2.10')], undefined, 0],
  ])('shows a stray only where it is one: %s', (_, records, writer, strays) => {
    expect(findStrays(records, writer, 60_000)).toHaveLength(strays)
  })

  it('knows the writer from the first of the answers that agree', () => {
    const first = followWriter(undefined, ['10.0.1.10'], 1)
    expect(followWriter(first, ['10.0.1.10'], 5)).toEqual({ addresses: ['10.0.1.10'], sinceMs: 1 })
    expect(followWriter(first, ['10.0.2.10'], 5)).toEqual({ addresses: ['10.0.2.10'], sinceMs: 5 })
    expect(followWriter(first, undefined, 5)).toBeUndefined()
  })
})
