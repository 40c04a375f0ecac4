import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '../../cli/exit-codes.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'

/** `repoint migrate plan` and `preflight` against labs that are deployed at a stage. */

describe('a deployed lab at shadow', { timeout: 30_000 }, () => {
  let lab: LabWithCommand
  beforeAll(async () => {
    lab = await openLab({ stage: 'shadow', speed: 100 })
  }, 90_000)
  afterAll(() => lab?.close())

  it('is at shadow on both sides, and shift is next', async () => {
    const { code, stdout, stderr } = await lab.repoint('migrate', 'plan', '--json')

    expect({ code, stderr }).toEqual({ code: exitCodes.ok, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      provider: { kind: 'at', stage: 'shadow' },
      consumerSide: { kind: 'at', stage: 'shadow' },
      weights: { nlb: 100, gateway: 0 },
      differences: [],
      next: { kind: 'stage', to: 'shift' },
    })
  })

  it('passes preflight', async () => {
    const { code, stdout } = await lab.repoint('migrate', 'preflight', '--client-keepalive', '60', '--json')

    const result = JSON.parse(stdout) as { findings: readonly { severity: string; check: string; fact: string }[] }
    expect(result.findings.filter(({ severity }) => !['ok', 'notice'].includes(severity))).toEqual([])
    expect(code).toBe(exitCodes.ok)
  })
})

describe('a deployed lab that is retired', { timeout: 30_000 }, () => {
  let lab: LabWithCommand
  beforeAll(async () => {
    lab = await openLab({ stage: 'retired', speed: 100 })
  }, 90_000)
  afterAll(() => lab?.close())

  it('is retired on both sides, and there is nothing next', async () => {
    const { code, stdout } = await lab.repoint('migrate', 'plan', '--json')

    expect(code).toBe(exitCodes.ok)
    expect(JSON.parse(stdout)).toMatchObject({
      provider: { kind: 'at', stage: 'retired' },
      consumerSide: { kind: 'at', stage: 'retired' },
      differences: [],
      next: { kind: 'done' },
    })
  })

  it.each([
    ['status', exitCodes.ok],
    ['doctor', exitCodes.ok],
    ['plan', exitCodes.notFound],
    ['resync', exitCodes.notFound],
  ])('repoint %s says that clients come through the gateway, and exits with %i', async (command, expected) => {
    const { code, stdout, stderr } = await lab.repoint(command)

    expect((stdout + stderr).replace(/\s+/g, ' ')).toContain(
      'clients reach it through the resource gateway, and it has no function',
    )
    expect(stdout + stderr).not.toContain('npx cdk deploy')
    expect(code).toBe(expected)
  })
})
