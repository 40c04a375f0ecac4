import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Finding, isAgainst } from '../../cli/checks/finding.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { appendStep, readRecord } from '../../cli/facts/migration-record.ts'
import { type LabWithCommand, openLab, recordedIn } from './standing-lab.ts'

/** `repoint migrate retire` to the very end, against a lab at stage gateway: each test goes on where the last one stopped. */
describe('repoint migrate retire', { timeout: 60_000 }, () => {
  let lab: LabWithCommand
  let record: string
  let passed: Awaited<ReturnType<typeof recordedIn>>
  beforeAll(async () => {
    lab = await openLab({ stage: 'gateway', speed: 100 })
    record = lab.settingsFile.replace(/\.json$/, '.migration.json')
    passed = await recordedIn(lab)
  }, 90_000)
  afterAll(() => lab?.close())

  const retire = (...args: readonly string[]) => lab.repoint('migrate', 'retire', '-d', 'orders', ...args)
  const settings = () => readFile(lab.settingsFile, 'utf8')
  const stages = async () => {
    const { databases, consumers } = JSON.parse(await settings()) as Record<string, { gateway: object }[]>
    return { database: databases?.[0]?.gateway, consumer: consumers?.[0]?.gateway }
  }
  const failedChecks = (stdout: string) =>
    (JSON.parse(stdout) as { findings: Finding[] }).findings.filter(isAgainst).map(({ check }) => check)
  /** A client that still has the path through the load balancer. */
  const comeThroughLoadBalancer = async () => {
    const detour = (lab.variables.REPOINT_CONNECT_TO ?? '').split(',').find(it => it.startsWith('10.1.1.40:5432='))
    const [host = '', port] = (detour?.split('=')[1] ?? '').split(':')
    const client = connect({ host, port: Number(port) })
    await once(client, 'connect')
    return client
  }

  it('is refused without a preflight and a drill in the record, and changes nothing', async () => {
    const before = await settings()

    const { code, stdout, stderr } = await retire('--apply')

    expect(code).toBe(exitCodes.refused)
    expect(stdout).toContain("orders: step 1 of 2, its consumers' path through the load balancer (analytics)")
    expect(stdout).toMatch(/ok +load-balancer-flows: Nobody comes through the load balancer/)
    expect(stderr).toContain('drill: The record has no drill to go by')
    expect(stderr).toContain('preflight: The record has no preflight of analytics to go by')
    expect(await settings()).toBe(before)
    expect(readRecord(record).steps.at(-1)).toMatchObject({ kind: 'retire', applied: false, outcome: 'refused' })
  })

  it('is refused while somebody is connected through the load balancer', async () => {
    await appendStep(record, passed('preflight'))
    await appendStep(record, passed('drill'))
    const client = await comeThroughLoadBalancer()

    const { code, stdout } = await retire('--json')
    client.destroy()

    expect(code).toBe(exitCodes.refused)
    expect(failedChecks(stdout)).toEqual(['endpoint-flows', 'load-balancer-flows'])
    expect(JSON.parse(stdout)).toMatchObject({ flows: { kind: 'known', value: { began: 1, open: 1 } } })
  })

  it('is refused when somebody came within the quiet time, and not before it', async () => {
    const last = await retire('--json')
    expect([last.code, failedChecks(last.stdout)]).toEqual([5, ['endpoint-flows', 'load-balancer-flows']])

    // By the wall clock, as the metrics' time stamps are; a slow machine is only quieter for longer.
    await new Promise(resolve => setTimeout(resolve, 2_500))

    const { code, stdout } = await retire('--quiet-for', '1s')

    expect(stdout).toContain('Nothing speaks against it. This was a dry run')
    expect(stdout).toContain('npx cdk deploy Repoint-consumer-analytics')
    expect(code).toBe(exitCodes.ok)
    expect((await stages()).consumer).toMatchObject({ stage: 'gateway' })
  })

  it('is refused where a metric must not be read, and names the permission', async () => {
    lab.cloud.api.faults.inject('monitoring:GetMetricData', { kind: 'access-denied' })

    const { code, stderr } = await retire('--quiet-for', '1s')

    expect(code).toBe(exitCodes.refused)
    expect(stderr).toContain('Allow cloudwatch:GetMetricData')
  })

  it('says retired of the consumers first, and nothing of the database', async () => {
    const { code, stdout } = await retire('--quiet-for', '1s', '--apply')

    expect(code).toBe(exitCodes.ok)
    expect(stdout).toContain('npx cdk deploy Repoint-consumer-analytics')
    const { consumer, database } = await stages()
    expect(consumer).toMatchObject({ stage: 'retired', from: 'gateway' })
    expect(database).toMatchObject({ stage: 'gateway' })
    expect(readRecord(record).steps.at(-1)).toMatchObject({
      kind: 'retire',
      consumer: 'analytics',
      applied: true,
      outcome: 'done',
      from: 'gateway',
      to: 'retired',
    })
  })

  it('keeps the provider until the interface endpoint is gone', async () => {
    const { code, stdout, stderr } = await retire('--quiet-for', '1s', '--apply', '--json')

    expect(code).toBe(exitCodes.refused)
    expect(JSON.parse(stdout)).toMatchObject({ step: 'provider', outcome: 'refused' })
    expect(failedChecks(stdout)).toEqual(['weights', 'connections'])
    expect(stderr).toContain('Deploy what the settings hold already: npx cdk deploy Repoint-consumer-analytics')
  })

  it('is refused for a consumer of another account, whom no settings here know', async () => {
    await lab.deploy()
    const connections = lab.cloud.resources.endpointServices[0]?.connections ?? []
    expect(connections).toEqual([])
    connections.push({ endpointId: 'vpce-0f0f0f0f0f0f0f0f0', owner: '444455556666', state: 'pendingAcceptance' })

    const { code, stderr } = await retire('--quiet-for', '1s', '--apply')
    connections.pop()

    expect(code).toBe(exitCodes.refused)
    expect(stderr).toContain('vpce-0f0f0f0f0f0f0f0f0 (pendingAcceptance, of account 444455556666)')
  })

  it('says retired of the database then, and nothing of the load balancer is left after its deployment', async () => {
    const { code, stdout } = await retire('--quiet-for', '1s', '--apply')
    expect([code, stdout.split('\n')[0]]).toEqual([exitCodes.ok, 'Deploy: npx cdk deploy Repoint-orders'])
    expect((await stages()).database).toMatchObject({ stage: 'retired', from: 'gateway' })

    const waiting = await retire()
    expect([waiting.code, waiting.stdout]).toEqual([
      exitCodes.ok,
      'The settings hold all of it; the load balancer of orders still stands. Deploy: npx cdk deploy Repoint-orders\n',
    ])
    await lab.deploy()

    expect(lab.cloud.hasFrontDoor()).toBe(false)
    expect(lab.cloud.resources.endpointServices).toEqual([])
    expect(lab.cloud.resources.vpcEndpoints.map(({ type }) => type)).toEqual(['Resource'])
    const done = await retire('--json')
    expect([done.code, JSON.parse(done.stdout)]).toMatchObject([
      exitCodes.ok,
      { step: 'done', outcome: 'nothing-to-do' },
    ])
  })
})
