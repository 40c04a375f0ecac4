import { describe, expect, it } from 'vitest'
import type { Health } from '../../cli/checks/path-health.ts'
import { AttemptError } from '../../cli/facts/client/errors.ts'
import { balancerQueries, endpointQueries } from '../../cli/facts/flows.ts'
import { known } from '../../cli/facts/gathered.ts'
import { countTraffic } from '../../cli/facts/path-traffic.ts'
import type { Mover } from '../../cli/migrate/open.ts'
import { editGateway } from '../../cli/migrate/shift/edit-settings.ts'
import type { Move, Moved, moveWeights } from '../../cli/migrate/shift/move.ts'
import { changeBatch } from '../../cli/migrate/shift/write-weights.ts'
import { moveWatched } from '../../cli/migrate/watch/move-watched.ts'
import { countRuns, whyNotGuarded } from '../../cli/migrate/watch/probes.ts'
import { weightsOfShare } from '../../infra/app/settings/stage-weights.ts'
import { database, settingsWith } from './migrate-facts.ts'

const name = 'orders.abc.eu-west-1.rds.amazonaws.com'
const record = (path: 'nlb' | 'gateway', weight: number) => ({
  Name: `${name}.`,
  Type: 'A' as const,
  SetIdentifier: `repoint-${path}`,
  Weight: weight,
  AliasTarget: { DNSName: `${path}.example.`, HostedZoneId: 'Z1', EvaluateTargetHealth: false },
})

describe('the change of the weights', () => {
  const records = { zoneId: 'Z0', name, nlb: record('nlb', 100), gateway: record('gateway', 0) }

  it('is both records in one batch, with nothing but their weights changed', () => {
    expect(changeBatch(records, weightsOfShare(25))).toEqual({
      Comment: 'repoint: 25 % through the gateway',
      Changes: [
        { Action: 'DELETE', ResourceRecordSet: record('nlb', 100) },
        { Action: 'DELETE', ResourceRecordSet: record('gateway', 0) },
        { Action: 'CREATE', ResourceRecordSet: record('nlb', 75) },
        { Action: 'CREATE', ResourceRecordSet: record('gateway', 25) },
      ],
    })
  })

  it('is without condition where it goes back', () => {
    expect(changeBatch(records, weightsOfShare(0)).Changes).toEqual([
      { Action: 'UPSERT', ResourceRecordSet: record('nlb', 100) },
      { Action: 'UPSERT', ResourceRecordSet: record('gateway', 0) },
    ])
  })

  it.each(['nlb', 'gateway'] as const)('is none where the record repoint-%s is missing', path => {
    const { [path]: _, ...rest } = records
    expect(() => changeBatch(rest, weightsOfShare(25))).toThrow(`has no record repoint-${path}`)
  })
})

describe('the edit of the settings', () => {
  const text = `{
    "databases": [],
    "consumers": [
        { "name": "reports", "gateway": { "stage": "shadow", "from": "nlb" } },
        {
            "name": "analytics", "vpcId":   "vpc-1",
            "gateway": { "from": "nlb", "stage": "shadow", "resourceConfigurationArn": "arn" }
        }
    ]
}
`
  const entry = { list: 'consumers', name: 'analytics' } as const
  const shifted = editGateway(text, entry, { stage: 'shift', from: 'shadow', percent: 25 })

  it('changes one consumer, and neither order nor spaces of anything else', () => {
    expect(JSON.parse(shifted).consumers).toEqual([
      { name: 'reports', gateway: { stage: 'shadow', from: 'nlb' } },
      {
        name: 'analytics',
        vpcId: 'vpc-1',
        gateway: { from: 'shadow', stage: 'shift', resourceConfigurationArn: 'arn', percent: 25 },
      },
    ])
    const isOwn = (line: string) => /"gateway"|"from"|"stage"|"percent"|"resourceConfigurationArn"/.test(line)
    const others = (of: string) => of.split('\n').filter(line => !isOwn(line) && line.trim() !== '}')
    expect(others(shifted)).toEqual(others(text))
    expect(shifted).toContain('"name": "analytics", "vpcId":   "vpc-1",')
  })

  it('takes the percentage away with the stage that has one', () => {
    const back = editGateway(shifted, entry, { stage: 'shadow', from: 'nlb' })
    expect(JSON.parse(back)).toEqual(JSON.parse(text))
  })

  it('says so where the consumer is gone', () => {
    expect(() => editGateway(text, { list: 'consumers', name: 'nobody' }, { stage: 'shadow', from: 'nlb' })).toThrow(
      'no entry',
    )
  })
})

