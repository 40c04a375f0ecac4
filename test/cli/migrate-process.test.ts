import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exitCodes } from '../../cli/exit-codes.ts'
import { type Api, startApi } from '../../lab/api/api-server.ts'
import * as fixture from '../../lab/fixture.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { manualTime } from '../lab/manual-time.ts'
import { type Ended, runProcess } from './doctor-lab.ts'
import { anAccount, lambda, resources, settingsText } from './migrate-account.ts'

/** `repoint migrate plan` and `preflight` as processes, over the lab's API. */

const folder = mkdtempSync(join(tmpdir(), 'repoint-migrate-'))
const settings = join(folder, 'repoint.json')
const record = join(folder, 'repoint.migration.json')
const time = manualTime()
const around = resources()
let api: Api

beforeAll(async () => {
  writeFileSync(settings, settingsText)
  api = await startApi({
    account: anAccount(around),
    time,
    timeline: startTimeline(time),
    services: { lambda },
  })
})
// The account's request rates recover.
beforeEach(() => time.advance(60_000))
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true, force: true })
})

const migrate = (...args: readonly string[]): Promise<Ended> =>
  runProcess(['migrate', ...args], {
    AWS_ENDPOINT_URL: api.url,
    AWS_REGION: fixture.region,
    AWS_ACCESS_KEY_ID: fixture.operatorKey,
    AWS_SECRET_ACCESS_KEY: 'lab',
    REPOINT_SETTINGS: settings,
  })

const weigh = (nlb: number, gateway: number) => {
  const [first, second] = around.hostedZones[0]?.records ?? []
  if (first === undefined || second === undefined) throw new Error('no records')
  Object.assign(first, { weight: nlb })
  Object.assign(second, { weight: gateway })
}

describe('repoint migrate plan', { timeout: 30_000 }, () => {
  it('shows both sides and the next stage, and exits with 0', async () => {
    weigh(100, 0)

    const { code, stdout, stderr } = await migrate('plan', '-d', 'orders', '--consumer', 'analytics')

    expect({ code, stderr }).toEqual({ code: exitCodes.ok, stderr: '' })
    expect(stdout).toContain('consumer  shadow   weights: 100 load balancer, 0 gateway')
    expect(stdout).toContain('Next: shift (from shadow)')
    expect(stdout).toContain('repoint migrate shift 5 --apply -d orders --consumer analytics')
  })

  it('needs neither -d nor --consumer where there is one of each', async () => {
    weigh(100, 0)

    const { code, stdout } = await migrate('plan', '--json')

    expect(code).toBe(exitCodes.ok)
    expect(JSON.parse(stdout)).toMatchObject({
      database: 'orders',
      consumer: 'analytics',
      provider: { kind: 'at', stage: 'shadow' },
      next: { kind: 'stage', from: 'shadow', to: 'shift' },
    })
  })

  it('refuses a stage that cannot be next, with the reason', async () => {
    weigh(100, 0)

    const { code, stdout } = await migrate('plan', '--to', 'retired')

    expect(code).toBe(exitCodes.refused)
    expect(stdout).toContain('retired is refused  from shadow')
    expect(stdout).toContain('all traffic has to have been on the gateway before')
  })

  it('tells that weights were moved by hand, and exits with 6', async () => {
    weigh(80, 20)

    const { code, stdout } = await migrate('plan')

    expect(code).toBe(exitCodes.findings)
    expect(stdout).toContain('! drift')
    expect(stdout).toContain('"stage": "shift", "from": "shift", "percent": 20')
  })

  it.each([
    [['plan', '--to', 'nowhere'], 'Allowed choices are nlb, shadow'],
    [['plan', '--gb-per-month', 'many'], '--gb-per-month many is not a number of gigabytes'],
    [['plan', '--consumer', 'nobody'], 'There is no consumer nobody in'],
    [['preflight', '--client-keepalive', '0'], '--client-keepalive 0 is not a whole number'],
    [
      ['preflight', '--secret', 'orders/admin'],
      '--secret: the accounts of MySQL and MariaDB are read with them, and orders is aurora-postgresql.',
    ],
  ])('%j ends with one sentence and the code of a wrong command line', async (args, sentence) => {
    const { code, stdout, stderr } = await migrate(...args)

    expect({ code, stdout }).toEqual({ code: exitCodes.usage, stdout: '' })
    expect(stderr).toContain(sentence)
  })
})

