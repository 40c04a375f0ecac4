import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '../../cli/exit-codes.ts'
import * as fixture from '../../lab/fixture.ts'
import { parseRecord } from '../../report/record.ts'
import { eventually, type LabWithCommand, openLab } from './standing-lab.ts'

/** What an operator of a database does that has only the gateway: the laboratory at `retired`. */

let lab: LabWithCommand
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-only-'))
  lab = await openLab({ stage: 'retired', speed: 40 })
}, 120_000)
afterAll(async () => {
  await lab?.close()
  await rm(folder, { recursive: true, force: true })
})

const drill = (...args: string[]) => lab.repoint('drill', '--ca', lab.caFile, '--steady', '2s', ...args)

const callsSince = (before: number, action: string): number =>
  lab.cloud.api.calls.slice(before).filter(call => call.action === action).length

describe('a database that has only the gateway', { timeout: 120_000 }, () => {
  it('is drilled through the endpoint, and the access log shows the old writer before and the new one after', async () => {
    const was = lab.cloud.writerIp()
    const file = join(folder, 'drill.json')
    const { code, stdout, stderr } = await drill(
      '--yes',
      '--force',
      '--record',
      file,
      '--report',
      join(folder, 'drill.html'),
    )
    const becomes = lab.cloud.writerIp()

    expect([code, stderr]).toEqual([exitCodes.ok, expect.stringContaining('how soon the gateway follows AWS does not')])
    expect(stdout).toContain(`the access log shows the old writer before the failover  (${was}; the writer was ${was})`)
    expect(stdout).toMatch(new RegExp(`after the failover {2}\\(${was} from .*, then ${becomes} from .*`))
    const record = parseRecord('the drill', await readFile(file, 'utf8'))
    expect(record.frontDoor).toMatchObject({ kind: 'resource-gateway', keeper: 'by itself' })
    expect(record.verdict.outcome).toBe('passed')
    expect(record.moments).toContainEqual(
      expect.objectContaining({ what: 'The gateway reaches another address', fields: { ip: becomes, from: was } }),
    )
    expect((await readdir(folder)).toSorted()).toEqual(expect.arrayContaining(['drill.html', 'drill.json']))
  })

  it('is checked for a drill without one', async () => {
    const { code, stdout } = await drill('--check')

    expect([code, stdout]).toEqual([exitCodes.ok, 'The checks allow a drill of orders.\n'])
  })

  it('is watched through a failover that somebody else causes', async () => {
    let isUnderWay = false
    const watching = lab.repointWith(
      {},
      ['drill', '--watch', '--ca', lab.caFile, '--steady', '2s', '--limit', '2m'],
      () => {
        isUnderWay = true
      },
    )
    await eventually(() => isUnderWay)
    const before = lab.cloud.api.calls.length
    // It asks RDS for events every 5 s; what counts as before has to be some seconds old, as the log has its own clock.
    await eventually(() => callsSince(before, 'DescribeEvents') >= 3, 60_000)
    await lab.cloud.database.failover()
    const { code, stdout } = await watching

    expect(stdout).toContain('kept     the access log shows the old writer before the failover')
    expect(stdout).toContain('kept     the access log shows the new writer after the failover')
    expect(code).toBe(exitCodes.ok)
  })

  it('is drilled by verify --drill as well, which records it and compares with nothing', async () => {
    const records = join(folder, 'verify')
    const { code, stdout } = await lab.repoint(
      ...[
        'migrate',
        'verify',
        '--drill',
        '--yes',
        '--ca',
        lab.caFile,
        '--steady',
        '2s',
        '--force',
        '--drill-records',
        records,
      ],
    )

    expect([code, stdout]).toEqual([exitCodes.ok, expect.stringContaining('PASSED  The drill on the path through')])
    expect(stdout).not.toContain('load balancer')
    expect((await readdir(records)).toSorted()).toEqual(['gateway.html', 'gateway.json'])
    const { steps } = JSON.parse(await readFile(lab.settingsFile.replace(/\.json$/, '.migration.json'), 'utf8'))
    expect(steps.at(-1)).toMatchObject({ kind: 'drill', outcome: 'passed', applied: true })
    expect(steps.at(-1).summary).toContain('One failover through the gateway (RebootDBInstance orders with failover)')
  })

  it('is not drilled where the access log shows nothing of a connection, and nothing is done', async () => {
    const groups = lab.cloud.resources.accessLogSubscriptions.splice(0)
    const { code, stderr } = await drill('--yes', '--log-wait', '1s')
    lab.cloud.resources.accessLogSubscriptions.push(...groups)

    expect(stderr).toContain('orders is not drilled, and nothing was done')
    expect(code).toBe(exitCodes.waiting)
  })

  it.each([
    [['--front-door', 'db.example.com:5432'], '--front-door: orders has only the gateway'],
    [['--write-table', 'repoint_drill'], '--write-table needs credentials'],
    [['--consumer', 'nobody'], 'There is no consumer nobody'],
  ])('a drill refuses %j', async (args, sentence) => {
    const { code, stderr } = await drill('--check', ...args)

    expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining(sentence)])
  })

  it('has a history of failovers that the gateway followed, and none that nobody answered', async () => {
    const { code, stdout } = await lab.repoint('history', '--since', '1h')

    expect(stdout).toMatch(/: \d failovers?, \d followed by the gateway\n/)
    expect(stdout).toMatch(/the gateway followed {2}new connections reach 10\.0\.\d\.\d0, before it 10\.0\./)
    expect(stdout).not.toContain('never answered')
    expect(code).toBe(exitCodes.ok)
  })

  it('has a history that says so where the access log may not be read, and is no success then', async () => {
    lab.cloud.api.faults.inject('logs:FilterLogEvents', { kind: 'access-denied' }, 20)
    const { code, stdout } = await lab.repoint('history', '--since', '1h')
    lab.cloud.api.faults.clear()

    expect(stdout).toContain('whether the gateway followed is not known: the gateway’s access log was not read')
    expect(code).toBe(exitCodes.findings)
  })

  it('is examined by doctor: the database, the gateway, and who judges the consumer', async () => {
    const { code, stdout } = await lab.repoint('doctor', '--json', '--client-keepalive', '60')
    const [{ findings }] = JSON.parse(stdout) as [{ findings: { check: string; severity: string; fact: string }[] }]

    const bySeverity = (severity: string) => findings.filter(it => it.severity === severity).map(({ check }) => check)
    expect(bySeverity('ok')).toEqual(
      expect.arrayContaining(['database-status', 'standby', 'gateway', 'access-log', 'security-group-database']),
    )
    expect(bySeverity('notice')).toEqual(['stage', 'consumer-side'])
    expect(findings.map(({ severity }) => severity)).not.toContain('problem')
    expect(code).toBe(exitCodes.ok)
  })

  it('has a problem for doctor where the gateway may not reach the database', async () => {
    const group = lab.cloud.resources.securityGroups.find(({ id }) => id === fixture.networkNames.databaseGroup)
    const incoming = group?.incoming.splice(0) ?? []
    const { code, stdout } = await lab.repoint('doctor')
    group?.incoming.push(...incoming)

    expect(stdout).toContain('security-group-database')
    expect(code).toBe(exitCodes.findings)
  })

  it('is watched by migrate watch, which waits for no load balancer', async () => {
    const { code, stdout, stderr } = await lab.repointWith(
      {},
      ['migrate', 'watch', '--probe', '0.1s', '--look', '0.3s'],
      interrupt => {
        const before = lab.cloud.api.calls.length
        // Each look reads the weights; its clients have to have worked several times in a row.
        eventually(() => callsSince(before, 'ListResourceRecordSets') >= 25, 50_000).then(interrupt, interrupt)
      },
    )

    expect(stderr).toContain('There is only the path through the gateway: it is watched, and nothing is moved.')
    expect(stdout).toMatch(/; gateway TCP .*ok.*; the path works\n/)
    expect(stdout).not.toContain('load balancer not probed')
    expect(code).toBe(exitCodes.ok)
  })
})