describe('flows', () => {
  it('are asked for under the dimensions that AWS publishes', () => {
    const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/0123456789abcdef'
    expect(balancerQueries(arn)[0]?.dimensions).toEqual({ LoadBalancer: 'net/orders/0123456789abcdef' })
    const path = { endpointId: 'vpce-1', vpcId: 'vpc-1' }
    expect(endpointQueries(path, { prefix: 'own', service: 'svc' })[0]?.dimensions).toEqual({
      'Endpoint Type': 'Interface',
      'Service Name': 'svc',
      'VPC Endpoint Id': 'vpce-1',
      'VPC Id': 'vpc-1',
    })
  })

  const points = (values: Record<string, number[]>) =>
    known(new Map(Object.entries(values).map(([id, all]) => [id, all.map((value, index) => ({ atMs: index, value }))])))

  it("are those of the newest minute, and the consumer's own endpoint says more than the load balancer", () => {
    const { paths } = countTraffic(
      points({ nlbNew: [90, 80], nlbActive: [40], nlbTargetResets: [1], nlbOwnResets: [2] }),
      points({ nlbNew: [7, 5], gatewayNew: [3], gatewayResets: [12] }),
    )
    expect(paths).toEqual({ nlb: { newPerMinute: 5, active: 40, resets: 3 }, gateway: { newPerMinute: 3, resets: 12 } })
  })

  it('that nobody counts are said to be missing, and are not zero', () => {
    const { paths, missing } = countTraffic(points({}), points({}))
    expect(paths).toEqual({ nlb: {}, gateway: {} })
    expect(missing).toEqual([expect.stringContaining('UNCONFIRMED')])
  })

  it('that may not be read name the permission', () => {
    const why = 'Not allowed: cloudwatch:GetMetricData.'
    expect(countTraffic({ kind: 'unknown', why }, points({ gatewayNew: [1] })).missing).toEqual([why])
  })
})

describe('a client of our own', () => {
  it('counts in a row, and what was under way at the end counts for nothing', async () => {
    const ending = new AbortController()
    const answers = [true, false, false, true, false]
    let nowMs = 0
    const { attempt, run } = countRuns(
      'TCP',
      async () => {
        if (!answers.shift()) throw new AttemptError('timeout', 'no answer')
      },
      { signal: ending.signal, windowMs: 1_000, now: () => nowMs },
    )
    for (let round = 0; round < 3; round++) await attempt().catch(() => undefined)
    expect(run()).toMatchObject({ attempts: 3, failures: 2, failedInRow: 2, workedInRow: 0, lastError: 'timeout' })
    await attempt().catch(() => undefined)
    expect(run()).toMatchObject({ attempts: 4, failedInRow: 0, workedInRow: 1, recent: { attempts: 4, failures: 2 } })
    nowMs = 1_000
    expect(run()).toMatchObject({ attempts: 4, recent: { attempts: 0, failures: 0 } })
    ending.abort()
    await attempt().catch(() => undefined)
    expect(run()).toMatchObject({ attempts: 4, failures: 2 })
  })
})

describe('a step forward', () => {
  const run = (failedInRow: number, workedInRow: number) => ({
    name: 'TCP',
    attempts: 9,
    failures: failedInRow,
    failedInRow,
    workedInRow,
    recent: { attempts: 9, failures: failedInRow },
  })
  const sound: Health = {
    paths: ['nlb', 'gateway'],
    runs: { nlb: [run(0, 9)], gateway: [run(0, 9)], name: [] },
    resets: {},
    strays: [],
  }
  const broken: Health = { ...sound, runs: { nlb: [run(0, 9)], gateway: [run(5, 0)], name: [] } }
  const move = { percent: 25 } as Move
  const limits = { failures: 5, budget: 10, windowMs: 120_000, resets: 10 }
  /** Route 53 that never has it everywhere. */
  const waitingForEver: typeof moveWeights = ({ context: { signal } }, { onWritten }) => {
    const { promise, reject } = Promise.withResolvers<Moved>()
    signal.addEventListener('abort', () => reject(signal.reason))
    onWritten?.()
    return promise
  }
  const watching = (health: Health, signal: AbortSignal) => ({
    migration: { context: { signal } } as Mover,
    glance: () => health,
    glanceEveryMs: 1,
    limits,
  })

  it('does not wait for Route 53 when the path through the gateway breaks meanwhile', async () => {
    const notes = await moveWatched(watching(broken, new AbortController().signal), move, waitingForEver)
    expect(notes).toEqual(['The wait for Route 53 was cut short.'])
  })

  it('is still ended by Ctrl-C', async () => {
    const ending = new AbortController()
    const moving = moveWatched(watching(sound, ending.signal), move, waitingForEver)
    ending.abort(new Error('enough'))
    await expect(moving).rejects.toThrow('enough')
  })

  it('that was not written is not taken for one that was', async () => {
    const refused: typeof moveWeights = async () => {
      throw new Error('not allowed')
    }
    await expect(moveWatched(watching(broken, new AbortController().signal), move, refused)).rejects.toThrow(
      'not allowed',
    )
  })
})

describe('what a watch can see', () => {
  const paths = [{ path: 'nlb' }, { path: 'gateway' }] as unknown as Parameters<typeof whyNotGuarded>[0]['paths']
  const mysql = settingsWith({ engine: 'mysql' }).database

  it('is nothing of MySQL without a login, which is said instead of waiting for ever', () => {
    expect(whyNotGuarded({ paths, database: mysql })).toContain('without a login no path is probed')
    expect(whyNotGuarded({ paths, database: mysql, sql: {} as never })).toBeUndefined()
    expect(whyNotGuarded({ paths, database })).toBeUndefined()
  })

  it.each([
    [0, 'no path through the gateway to watch'],
    [1, 'no path through the load balancer to go back to'],
  ])('is not enough with one path alone', (index, why) => {
    expect(whyNotGuarded({ paths: paths.filter((_, it) => it === index), database })).toContain(why)
  })
})
