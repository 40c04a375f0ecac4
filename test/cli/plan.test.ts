import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ speed: 200 })
  lab.cloud.wake.schedule.state = 'DISABLED'
}, 90_000)
afterAll(() => lab?.close())

const writes = () => lab.cloud.api.calls.filter(({ action }) => /^(Register|Deregister)Targets$/.test(action)).length

describe('repoint plan', { timeout: 120_000 }, () => {
  it('has nothing to do in sync, and ends with 0', async () => {
    const { code, stdout } = await lab.repoint('plan')

    expect(stdout).toMatch(/^orders {2}in-sync {2}already-in-sync\n/)
    expect(stdout).toMatch(/plan +nothing to do/)
    expect(code).toBe(0)
  })

  it.each([{ args: ['plan'] }, { args: ['plan', '--local'] }])(
    'says what is to be done, writes nothing, and ends with 4: $args',
    async ({ args }) => {
      lab.cloud.targetGroup.register([{ ip: '10.0.2.20', port: 5432 }])
      const before = writes()
      const { code, stdout } = await lab.repoint(...args)

      expect(stdout).toMatch(/^orders {2}held {2}dry-run\n/)
      expect(stdout).toMatch(/plan +deregister 10\.0\.2\.20:5432 \(not done\)/)
      expect(code).toBe(4)
      expect(writes()).toBe(before)
      expect(lab.cloud.targetGroup.describe()).toHaveLength(2)
    },
  )

  it('shows the same steps as data', async () => {
    const { stdout } = await lab.repoint('plan', '--json')

    expect(JSON.parse(stdout)).toMatchObject([
      {
        outcome: 'held',
        reason: 'dry-run',
        stepsDone: [],
        plan: [{ kind: 'deregister', targets: [{ ip: '10.0.2.20', port: 5432 }] }],
      },
    ])
  })

  it('tells of a pause, which would hold a resync back', async () => {
    await lab.repoint('pause', '--reason', 'CHG-1', '--for', '1h')
    const [text, data] = [await lab.repoint('plan'), await lab.repoint('plan', '--json')]
    await lab.repoint('resume')

    expect(text.stdout).toMatch(
      /^pause +until 20\S+ by lab-operator: CHG-1\n +Nothing acts before `repoint resume -d orders`/m,
    )
    expect(JSON.parse(data.stdout)).toMatchObject([{ pause: { kind: 'known', value: { reason: 'CHG-1' } } }])
    expect((await lab.repoint('plan')).stdout).not.toContain('pause')
  })

  it('says so where whether it is paused may not be read', async () => {
    lab.cloud.api.faults.inject('scheduler:GetSchedule', { kind: 'access-denied' })

    expect((await lab.repoint('plan')).stdout).toMatch(/pause +not known: Not allowed: scheduler:GetSchedule/)
  })
})
