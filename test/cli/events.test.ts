import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '../../functions/reconciler/rds-event-catalogue.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ speed: 200 })
}, 90_000)
afterAll(() => lab?.close())

const recorded = fileURLToPath(new URL('../fixtures/events/docs-instance-failover-completed.json', import.meta.url))

describe('repoint events replay', { timeout: 30_000 }, () => {
  it('sends an event of the catalogue about this database, and prints the report', async () => {
    const { code, stdout } = await lab.repoint('events', 'replay', 'RDS-EVENT-0034')

    expect(stdout).toMatch(/^orders {2}in-sync {2}already-in-sync\n/)
    expect(stdout).toMatch(/trigger +rds-event, RDS-EVENT-0034, Requested failover abandoned/)
    expect(code).toBe(0)
  })

  it('sends a recorded event as it is: another database’s is held', async () => {
    const { code, stdout } = await lab.repoint('events', 'replay', recorded)

    expect(stdout).toMatch(/^orders {2}held {2}other-database\n/)
    expect(code).toBe(4)
  })

  it('rewrites a recorded event to this database when told', async () => {
    const { code, stdout } = await lab.repoint('events', 'replay', '--rewrite', '--json', recorded)

    expect(JSON.parse(stdout)).toMatchObject([
      {
        outcome: 'in-sync',
        trigger: { eventId: 'RDS-EVENT-0049', source: 'arn:aws:rds:eu-west-1:111122223333:db:orders' },
      },
    ])
    expect(code).toBe(0)
  })

  it('takes the event out of a dead letter', async () => {
    const file = join(dirname(lab.settingsFile), 'dead-letter.json')
    const event = { source: 'aws.rds', 'detail-type': 'RDS DB Instance Event', detail: { SourceIdentifier: 'other' } }
    await writeFile(file, JSON.stringify({ requestContext: { condition: 'RetriesExhausted' }, requestPayload: event }))
    const { code, stdout } = await lab.repoint('events', 'replay', file)

    expect(stdout).toContain('held  other-database')
    expect(code).toBe(4)
  })

  it.each([
    [
      'RDS-EVENT-9999',
      'RDS-EVENT-9999 is not in the catalogue of events that wake Repoint: `repoint events list` shows it.',
    ],
    ['nowhere.json', 'nowhere.json is neither a readable JSON file'],
    [
      fileURLToPath(new URL('../../package.json', import.meta.url)),
      'holds no RDS event: expected an EventBridge event',
    ],
  ])('takes no %s', async (what, complaint) => {
    const { code, stdout, stderr } = await lab.repoint('events', 'replay', what)

    expect(stderr).toContain(complaint)
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('repoint events list', () => {
  it('shows the whole catalogue', async () => {
    const { stdout } = await lab.repoint('events', 'list', '--json')

    expect(JSON.parse(stdout)).toEqual(catalogue)
  })
})
