import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRollbackEntries } from '../../cli/facts/rollback-entries.ts'
import { keepTrying } from '../../cli/migrate/shift/keep-trying.ts'
import { showRollbackCommand } from '../../cli/text/weight-move.ts'

describe('a settings file that is being edited', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'repoint-entries-'))
    file = join(folder, 'repoint.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const database =
    '{ "arn": "arn:aws:rds:eu-west-1:111122223333:db:orders", "endpoint": "Orders.abc.eu-west-1.rds.amazonaws.com" }'
  const consumer =
    '{ "name": "analytics", "database": "orders", "vpcId": "vpc-1", "gateway": { "stage": "shift", "from": "shadow", "percent": 25 } }'
  const entry = {
    name: 'analytics',
    zoneName: 'orders.abc.eu-west-1.rds.amazonaws.com',
    vpcId: 'vpc-1',
    database: 'orders',
    databaseRegion: 'eu-west-1',
    isOfAnotherAccount: false,
    gateway: { stage: 'shift', from: 'shadow', percent: 25 },
  }
  const read = (text: string) => {
    writeFileSync(file, text)
    return readRollbackEntries(file)
  }

  it.each([
    ['nothing wrong', `{ "databases": [${database}], "consumers": [${consumer}] }`, 0],
    ['a comma too many', `{ "databases": [${database},], "consumers": [${consumer},], }`, 0],
    ['a comma too few', `{ "databases": [${database}] "consumers": [${consumer}] }`, 1],
    ['an end that is missing', `{ "databases": [${database}], "consumers": [${consumer}`, 2],
    ['a comment', `{ // going back\n "databases": [${database}], "consumers": [${consumer}] }`, 0],
    ['a database that is begun', `{ "databases": [${database}, { "engine": 7 }], "consumers": [${consumer}] }`, 0],
    [
      'a consumer that is begun',
      `{ "databases": [${database}], "consumers": [{ "name": "reports" }, ${consumer}] }`,
      1,
    ],
    ['a key that nobody knows', `{ "datbases": [], "databases": [${database}], "consumers": [${consumer}] }`, 0],
  ])('with %s still says where a consumer is', (_, text, problems) => {
    const found = read(text)

    expect(found.entries).toEqual([{ ...entry, file, databaseAccount: expect.any(String), stackId: 'Repoint-orders' }])
    expect(found.problems).toHaveLength(problems)
  })

  it.each([
    ['a name of its own', '"dnsName": "db.corp.example."', 'db.corp.example', 'orders'],
    ['its database by host name', '"hostname": "Orders.abc.eu-west-1.rds.amazonaws.com"', entry.zoneName, 'orders'],
    ['a host that is no database of the file', '"hostname": "other.example"', 'other.example', 'other.example'],
  ])('gives a consumer with %s its zone', (_, field, zoneName, id) => {
    const isNamed = field.startsWith('"dnsName"') ? '"database": "orders", ' : ''
    const { entries } = read(
      `{ "databases": [${database}], "consumers": [{ "name": "a", "vpcId": "vpc-1", ${isNamed}${field} }] }`,
    )

    expect(entries).toMatchObject([{ zoneName, database: id }])
  })

  it('that is not there is an error with what to do', () => {
    expect(() => readRollbackEntries(join(folder, 'nowhere.json'))).toThrow('Name them with --settings')
  })
})

describe('a rollback that AWS has no time for', () => {
  const error = (name: string, status = 400) =>
    Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: status } })
  const run = async (...errors: readonly Error[]) => {
    const left = [...errors]
    const waits: string[] = []
    const ending = new AbortController()
    const trying = keepTrying(
      async () => {
        const next = left.shift()
        if (next) throw next
        return 'written'
      },
      { signal: ending.signal, onWait: why => waits.push(why) },
    )
    return { trying, waits, ending }
  }

  it('is tried again until it is written, and tells each time', async () => {
    const { trying, waits } = await run(error('Throttling'))

    expect(await trying).toBe('written')
    expect(waits).toEqual([expect.stringContaining('AWS asked to wait')])
  })

  it.each(['AccessDenied', 'InvalidChangeBatch', 'NoSuchHostedZone'])('ends at once with %s', async name => {
    const { trying, waits } = await run(error(name))

    await expect(trying).rejects.toMatchObject({ name })
    expect(waits).toEqual([])
  })

  it('ends with Ctrl-C', async () => {
    const { trying, ending } = await run(error('ServiceUnavailable', 503))
    ending.abort(new Error('enough'))

    await expect(trying).rejects.toThrow()
  })
})

it('is one word of the shell, whatever a record holds', () => {
  const nlb = { Name: "o'db.", Type: 'A' as const, SetIdentifier: "'; rm -rf ~; '" }

  const command = showRollbackCommand({ zoneId: 'Z0', name: 'db', nlb })
  const [, change = '', rest] = command.split("'")

  expect(rest).toBe('')
  expect(JSON.parse(change)).toMatchObject({ Changes: [{ ResourceRecordSet: nlb }, {}] })
})

it('is the same by the AWS command line', () => {
  const record = (SetIdentifier: string, Weight: number) => ({ Name: 'db.', Type: 'A' as const, SetIdentifier, Weight })
  const records = { zoneId: 'Z0', name: 'db', nlb: record('repoint-nlb', 50), gateway: record('repoint-gateway', 50) }

  const command = showRollbackCommand(records, { profile: 'consumer' })

  expect(command).toMatch(
    /^aws route53 change-resource-record-sets --hosted-zone-id Z0 --profile consumer --change-batch '/,
  )
  const batch = JSON.parse(command.slice(command.indexOf("'") + 1, -1))
  expect(batch.Changes.map((it: { ResourceRecordSet: object }) => it.ResourceRecordSet)).toEqual([
    record('repoint-nlb', 100),
    record('repoint-gateway', 0),
  ])
})
