import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writePause } from '../../cli/facts/pause-note.ts'
import { eventually, type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ speed: 200 })
}, 90_000)
afterAll(() => lab?.close())

const schedule = () => lab.cloud.wake.schedule
const rules = () => lab.cloud.wake.rules.map(({ isEnabled }) => isEnabled)

describe('repoint pause', { timeout: 30_000 }, () => {
  it('stops rules and schedule from acting, and status says why and until when', async () => {
    const before = { ...schedule() }
    const { code, stdout } = await lab.repoint('pause', '--reason', 'moving by hand, CHG-1', '--for', '2h')

    expect(stdout).toMatch(/^orders is paused until \d{4}-\d\d-\d\dT[\d:.]+Z: moving by hand, CHG-1\n/)
    expect(code).toBe(0)
    expect(rules()).toEqual([false])
    expect(schedule().target.Input).toBe('{"action":"plan"}')
    expect(schedule().endsAtMs).toBeGreaterThan(Date.now() + 7_100_000)

    const status = await lab.repoint('status')
    expect(status.stdout).toMatch(/pause +until .*, 1 h 59 min left, by lab-operator: moving by hand, CHG-1/)
    expect(status.stdout).toContain('rule repoint-orders-database-events: off')
    expect(status.code).toBe(4)

    const resync = await lab.repoint('resync')
    expect(resync.stderr).toMatch(
      /^repoint: orders is paused until .*: moving by hand, CHG-1\. `repoint resume -d orders` first/,
    )
    expect(resync.code).toBe(4)

    await lab.repoint('resume')
    expect(rules()).toEqual([true])
    expect(schedule()).toEqual(before)
  })

  it('leaves a failover alone while it lasts, and the writer is found after it', async () => {
    await lab.repoint('pause', '--reason', 'a drill', '--for', '1h')
    await lab.cloud.database.failover()
    const looks = lab.cloud.lambda.runs.length
    await eventually(() => lab.cloud.lambda.runs.length > looks + 1)

    expect(lab.cloud.targetGroup.describe().map(({ ip }) => ip)).toEqual(['10.0.1.10'])
    expect((await lab.repoint('plan')).code).toBe(4)

    await lab.repoint('resume')
    await lab.repoint('resync')
    expect(lab.cloud.targetGroup.describe().map(({ ip }) => ip)).toContain('10.0.2.20')
  })

  it('of several databases says of each whether it is paused, and goes on where one is not there or retired', async () => {
    const file = `${lab.settingsFile}.fleet.json`
    const { databases } = JSON.parse(readFileSync(lab.settingsFile, 'utf8'))
    const other = (id: string) => ({
      ...databases[0],
      arn: `arn:aws:rds:eu-west-1:111122223333:db:${id}`,
      endpoint: `${id}.cabc123def45.eu-west-1.rds.amazonaws.com`,
    })
    const gateway = { stage: 'retired', from: 'new', databaseSecurityGroupId: false }
    writeFileSync(file, JSON.stringify({ databases: [other('gone'), { ...other('away'), gateway }, databases[0]] }))
    const all = (...args: string[]) => lab.repointWith({ REPOINT_SETTINGS: file }, args)
    const paused = await all('pause', '--all', '--reason', 'work', '--for', '10m')
    const wereOn = rules()
    const resumed = await all('resume', '--all')
    rmSync(file)

    for (const { code, stderr } of [paused, resumed]) {
      expect(stderr).toContain('repoint: gone: It does not exist in eu-west-1:')
      expect(stderr).toContain('repoint: away: away is retired from the load balancer:')
      expect(code).toBe(11)
    }
    expect(paused.stdout).toMatch(/^orders is paused until .*: work\n/)
    expect(wereOn).toEqual([false])
    expect(resumed.stdout).toMatch(/^orders acts again\./)
    expect(rules()).toEqual([true])
  })

  it('is undone when a later call fails', async () => {
    const before = { ...schedule() }
    lab.cloud.api.faults.inject('events:DisableRule', { kind: 'access-denied' })
    const { code, stdout, stderr } = await lab.repoint('pause', '--reason', 'work', '--for', '10m')

    expect(stderr).toContain('repoint: Not allowed: events:DisableRule in eu-west-1.')
    expect([code, stdout]).toEqual([10, ''])
    expect(rules()).toEqual([true])
    expect(schedule()).toEqual(before)
  })

  it('that nobody has ended is said by status and by the alarm schedule-silent', async () => {
    const before = { ...schedule() }
    const untilMs = Date.now() - 60_000
    schedule().description = writePause({ reason: 'forgotten', untilMs, before: before.description })
    schedule().endsAtMs = untilMs
    const { code, stdout } = await lab.repoint('status')
    const isRinging = () =>
      lab.cloud.operations.alarms().some(({ name, state }) => name.endsWith('schedule-silent') && state === 'ALARM')
    await eventually(isRinging, 40_000)
    Object.assign(schedule(), before)

    expect(stdout).toMatch(/! .*The pause ended at .* and was not resumed\..*repoint resume --database orders/s)
    expect(code).toBe(6)
  }, 60_000)

  it.each([
    [['pause', '--for', '2h'], 'error: missing required --reason <text>'],
    [['pause', '--reason', 'x', '--for', 'soon'], 'Expected a duration such as 90s, 30m, 2h, 1h30m or 7d.'],
    [
      ['pause', '--reason', 'x', '--for', '30d'],
      '--for is at most 14 d 0 h. For longer, put "policies": ["paused"] into',
    ],
    [['pause', '--reason', '  ', '--for', '2h'], '--reason needs a text of 1 to 200 characters.'],
  ])('takes no %j', async (args, complaint) => {
    const { code, stderr } = await lab.repoint(...args)

    expect(stderr).toContain(complaint)
    expect(code).toBe(2)
    expect(rules()).toEqual([true])
  })
})
