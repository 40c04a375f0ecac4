import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ speed: 200 })
  // Only the command acts here.
  lab.cloud.wake.schedule.state = 'DISABLED'
}, 90_000)
afterAll(() => lab?.close())

const addresses = () =>
  lab.cloud.targetGroup
    .describe()
    .filter(({ state }) => state !== 'draining')
    .map(({ ip }) => ip)

describe('repoint resync', { timeout: 30_000 }, () => {
  it('prints before, plan and after, and takes away what is not the writer', async () => {
    lab.cloud.targetGroup.register([{ ip: '10.0.2.20', port: 5432 }])
    const { code, stdout } = await lab.repoint('resync')

    expect(stdout).toMatch(/^orders {2}repointed {2}drift-corrected\n/)
    expect(stdout).toMatch(/before +orders: 10\.0\.1\.10:5432 healthy, 10\.0\.2\.20:5432 [a-z]+/)
    expect(stdout).toMatch(/plan +deregister 10\.0\.2\.20:5432 \(done\)/)
    expect(stdout).toMatch(/writer +10\.0\.1\.10 \(settled: answers agree\)/)
    expect(addresses()).toEqual(['10.0.1.10'])
    expect(code).toBe(0)
  })

  it('prints the report as JSON, and nothing else on stdout', async () => {
    const { code, stdout } = await lab.repoint('resync', '--json')

    expect(JSON.parse(stdout)).toMatchObject([{ database: 'orders', outcome: 'in-sync', trigger: { kind: 'resync' } }])
    expect(code).toBe(0)
  })

  it('waits while another run holds the function’s one place', async () => {
    lab.cloud.targetGroup.register([{ ip: '10.0.2.20', port: 5432 }])
    const first = lab.cloud.lambda.invoke({ action: 'resync' })
    const { code, stdout } = await lab.repoint('resync')

    expect((await first)?.kind).toBe('answered')
    expect(stdout).toContain('orders  in-sync  already-in-sync')
    expect(code).toBe(0)
  })

  it('runs the core here with --local, and warns', async () => {
    lab.cloud.targetGroup.register([{ ip: '10.0.2.20', port: 5432 }])
    const runs = lab.cloud.lambda.runs.length
    const { code, stdout, stderr } = await lab.repoint('resync', '--local')

    expect(stderr).toMatch(/^warning: The core runs here/)
    expect(stderr).toContain('Step done: deregister 10.0.2.20:5432')
    expect(stdout).toMatch(/^orders {2}repointed {2}drift-corrected\n/)
    expect(addresses()).toEqual(['10.0.1.10'])
    expect([code, lab.cloud.lambda.runs.length]).toEqual([0, runs])
  })

  it('goes by --target-group where the function cannot be read', async () => {
    lab.cloud.api.faults.inject('lambda:GetFunctionConfiguration', { kind: 'access-denied' }, 1)
    const refused = await lab.repoint('resync', '--local')
    expect(refused.stderr).toContain('say --target-group with its ARN')
    expect(refused.code).toBe(2)

    const { code, stdout } = await lab.repoint('resync', '--local', '--target-group', lab.cloud.targetGroup.arn)
    expect(stdout).toContain('orders  in-sync  already-in-sync')
    expect(code).toBe(0)
  })

  it('says that the function goes on when it is interrupted', async () => {
    const busy = lab.cloud.lambda.invoke({ action: 'resync' })
    lab.cloud.api.faults.inject('lambda:Invoke', { kind: 'slow', ms: 4_000_000 })
    const { code, stderr } = await lab.repointWith({}, ['resync'], interrupt => setTimeout(interrupt, 2_500))
    await busy

    expect(stderr).toContain('repoint: Interrupted. It stopped waiting; the function goes on by itself')
    expect(code).toBe(130)
  })
})
