import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab()
}, 90_000)
afterAll(() => lab?.close())

describe('repoint history', { timeout: 120_000 }, () => {
  it('has the first registration and no failover at first', async () => {
    const { code, stdout } = await lab.repoint('history')

    expect(stdout).toMatch(/^orders {2}since .* UTC: 0 failovers, 0 repointed\n/)
    expect(stdout).toContain('repointed: first-registration (resync)\n  register 10.0.1.10:5432')
    expect(code).toBe(0)
  })

  it('shows a failover with the repoint that answered it, and after how long', async () => {
    await lab.cloud.database.failover()
    await lab.served()
    const { code, stdout } = await lab.repoint('history', '--since', '1h')

    expect(stdout).toContain('1 failover, 1 repointed')
    expect(stdout).toMatch(/\+0 ms {2}RDS {2}orders: Multi-AZ instance failover started\./)
    expect(stdout).toMatch(/\+[\d.]+ m?s {2}repointed {2}register 10\.0\.2\.20:5432.*\(woken by RDS-EVENT-0013\)/)
    expect(code).toBe(0)
  })

  it('gives the seconds as data', async () => {
    const { stdout } = await lab.repoint('history', '--json')
    const [{ incidents }] = JSON.parse(stdout)

    expect(incidents).toMatchObject([{ answer: { kind: 'repointed', wasDrift: false } }])
    expect(incidents[0].answer.registeredAfterMs).toBeGreaterThan(0)
  })

  it('shows one source where the other is refused, and says so', async () => {
    const { faults } = lab.cloud.api
    faults.inject('rds:DescribeEvents', { kind: 'access-denied' })
    const withoutRds = await lab.repoint('history')
    faults.clear()
    faults.inject('logs:FilterLogEvents', { kind: 'access-denied' })
    const withoutLog = await lab.repoint('history')
    faults.clear()

    expect([withoutRds.code, withoutLog.code]).toEqual([6, 6])
    expect(withoutRds.stdout).toMatch(
      /: failovers not known, 0 repointed\nnot read {2}RDS’s events: Not allowed: rds:DescribeEvents\./,
    )
    expect(withoutRds.stdout).toContain('repointed: failover-followed')
    expect(withoutLog.stdout).toMatch(/: 1 failover, repoints not known\nnot read {2}the function’s log: Not allowed/)
    expect(withoutLog.stdout).toContain('whether it was answered is not known')
  })

  it('is refused where neither may be read', async () => {
    const { faults } = lab.cloud.api
    faults.inject('rds:DescribeEvents', { kind: 'access-denied' })
    faults.inject('logs:FilterLogEvents', { kind: 'access-denied' })
    const { code, stdout, stderr } = await lab.repoint('history')
    faults.clear()

    expect([code, stdout]).toEqual([10, ''])
    expect(stderr).toContain(
      'orders has no history: Not allowed: rds:DescribeEvents. Not allowed: logs:FilterLogEvents.',
    )
  })

  it('of several databases reads their logs by one query, and a log that it did not search by itself', async () => {
    const settings = JSON.parse(await readFile(lab.settingsFile, 'utf8'))
    const [orders] = settings.databases
    const file = join(dirname(lab.settingsFile), 'two.json')
    const arn = orders.arn.replace('orders', 'payments')
    const endpoint = orders.endpoint.replace('orders', 'payments')
    await writeFile(
      file,
      JSON.stringify({ ...settings, databases: [orders, { ...orders, id: 'payments', arn, endpoint }] }),
    )
    const from = lab.cloud.api.calls.length
    const { code, stdout } = await lab.repoint('history', '--settings', file)
    const asked = lab.cloud.api.calls.slice(from).map(({ action }) => action)

    expect(asked.filter(action => action === 'StartQuery')).toHaveLength(1)
    expect(asked.filter(action => action === 'FilterLogEvents')).toHaveLength(1)
    expect(stdout).toContain('1 failover, 1 repointed')
    expect(stdout).toMatch(
      /payments {2}since[\s\S]*not read {2}the function’s log: The specified log group does not exist/,
    )
    expect(code).toBe(6)
  })

  it('of several databases reads each log where no query may be started, and says so', async () => {
    const { faults } = lab.cloud.api
    faults.inject('logs:StartQuery', { kind: 'access-denied' })
    const file = join(dirname(lab.settingsFile), 'two.json')
    const { stdout, stderr } = await lab.repoint('history', '--settings', file)
    faults.clear()

    expect(stdout).toContain('1 failover, 1 repointed')
    expect(stderr).toContain(
      'The logs of 2 functions are read one by one, which takes longer: Not allowed: logs:StartQuery.',
    )
  })

  it('reads no further back than RDS remembers', async () => {
    const { code, stderr } = await lab.repoint('history', '--since', '15d')

    expect(stderr).toContain('--since is at most 14d')
    expect(code).toBe(2)
  })
})