describe('repoint migrate preflight', { timeout: 30_000 }, () => {
  const steps = () => (JSON.parse(readFileSync(record, 'utf8')) as { steps: readonly object[] }).steps

  it('finds no problem with a sound fixture, and records that it passed', async () => {
    weigh(100, 0)

    const { code, stdout, stderr } = await migrate('preflight', '--client-keepalive', '60')

    expect({ code, stderr }).toEqual({ code: exitCodes.ok, stderr: `Recorded in ${record}\n` })
    expect(stdout).toContain('No problem found')
    expect(steps().at(-1)).toMatchObject({
      kind: 'preflight',
      outcome: 'passed',
      applied: false,
      database: 'orders',
      consumer: 'analytics',
    })
  })

  it('says what is broken with its remedy, exits with 6, and records that it failed', async () => {
    weigh(100, 0)
    const [vpc] = around.vpcs.filter(({ id }) => id === 'vpc-0c0a5ade000000001')
    if (vpc === undefined) throw new Error('no VPC')
    vpc.hasDnsHostnames = false

    const { code, stdout } = await migrate('preflight', '--json')
    vpc.hasDnsHostnames = true

    const result = JSON.parse(stdout) as { findings: readonly { check: string; severity: string }[] }
    expect(code).toBe(exitCodes.findings)
    expect(result).toMatchObject({ outcome: 'failed', counts: { problem: 1 } })
    expect(result.findings.filter(it => it.severity === 'problem')).toMatchObject([{ check: 'vpc-dns' }])
    expect(steps().at(-1)).toMatchObject({ kind: 'preflight', outcome: 'failed', summary: '1 problem: vpc-dns.' })
  })

  it('leaves the record as it is with --no-record', async () => {
    const before = steps().length

    await migrate('preflight', '--no-record')

    expect(steps()).toHaveLength(before)
  })
})

describe('repoint migrate rollback', { timeout: 60_000 }, () => {
  it('takes all consumers back with --all, and one that is refused keeps no other from going back', async () => {
    weigh(50, 50)
    const [zone] = around.hostedZones
    const [vpc] = around.vpcs
    if (zone === undefined || vpc === undefined) throw new Error('no zone, or no VPC')
    around.vpcs.push({ ...vpc, id: 'vpc-0c0a5ade000000002' }, { ...vpc, id: 'vpc-0c0a5ade000000003' })
    const second = { ...structuredClone(zone), id: 'Z0REPORTS', vpcIds: ['vpc-0c0a5ade000000002'] }
    around.hostedZones.push(second)
    const endpoints = around.vpcEndpoints.map(it => ({ ...it, id: `${it.id}-2`, vpcId: 'vpc-0c0a5ade000000002' }))
    around.vpcEndpoints.push(...endpoints)
    const text = JSON.parse(settingsText)
    const [analytics] = text.consumers
    const gateway = { ...analytics.gateway, stage: 'shift', from: 'shadow', percent: 50 }
    const named = (name: string, vpcId: string = analytics.vpcId) => ({ ...analytics, name, vpcId, gateway })
    const consumers = [
      named('analytics'),
      named('nowhere', 'vpc-0c0a5ade000000003'),
      named('reports', 'vpc-0c0a5ade000000002'),
    ]
    const file = join(folder, 'several.json')
    writeFileSync(file, JSON.stringify({ ...text, consumers }))

    const which = await migrate('rollback', '--apply', '--settings', file)
    const { code, stderr } = await migrate('rollback', '--all', '--apply', '--settings', file)
    around.hostedZones.pop()
    around.vpcs.splice(-2)
    around.vpcEndpoints.splice(-endpoints.length)

    expect([which.code, which.stderr]).toEqual([exitCodes.usage, expect.stringContaining('Several consumers')])
    expect(code).toBe(exitCodes.notFound)
    expect(stderr).toContain('nowhere: The VPC vpc-0c0a5ade000000003 sees no hosted zone')
    const weightsOf = ({ records }: typeof zone) => records?.map(({ weight }) => weight)
    expect([zone, second].map(weightsOf)).toEqual([
      [100, 0],
      [100, 0],
    ])
    const said = (JSON.parse(readFileSync(file, 'utf8')) as typeof text).consumers
    expect(said.map((it: typeof analytics) => [it.name, it.gateway.stage])).toEqual([
      ['analytics', 'shadow'],
      ['nowhere', 'shift'],
      ['reports', 'shadow'],
    ])
  })
})
