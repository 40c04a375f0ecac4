import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MigrationRecord, readRecord } from '../../cli/facts/migration-record.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'

/** What a move leaves when somebody's hand, a missing permission or Ctrl-C comes between. */
describe('weights and settings that differ', { timeout: 90_000 }, () => {
  let lab: LabWithCommand
  let written = ''
  beforeAll(async () => {
    lab = await openLab({ stage: 'shadow', speed: 60 })
    written = await readFile(lab.settingsFile, 'utf8')
  }, 120_000)
  afterAll(() => lab?.close())

  const records = () => {
    const zone = lab.cloud.resources.hostedZones.find(({ records: all }) => (all ?? []).length > 1)
    if (zone?.records === undefined) throw new Error('no zone')
    return zone.records
  }
  const weights = () =>
    ['nlb', 'gateway'].map(path => records().find(it => it.setIdentifier === `repoint-${path}`)?.weight)
  const setWeights = (gateway: number) => {
    for (const it of records()) it.weight = it.setIdentifier === 'repoint-nlb' ? 100 - gateway : gateway
  }
  const saidOf = (text: string) => (JSON.parse(text) as { consumers: { gateway: object }[] }).consumers[0]?.gateway
  const said = async () => saidOf(await readFile(lab.settingsFile, 'utf8'))
  const say = async (gateway: object) => {
    const all = JSON.parse(written) as { consumers: { gateway: object }[] }
    for (const it of all.consumers) it.gateway = { ...it.gateway, ...gateway }
    await writeFile(lab.settingsFile, JSON.stringify(all, null, 2))
  }
  const lastStep = (): MigrationRecord['steps'][number] | undefined =>
    readRecord(lab.settingsFile.replace(/\.json$/, '.migration.json')).steps.at(-1)
  const changes = () => lab.cloud.api.calls.filter(({ action }) => action === 'ChangeResourceRecordSets').length

  beforeEach(async () => {
    await writeFile(lab.settingsFile, written)
    setWeights(0)
  })
  afterEach(() => lab.cloud.api.faults.clear())

  it('after a rollback by hand are one again with rollback --apply, and a deployment moves nothing', async () => {
    await say({ stage: 'shift', from: 'shadow', percent: 25 })

    const dry = await lab.repoint('migrate', 'rollback')
    expect(dry.stderr).toContain('A deployment would send 25 % of new connections through the gateway')
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('--apply puts the settings right')])
    expect(await said()).toMatchObject({ stage: 'shift', percent: 25 })

    const { code, stdout } = await lab.repoint('migrate', 'rollback', '--apply', '--json')
    expect([code, changes()]).toEqual([0, 0])
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'settings-repaired', frontDoor: { kind: 'known' } })
    expect(await said()).toMatchObject({ stage: 'shadow', from: 'shift' })
    expect(lastStep()).toMatchObject({ kind: 'rollback', applied: true, outcome: 'done', percent: 0 })

    await lab.deploy()
    expect(weights()).toEqual([100, 0])
  })

  it('are taken back, whatever else is in the file and while AWS is busy, and the AWS command is told', async () => {
    setWeights(25)
    const broken = `${written.trimEnd().slice(0, -1)},}`.replace(
      '"consumers": [',
      '"consumers": [ { "name": "begun" }, ',
    )
    await writeFile(lab.settingsFile, broken)
    const dry = await lab.repoint('migrate', 'rollback')
    expect(dry.stdout).toContain('Without this command: aws route53 change-resource-record-sets --hosted-zone-id ')
    lab.cloud.api.faults.inject('route53:ChangeResourceRecordSets', { kind: 'throttled' }, 12)

    const { code, stderr } = await lab.repoint('migrate', 'rollback', '--all', '--apply')

    expect([code, weights()]).toEqual([0, [100, 0]])
    expect(stderr).toContain('consumer begun has neither hostname nor dnsName')
    expect(await readFile(lab.settingsFile, 'utf8')).toContain('"begun"')
  })

  it('after a shift that was killed are one again with the same shift', async () => {
    setWeights(25)
    const before = changes()

    const { code, stdout } = await lab.repoint('migrate', 'shift', '25', '--apply')

    expect([code, changes() - before]).toEqual([0, 0])
    expect(stdout).toContain('the settings say so now, too')
    expect(stdout).toContain(
      'To make it stay, deploy the stack (it changes no weight): npx cdk deploy Repoint-consumer-',
    )
    expect(await said()).toMatchObject({ stage: 'shift', from: 'shadow', percent: 25 })
    expect(lastStep()).toMatchObject({ kind: 'shift', applied: true, percent: 25 })
  })

  it('leave settings alone that say another stage of the same share', async () => {
    await say({ stage: 'nlb', from: 'shadow' })

    expect((await lab.repoint('migrate', 'rollback', '--apply')).stdout).toContain('nothing to do')
    expect(await said()).toMatchObject({ stage: 'nlb' })
  })

  it("of records that are not Repoint's stop a shift, and a rollback names what they keep", async () => {
    const [{ name } = { name: '' }] = records()
    const canary = { name, setIdentifier: 'canary', weight: 300, addresses: ['10.1.1.77'], ttlSeconds: 60 }
    setWeights(25)
    records().push(canary)

    const shift = await lab.repoint('migrate', 'shift', '5', '--apply', '--force')
    const same = await lab.repoint('migrate', 'shift', '25', '--apply', '--force')
    const back = await lab.repoint('migrate', 'rollback', '--apply', '--json')
    const plan = await lab.repoint('migrate', 'plan')
    const again = await lab.repoint('migrate', 'rollback', '--apply')
    const left = records().find(it => it.setIdentifier === 'canary')
    records().splice(records().indexOf(left ?? canary), 1)

    expect([shift.code, shift.stderr]).toEqual([5, expect.stringContaining('canary (weight 300, 75 % of new')])
    expect(same.code).toBe(5)
    expect([back.code, weights(), left?.weight]).toEqual([0, [100, 0], 300])
    expect(back.stderr).toContain('keep their share: canary (weight 300, 75 % of new connections)')
    expect(JSON.parse(back.stdout)).toMatchObject({ outcome: 'done', others: [{ SetIdentifier: 'canary' }] })
    expect(plan.stdout).toContain("records beside the two paths'")
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Not all new connections come back')])
  })

  it('are no failure where Route 53 may not be asked whether it has them everywhere', async () => {
    setWeights(25)
    lab.cloud.api.faults.inject('route53:GetChange', { kind: 'access-denied' })

    const { code, stderr } = await lab.repoint('migrate', 'rollback', '--apply')

    expect([code, weights()]).toEqual([0, [100, 0]])
    expect(stderr).toContain('whether Route 53 has it everywhere is not known')
    expect(stderr).toContain('Not allowed: route53:GetChange')
    expect(lastStep()).toMatchObject({ kind: 'rollback', outcome: 'done' })
  })

  it('are taken back while EC2 does not answer', async () => {
    setWeights(25)
    lab.cloud.api.faults.inject('ec2:DescribeVpcEndpoints', { kind: 'throttled' }, 10)

    const { code, stderr } = await lab.repoint('migrate', 'rollback', '--apply')

    expect([code, weights()]).toEqual([0, [100, 0]])
    expect(stderr).toContain('Whether the interface endpoint is there is not known')
  })

  it('are told of when the look at the load balancer is interrupted after the move', async () => {
    setWeights(25)
    const before = lastStep()?.at
    lab.cloud.api.faults.inject('lambda:Invoke', { kind: 'slow', ms: 600_000 })

    const { code, stdout, stderr } = await lab.repointWith(
      {},
      ['migrate', 'rollback', '--apply', '--json'],
      interrupt => {
        const wait = setInterval(() => {
          if (lastStep()?.at === before) return
          clearInterval(wait)
          interrupt()
        }, 5)
      },
    )

    expect([code, weights()]).toEqual([130, [100, 0]])
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'done',
      moved: { after: { nlb: 100 } },
      frontDoor: { kind: 'unknown' },
    })
    expect(stderr).toContain('Interrupted before it was known whether the load balancer points at the writer')
  })

  it('interrupted while Route 53 is waited for, are told to programs too', async () => {
    setWeights(25)
    const count = changes()

    const { code, stdout, stderr } = await lab.repointWith(
      {},
      ['migrate', 'rollback', '--apply', '--json'],
      interrupt => {
        lab.cloud.api.faults.inject('route53:GetChange', { kind: 'slow', ms: 600_000 })
        const wait = setInterval(() => {
          if (changes() === count) return
          clearInterval(wait)
          interrupt()
        }, 5)
      },
    )

    expect([code, weights()]).toEqual([130, [100, 0]])
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'interrupted',
      moved: { after: { nlb: 100 }, isInSync: false },
    })
    expect(stderr).toContain('are: load balancer 100, gateway 0.')
  })
})
