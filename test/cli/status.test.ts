import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { synthesizeFor } from '../../lab/template/deployment.ts'
import { eventually, type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
const missing = {
  arn: 'arn:aws:rds:eu-west-1:111122223333:db:absent',
  endpoint: 'absent.cabc123def45.eu-west-1.rds.amazonaws.com',
  engine: 'postgres',
  frontDoor: {
    kind: 'existing',
    targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/absent/73e2d6bc24d8a099',
  },
}
beforeAll(async () => {
  lab = await openLab({ speed: 200, databases: [missing] })
}, 90_000)
afterAll(() => lab?.close())

describe('repoint status', { timeout: 30_000 }, () => {
  it('shows one database in detail', async () => {
    const { code, stdout, stderr } = await lab.repoint('status', '-d', 'orders')

    expect(stdout).toContain('orders  instance in eu-west-1')
    expect(stdout).toMatch(/state +in-sync {2}already-in-sync/)
    expect(stdout).toMatch(/writer +10\.0\.1\.10 \((settled|credible)/)
    expect(stdout).toMatch(/10\.0\.1\.10:5432 healthy, registered [\d.]+ m?s ago/)
    expect(stdout).toMatch(/last repoint +\d{4}-.* first-registration by resync/)
    expect(stdout).toContain('rule repoint-orders-database-events: on')
    expect(stdout).toMatch(/pause +no/)
    expect(stdout).not.toContain('\u001b')
    expect([code, stderr]).toEqual([0, ''])
  })

  it('settles on the looks of the function and its own', async () => {
    await eventually(() => lab.cloud.lambda.runs.length >= 4)
    const { stdout } = await lab.repoint('status', '-d', 'orders', '--json')

    expect(JSON.parse(stdout)).toMatchObject([
      {
        database: 'orders',
        outcome: 'in-sync',
        reason: 'already-in-sync',
        writer: { kind: 'settled', addresses: ['10.0.1.10'], because: 'answers-agree' },
        plan: [],
        frontDoors: [{ strategy: 'swap', registrations: [{ ip: '10.0.1.10', port: 5432, state: 'healthy' }] }],
        wake: { known: true, value: { schedule: { isEnabled: true } } },
        alarms: { known: true },
      },
    ])
  })

  it('shows several as a table, those without an answer first, and ends with the worst code', async () => {
    const { code, stdout } = await lab.repoint('status')
    const lines = stdout.split('\n')

    expect(lines[0]).toMatch(/^DATABASE +STATE +WRITER +REGISTERED +STRATEGY +LAST REPOINT +ATTENTION$/)
    expect(lines[1]).toMatch(/^absent +unknown +There is no function repoint-absent in eu-west-1/)
    expect(lines[2]).toMatch(/^orders +in-sync +10\.0\.1\.10 +10\.0\.1\.10:5432 healthy +swap/)
    expect(stdout).toContain('2 databases: 1 healthy, 1 needs attention')
    expect(code).toBe(11)
  })

  it('tells a part that it may not read, and the rest', async () => {
    lab.cloud.api.faults.inject('monitoring:DescribeAlarms', { kind: 'access-denied' })
    const { code, stdout } = await lab.repoint('status', '-d', 'orders')

    expect(stdout).toMatch(/alarms +not known: Not allowed: cloudwatch:DescribeAlarms/)
    expect(stdout).toContain('in-sync')
    expect(code).toBe(0)
  })

  it('names what would be done when the registration is not the writer’s', async () => {
    lab.cloud.wake.schedule.state = 'DISABLED'
    lab.cloud.targetGroup.register([{ ip: '10.0.2.20', port: 5432 }])
    const { code, stdout } = await lab.repoint('status', '-d', 'orders')
    lab.cloud.targetGroup.deregister([{ ip: '10.0.2.20', port: 5432 }])
    lab.cloud.wake.schedule.state = 'ENABLED'

    expect(stdout).toMatch(/plan +deregister 10\.0\.2\.20:5432/)
    expect(stdout).toContain('! The schedule repoint-orders/resync is disabled. repoint resume --database orders')
    expect(code).toBe(6)
  })

  it('looks again and again with --watch until it is interrupted', async () => {
    const { code, stdout } = await lab.repointWith(
      {},
      ['status', '-d', 'orders', '--watch', '--every', '1s', '--json'],
      interrupt => {
        setTimeout(interrupt, 3_500)
      },
    )
    const documents = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))

    expect(documents.length).toBeGreaterThanOrEqual(2)
    expect(documents.flat().map(({ database }) => database)).toContain('orders')
    expect(code).toBe(0)
  }, 20_000)

  it('has colours where they are asked for and none with NO_COLOR', async () => {
    const coloured = await lab.repointWith({ FORCE_COLOR: '1' }, ['status', '-d', 'orders'])
    const plain = await lab.repointWith({ FORCE_COLOR: '1', NO_COLOR: '1' }, ['status', '-d', 'orders'])

    expect(coloured.stdout).toContain('\u001b[')
    expect(plain.stdout).not.toContain('\u001b[')
  })
})

describe('the alarms of the lab', () => {
  it('are those of the stack', { timeout: 30_000 }, async () => {
    const { Resources } = await synthesizeFor('instance')
    const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    const names = lab.cloud.operations.alarms().map(({ name }) => name)

    expect(names.sort()).toEqual(alarms.map(({ Properties }) => Properties?.AlarmName).sort())
  })
})
