import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { delays } from '../../lab/delays.ts'
import { extractRecord } from '../../report/page/frame.ts'
import { parseRecord } from '../../report/record.ts'
import { eventually, type LabWithCommand, openLab } from './standing-lab.ts'

/** Processes against one lab, one after the other: each leaves it in sync for the next. */
describe('repoint drill', { timeout: 90_000 }, () => {
  let lab: LabWithCommand
  let folder: string
  beforeAll(async () => {
    lab = await openLab({ speed: 60 })
    await lab.served()
    folder = await mkdtemp(join(tmpdir(), 'drill-'))
  }, 90_000)
  afterAll(async () => {
    await lab?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const credentials = { REPOINT_SQL_USER: 'postgres' }
  const quick = ['--yes', '--every', '0.1s', '--steady', '0.5s', '--limit', '40s']
  const named = ['--tls', 'off', '--front-door', '10.0.1.5:5432']

  it('says with --check what it would do, and does nothing', async () => {
    const { code, stdout, stderr } = await lab.repoint('drill', '--check')
    expect([code, stdout]).toEqual([0, 'The checks allow a drill of orders.\n'])
    expect(stderr).toContain('reboots orders with failover (rds:RebootDBInstance, ForceFailover)')
    expect(stderr).toContain('It costs an outage')
    expect(lab.cloud.api.calls.some(({ action }) => action === 'RebootDBInstance')).toBe(false)
  })

  it('asks where somebody can answer, and does nothing where nobody can', async () => {
    const { code, stderr } = await lab.repoint('drill')
    expect([code, lab.cloud.api.calls.some(({ action }) => action === 'RebootDBInstance')]).toEqual([2, false])
    expect(stderr).toContain('There is no terminal to confirm that orders may be failed over: pass --yes')
  })

  it('turns away what it cannot do', async () => {
    const cases: [string[], string][] = [
      [['--to', 'orders-2'], '--to names a member of a cluster'],
      [['--write-table', 'drill'], '--write-table needs credentials'],
      [['--write-table', 'x; drop table y'], 'is no plain name'],
      [['--every', '0.01s'], '--every is at least 0.05 s'],
      [['--tls', 'maybe'], 'Allowed choices are verify-full, no-verify, off'],
      [['--front-door', 'nowhere'], 'Expected HOST:PORT'],
    ]
    const ended = await Promise.all(cases.map(([args]) => lab.repoint('drill', '--check', ...args)))
    expect(ended.map(({ code }) => code)).toEqual(cases.map(() => 2))
    for (const [index, [, complaint]] of cases.entries()) expect(ended[index]?.stderr).toContain(complaint)
  })

  it('warns when nothing proves that the password goes to the database', async () => {
    const { stderr } = await lab.repointWith(credentials, ['drill', '--check', '--tls', 'off'])
    expect(stderr).toContain('warning: --tls off: the server that answers at')
    expect(stderr).toContain('SQL goes through the front door only where you name it with --front-door')
  })

  it('does nothing without the permission, and names it', async () => {
    lab.cloud.api.faults.inject('rds:RebootDBInstance', { kind: 'access-denied' })
    const { code, stdout, stderr } = await lab.repoint('drill', ...quick)
    expect([code, stdout]).toEqual([10, ''])
    expect(stderr).toContain('Not allowed: rds:RebootDBInstance in eu-west-1.')
    expect(lab.cloud.writerIp()).toBe('10.0.1.10')
  })

  it('fails the database over, times it as clients see it, and leaves a record and its page', async () => {
    const [record, report] = [join(folder, 'drill.json'), join(folder, 'drill.html')]
    const files = ['--record', record, '--report', report]
    const table = ['--write-table', 'repoint_drill', '--create-table']
    const ended = await lab.repointWith(credentials, ['drill', '--json', ...quick, ...named, ...table, ...files])
    expect(ended.stderr).toContain('ok      alarms: No alarm of the stack is in alarm.')
    const shown = parseRecord('stdout', ended.stdout)
    const lines = ended.stderr.split('\n').filter(line => /^\d\d:\d\d:\d\d/.test(line))
    // No initial state is news, and each line has its own time, whenever it was read.
    for (const line of lines)
      expect(line).toMatch(/^\d\d:\d\d:\d\d +([+-][\d.]+ s)? +(rds|dns|event|function|targets|client) +\S/)
    expect(ended.stderr).not.toMatch(/[{}]|it was not registered\.\n.*RebootDBInstance/s)
    expect(lines[0]).toContain('RebootDBInstance orders with failover')
    const offset = (part: string) => Number(/([+-][\d.]+) s/.exec(lines.find(line => line.includes(part)) ?? '')?.[1])
    expect(offset('Multi-AZ instance failover started.')).toBeLessThan(offset('Multi-AZ instance failover completed.'))
    expect(ended.stderr).toMatch(/client +TCP, a new connection each time: down, .*\n/)
    expect(ended.stderr).toMatch(/client +TCP, a new connection each time: works again after [\d.]+ s\./)
    expect(shown.verdict.checks.filter(({ holds }) => !holds)).toEqual([])
    expect([ended.code, shown.verdict.outcome]).toEqual([0, 'passed'])
    // What was drilled here is no evidence of AWS, and its times are those that AWS would have taken.
    expect([shown.kind, shown.speed]).toEqual(['rehearsal', lab.cloud.time.speed])
    expect(shown.notes.join(' ')).toContain('laboratory evidence')
    const flipMs = shown.milestones.find(({ name }) => name === 'dns-changed')?.atMs ?? 0
    expect(flipMs).toBeGreaterThan(delays.multiAzDnsFlip.value / 2)
    expect(shown.probes.map(({ path, id }) => `${path} ${id}`)).toEqual([
      'front-door tcp',
      'front-door sql-fresh',
      'front-door sql-kept',
      'database tcp',
      'database sql-fresh',
    ])
    for (const { outages } of shown.probes) expect(outages.length).toBeGreaterThan(0)
    expect(shown.milestones.map(({ name }) => name)).toEqual([
      'writer-ready',
      'dns-changed',
      'registered',
      'healthy',
      'client-works',
    ])
    const told = shown.moments.map(({ what }) => what)
    expect(told).toContain('Multi-AZ instance failover completed.')
    expect(shown.reports.map(({ reason }) => reason)).toContain('failover-followed')
    expect(parseRecord(record, await readFile(record, 'utf8'))).toEqual(shown)
    expect(parseRecord(report, extractRecord(await readFile(report, 'utf8')) ?? '')).toEqual(shown)
    const rows = await lab.cloud.storage.rows.query<{ rows: number }>('SELECT count(*)::int AS rows FROM repoint_drill')
    expect(rows).toEqual([{ rows: 0 }])
  })

  it('stops probing on Ctrl-C, says how things stand, and the failover goes on', async () => {
    await lab.served()
    const before = lab.cloud.writerIp()
    const record = join(folder, 'interrupted.json')
    const ended = await lab.repointWith({}, ['drill', ...quick, '--record', record], interrupt => {
      const wait = setInterval(() => {
        const isCaused =
          lab.cloud.api.calls.filter(({ action, status }) => action === 'RebootDBInstance' && status === 200).length ===
          2
        if (!isCaused) return
        clearInterval(wait)
        interrupt()
      }, 20)
    })
    expect(ended.code).toBe(130)
    expect(ended.stderr).toContain('Interrupted: probing has stopped. RDS reports orders as ')
    expect(parseRecord(record, await readFile(record, 'utf8')).verdict.outcome).toBe('interrupted')
    await lab.served()
    expect(lab.cloud.writerIp()).not.toBe(before)
  })

  it('watches what somebody else causes', async () => {
    await lab.served()
    const looks = () => lab.cloud.api.calls.filter(({ action }) => action === 'DescribeEvents').length
    const before = looks()
    const watching = lab.repointWith({}, ['drill', '--watch', '--json', ...quick])
    // It has seen the database as it was.
    await eventually(() => looks() > before, 60_000)
    void lab.cloud.database.failover().catch(() => undefined)
    const { code, stdout } = await watching
    const record = parseRecord('stdout', stdout)
    expect([code, record.cause, record.verdict.outcome]).toEqual([0, 'Watched, not caused', 'passed'])
    expect(record.beganMs).toBeLessThan(0)
  })

  it('refuses while Repoint is paused, and says the remedy', async () => {
    await lab.served()
    await lab.repoint('pause', '--reason', 'moving house', '--for', '1h')
    const { code, stdout, stderr } = await lab.repoint('drill', '--yes', '--json')
    expect([code, (JSON.parse(stdout) as { outcome: string }).outcome]).toEqual([5, 'refused'])
    expect(stderr).toContain('orders is not drilled, and nothing was done:')
    expect(stderr).toContain('not-paused: Repoint is paused: moving house. `repoint resume -d orders`')
    await lab.repoint('resume')
  })
})
