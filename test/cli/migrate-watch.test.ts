import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '../../cli/exit-codes.ts'
import { readRecord } from '../../cli/facts/migration-record.ts'
import { networkNames } from '../../lab/fixture.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'

/** `repoint migrate watch` against a lab at stage shadow whose ways can be broken; each test leaves it repaired at 0. */
describe('repoint migrate watch', { timeout: 120_000 }, () => {
  let lab: LabWithCommand
  let record: string
  beforeAll(async () => {
    lab = await openLab({ stage: 'shadow', speed: 40 })
    record = lab.settingsFile.replace(/\.json$/, '.migration.json')
  }, 120_000)
  afterAll(() => lab?.close())

  const weights = () => {
    const zone = lab.cloud.resources.hostedZones.find(({ records }) => (records ?? []).length > 1)
    const weightOf = (path: string) => zone?.records?.find(it => it.setIdentifier === `repoint-${path}`)?.weight
    return [weightOf('nlb'), weightOf('gateway')]
  }
  const databaseGroup = () => {
    const group = lab.cloud.resources.securityGroups.find(({ id }) => id === networkNames.databaseGroup)
    if (!group) throw new Error('the lab has no such group')
    return group
  }
  let repair = () => {}
  /** The rule that lets the gateway in, and nothing else. */
  const breakGateway = () => {
    const group = databaseGroup()
    const before = group.incoming
    repair = () => {
      group.incoming = before
    }
    group.incoming = before.filter(({ groupIds }) => !groupIds?.includes(gatewayGroup()))
  }
  const gatewayGroup = () => lab.cloud.resources.resourceGateways[0]?.securityGroupIds[0] ?? ''
  afterEach(async () => {
    repair()
    repair = () => {}
    await lab.repoint('migrate', 'rollback', '--apply')
  })

  const quick = ['--look', '0.5s', '--probe', '0.1s', '--every', '1s', '--failures', '3', '--force']
  const looks = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { verdict: { kind: string }; live: { value: object }; outcome?: string })
  const lastWatch = () => readRecord(record).steps.findLast(({ kind }) => kind === 'watch')
  const until = (isTrue: () => boolean, then: () => void) => {
    const wait = setInterval(() => {
      if (!isTrue()) return
      clearInterval(wait)
      then()
    }, 20)
  }

  it('says the steps and what stands against them, and moves nothing', async () => {
    const refused = await lab.repoint('migrate', 'watch', '--steps', '5,50')
    expect([refused.code, refused.stderr]).toEqual([
      exitCodes.refused,
      expect.stringContaining('The record has no verify of analytics to go by'),
    ])
    const { code, stdout } = await lab.repoint('migrate', 'watch', '--steps', '5,50', '--force')
    expect([code, weights()]).toEqual([0, [100, 0]])
    expect(stdout).toContain('0 % → 5 % → 50 %, each after both paths have been well for 10 min 00 s')
  })

  it.each([
    ['--steps', '50,5', 'rising whole numbers'],
    ['--steps', '5,x', 'rising whole numbers'],
    ['--failures', '0', '--failures 0 is not'],
    ['--probe', '0.01s', '--probe is at least'],
  ])('turns away %s %s', async (option, value, complaint) => {
    const { code, stderr } = await lab.repoint('migrate', 'watch', option, value)
    expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining(complaint)])
  })

  it('guards nothing and moves nothing with clients of its own that have not worked once', async () => {
    const watching = ['migrate', 'watch', '--apply', ...quick]
    // TLS proves nothing without the laboratory's authority.
    const { code, stdout, stderr } = await lab.repointWith({ REPOINT_SQL_USER: 'postgres' }, watching)
    expect([code, stdout, weights()]).toEqual([exitCodes.refused, '', [100, 0]])
    expect(stderr).toMatch(/orders is not guarded, and nothing was moved: .*through the .*not trusted.*--ca/s)
  })

  it('goes step by step to the gateway, and the settings and the record tell it', async () => {
    const { code, stdout, stderr } = await lab.repoint(
      'migrate',
      'watch',
      '--steps',
      '25,100',
      '--apply',
      '--json',
      ...quick,
    )
    expect([code, weights()]).toEqual([0, [0, 100]])
    expect(stderr).toContain('Every step is done.')
    expect(looks(stdout).at(-1)?.verdict.kind).toBe('well')
    const own = readRecord(record).steps.filter(({ kind }) => kind === 'watch')
    expect(own.map(({ percent, outcome }) => [percent, outcome])).toEqual([
      [25, 'done'],
      [100, 'done'],
    ])
    expect(own[0]?.summary).toContain('with --force')
    const settings = JSON.parse(await readFile(lab.settingsFile, 'utf8')) as { consumers: { gateway: object }[] }
    expect(settings.consumers[0]?.gateway).toMatchObject({ stage: 'gateway', from: 'shift' })
  })

  it('goes back by itself when the gateway alone breaks, and records the evidence', async () => {
    const watching = lab.repoint('migrate', 'watch', '--steps', '25,100', '--apply', ...quick, '--every', '1h')
    until(() => weights()[1] === 25, breakGateway)
    const { code, stderr } = await watching
    expect([code, weights()]).toEqual([exitCodes.findings, [100, 0]])
    expect(stderr).toMatch(
      /Went back: \d+ probes in a row failed on the path through the gateway .*the path through the load balancer works/,
    )
    const last = lastWatch()
    expect(last).toMatchObject({ outcome: 'rolled-back', percent: 0, applied: true })
    expect(JSON.stringify(last?.evidence)).toContain('failedInRow')
  })

  it('moves nothing while both paths are broken, says why, and goes on when they work', async () => {
    let said = ''
    let isCaused = false
    const watching = lab.repoint(
      'migrate',
      'watch',
      '--steps',
      '25,50',
      '--apply',
      ...quick,
      '--look',
      '0.1s',
      '--every',
      '4s',
    )
    until(
      () => lastWatch()?.percent === 25,
      () => {
        void lab.cloud.database.failover().catch((error: Error) => {
          said = error.message
        })
        isCaused = true
      },
    )
    const { code, stdout, stderr } = await watching
    expect([said, isCaused]).toEqual(['', true])
    // Not the waiting of the beginning: probes failed, on one path first, and nothing was moved for it.
    expect(stdout).toMatch(/waiting: (the last probe on the|\d+ probes in a row failed)/)
    expect(stderr).not.toContain('Going back')
    expect([code, weights()]).toEqual([0, [50, 50]])
    await lab.served()
  })

  it('makes no further step when somebody else moves the weights', async () => {
    const watching = lab.repoint('migrate', 'watch', '--steps', '25,50', '--apply', ...quick, '--every', '1h')
    until(
      () => weights()[1] === 25,
      () => {
        const zone = lab.cloud.resources.hostedZones.find(({ records }) => (records ?? []).length > 1)
        for (const it of zone?.records ?? [])
          if (it.setIdentifier) it.weight = it.setIdentifier === 'repoint-nlb' ? 90 : 10
      },
    )
    const { code, stderr } = await watching
    expect([code, weights()]).toEqual([exitCodes.refused, [90, 10]])
    expect(stderr).toContain('Somebody else has moved the weights: no further step.')
  })

  it('only looks without --apply: it tells of a broken gateway, goes on, and ends with Ctrl-C', async () => {
    breakGateway()
    let stop = () => {}
    const watching = lab.repointWith({}, ['migrate', 'watch', ...quick], interrupt => {
      stop = interrupt
    })
    setTimeout(() => stop(), 14_000)
    const { code, stdout, stderr } = await watching
    expect([code, weights()]).toEqual([0, [100, 0]])
    expect(stdout).toContain('probes in a row failed on the path through the gateway')
    expect(stderr).toContain('Interrupted: the weights stay as they are.')
  })
})
