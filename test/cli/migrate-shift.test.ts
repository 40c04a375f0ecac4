import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendStep, type MigrationRecord, readRecord } from '../../cli/facts/migration-record.ts'
import { type LabWithCommand, openLab, recordedIn } from './standing-lab.ts'

/** Processes against one lab at stage shadow, one after the other: each goes on where the one before stopped. */
describe('repoint migrate shift and rollback', { timeout: 90_000 }, () => {
  let lab: LabWithCommand
  let record: string
  let passed: Awaited<ReturnType<typeof recordedIn>>
  beforeAll(async () => {
    lab = await openLab({ stage: 'shadow', speed: 60 })
    record = lab.settingsFile.replace(/\.json$/, '.migration.json')
    passed = await recordedIn(lab)
  }, 120_000)
  afterAll(() => lab?.close())

  const weights = () => {
    const zone = lab.cloud.resources.hostedZones.find(({ records }) => (records ?? []).length > 1)
    const weightOf = (path: string) => zone?.records?.find(it => it.setIdentifier === `repoint-${path}`)?.weight
    return [weightOf('nlb'), weightOf('gateway')]
  }
  const gateway = async () => {
    const { consumers } = JSON.parse(await readFile(lab.settingsFile, 'utf8')) as { consumers: { gateway: unknown }[] }
    return consumers[0]?.gateway
  }
  const changes = () => lab.cloud.api.calls.filter(({ action }) => action === 'ChangeResourceRecordSets').length

  it('says what it would do, changes nothing, and is refused without preflight and verification', async () => {
    const { code, stdout, stderr } = await lab.repoint('migrate', 'shift', '25')
    expect([code, weights(), changes()]).toEqual([5, [100, 0], 0])
    expect(stdout).toContain('now   load balancer 100, gateway 0')
    expect(stdout).toContain('then  load balancer 75, gateway 25')
    expect(stderr).toContain('preflight: The record has no preflight of analytics to go by: there is none.')
    expect(stderr).not.toContain('gateway-path')
  })

  it('refuses a jump, also with --force', async () => {
    const { code, stderr } = await lab.repoint('migrate', 'shift', '100', '--apply', '--force')
    expect([code, weights()]).toEqual([5, [100, 0]])
    expect(stderr).toContain(
      'The consumer is at shadow, which does not lead to gateway but to one of nlb, shadow, shift',
    )
    expect(readRecord(record).steps.at(-1)).toMatchObject({ kind: 'shift', applied: false, outcome: 'refused' })
  })

  it("moves both weights, the settings and the clients' DNS once everything has passed", async () => {
    for (const kind of ['preflight', 'verify'] as const) await appendStep(record, passed(kind))
    const { code, stdout, stderr } = await lab.repoint('migrate', 'shift', '25', '--apply')
    expect(stderr).not.toContain('NOT SO')
    expect([code, weights(), changes()]).toEqual([0, [75, 25], 1])
    expect(stdout).toContain('npx cdk deploy Repoint-consumer-analytics')
    expect(await gateway()).toMatchObject({ stage: 'shift', from: 'shadow', percent: 25 })
    expect(readRecord(record).steps.at(-1)).toMatchObject({
      kind: 'shift',
      applied: true,
      outcome: 'done',
      percent: 25,
    })
  })

  it('has nothing to do a second time', async () => {
    const { code, stdout } = await lab.repoint('migrate', 'shift', '25', '--apply')
    expect([code, stdout, changes()]).toEqual([0, 'load balancer 75, gateway 25: nothing to do.\n', 1])
  })

  it('says so when the live weights are not those of the settings', async () => {
    const zone = lab.cloud.resources.hostedZones.find(({ records }) => (records ?? []).length > 1)
    for (const it of zone?.records ?? []) if (it.setIdentifier) it.weight = 50
    const { stderr } = await lab.repoint('migrate', 'shift', '30')
    expect(stderr).toContain('The live weights (load balancer 50, gateway 50) are not those of the settings')
  })

  it('takes all of it back at once, without asking anything that is slow first', async () => {
    const before = lab.cloud.api.calls.length
    const { code, stdout } = await lab.repoint('migrate', 'rollback', '--apply', '--json')
    expect([code, weights()]).toEqual([0, [100, 0]])
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'done', now: { nlb: 50, gateway: 50 } })
    const own = ['ListHostedZonesByVPC', 'DescribeVpcEndpoints', 'ListResourceRecordSets', 'ChangeResourceRecordSets']
    const made = lab.cloud.api.calls.slice(before).map(({ action }) => action)
    const until = made.slice(0, made.indexOf('ChangeResourceRecordSets') + 1)
    expect(until.filter(it => own.includes(it)).toSorted()).toEqual(own.toSorted())
    expect(until).not.toContain('Invoke')
    expect(await gateway()).toMatchObject({ stage: 'shadow' })
    expect(await gateway()).not.toHaveProperty('percent')
    expect(readRecord(record).steps.at(-1)).toMatchObject({ kind: 'rollback', outcome: 'done', percent: 0 })
  })

  it('leaves settings that can be deployed', async () => {
    await lab.deploy()
    expect(weights()).toEqual([100, 0])
  })

  it('goes on without what has not passed when it is forced, and the record says so', async () => {
    await appendStep(record, { ...passed('verify'), outcome: 'failed' })
    const { code, stderr } = await lab.repoint('migrate', 'shift', '5', '--apply', '--force')
    expect([code, weights()]).toEqual([0, [95, 5]])
    expect(stderr).toContain('warning: --force goes on although:')
    expect(readRecord(record).steps.at(-1)?.summary).toContain('forced without: verify')
    await lab.repoint('migrate', 'rollback', '--apply')
  })

  it('names the permission that is missing, and how the weights stand', async () => {
    lab.cloud.api.faults.inject('route53:ChangeResourceRecordSets', { kind: 'access-denied' })
    const { code, stderr } = await lab.repoint('migrate', 'shift', '5', '--apply', '--force')
    expect([code, weights()]).toEqual([10, [100, 0]])
    expect(stderr).toContain('Not allowed: route53:ChangeResourceRecordSets')
    expect(stderr).toContain('are: load balancer 100, gateway 0.')
  })

  it('interrupted after the write, says how the weights stand, and settings and record agree', async () => {
    const count = changes()
    const ended = await lab.repointWith({}, ['migrate', 'shift', '5', '--apply', '--force'], interrupt => {
      const wait = setInterval(() => {
        if (changes() === count) return
        clearInterval(wait)
        interrupt()
      }, 5)
    })
    // Where Route 53 was faster than the interruption there is nothing to interrupt.
    if (ended.code === 130) expect(ended.stderr).toContain('Interrupted after the weights were written')
    expect(weights()).toEqual([95, 5])
    expect(await gateway()).toMatchObject({ stage: 'shift', percent: 5 })
    expect(readRecord(record).steps.at(-1)).toMatchObject({ kind: 'shift', percent: 5, outcome: 'done' })
  })

  it('prints the record, and where it is', async () => {
    const { code, stdout } = await lab.repoint('migrate', 'record')
    expect(code).toBe(0)
    expect(stdout).toContain(`The record is ${record}.`)
    const shown = JSON.parse((await lab.repoint('migrate', 'record', '--since', '1h', '--json')).stdout) as {
      steps: MigrationRecord['steps']
    }
    expect(shown.steps).toEqual(readRecord(record).steps)
  })

  it.each(['101', '-1', '5.5', 'all'])('turns away a share of %s', async percent => {
    const { code } = await lab.repoint('migrate', 'shift', '--', percent)
    expect(code).toBe(2)
  })
})
