import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { readRecord } from '../../cli/facts/migration-record.ts'
import { findZone, liveWeights, readRecords, type WeightedRecords } from '../../cli/facts/weighted-records.ts'
import type { Migration } from '../../cli/migrate/open.ts'
import { moveWeights } from '../../cli/migrate/shift/move.ts'
import { consumer, consumerEntry, database, databaseEntry } from './migrate-facts.ts'

const name = consumer.hostname
const record = (SetIdentifier: string, Weight: number): ResourceRecordSet => ({
  Name: `${name}.`,
  Type: 'A',
  SetIdentifier,
  Weight,
  AliasTarget: { DNSName: `${SetIdentifier}.example.`, HostedZoneId: 'Z1', EvaluateTargetHealth: false },
})

/** Route 53 in so many pages, with what it was asked. */
const aRoute53 = (...pages: readonly (readonly ResourceRecordSet[])[]) => {
  const asked: object[] = []
  const written: unknown[] = []
  const route53 = {
    listResourceRecordSets: async (question: object) => {
      const page = Math.min(asked.push(question), pages.length) - 1
      const next = pages[page + 1]?.[0]
      return {
        ResourceRecordSets: pages[page],
        IsTruncated: next !== undefined,
        NextRecordName: next?.Name,
        NextRecordType: next?.Type,
        NextRecordIdentifier: next?.SetIdentifier,
      }
    },
    changeResourceRecordSets: async (change: unknown) => {
      written.push(change)
      return { ChangeInfo: { Id: '/change/C1' } }
    },
    getChange: async () => ({ ChangeInfo: { Status: 'INSYNC' } }),
  }
  const clients = {
    route53: async () => route53,
    sts: async () => ({ getCallerIdentity: async () => ({ Arn: 'jane' }) }),
  }
  return { clients: clients as unknown as Clients, asked, written }
}

describe('the records of a consumer', () => {
  it('are found on a second page, and others of the name beside them', async () => {
    const { clients, asked } = aRoute53(
      [record('canary', 10), record('repoint-gateway', 25)],
      [record('repoint-nlb', 75), { Name: 'other.example.', Type: 'A' }],
    )

    const records = await readRecords(clients, { zoneId: 'Z0', name })

    expect(liveWeights(records)).toEqual({ nlb: 75, gateway: 25 })
    expect(records.others?.map(it => it.SetIdentifier)).toEqual(['canary'])
    expect(asked.at(-1)).toMatchObject({ StartRecordName: `${name}.`, StartRecordIdentifier: 'repoint-nlb' })
  })

  it('are asked for no further once the name is past', async () => {
    const { clients, asked } = aRoute53([record('repoint-nlb', 100)], [{ Name: 'zz.example.', Type: 'A' }])

    expect(liveWeights(await readRecords(clients, { zoneId: 'Z0', name }))).toEqual({ nlb: 100 })
    expect(asked).toHaveLength(1)
  })

  it('are in the zone of exactly the name, on any page of the VPC’s zones', async () => {
    const pages = [
      { HostedZoneSummaries: [{ Name: 'amazonaws.com.', HostedZoneId: 'Z8' }], NextToken: '2' },
      { HostedZoneSummaries: [{ Name: `${name}.`, HostedZoneId: 'Z0' }] },
    ]
    const route53 = {
      listHostedZonesByVPC: async ({ NextToken }: { NextToken?: string }) => pages[NextToken === undefined ? 0 : 1],
    }

    expect(await findZone({ route53: async () => route53 } as unknown as Clients, consumer)).toBe('Z0')
  })
})

describe('a move of the weights', () => {
  let folder: string
  let settingsFile: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'repoint-move-'))
    settingsFile = join(folder, 'repoint.json')
    writeFileSync(settingsFile, JSON.stringify({ databases: [databaseEntry], consumers: [consumerEntry] }))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const migration = (clients: Clients): Migration =>
    ({
      context: {
        settingsFile,
        now: () => Date.parse('2026-11-21T12:00:00Z'),
        signal: new AbortController().signal,
        out: { progress: async () => ({ update: () => {}, stop: () => {} }), note: () => {} },
      },
      database,
      consumer,
      clients,
      consumerClients: clients,
      consumerClientsAfterAll: clients,
      recordFile: join(folder, 'record.json'),
    }) as unknown as Migration
  const records = { zoneId: 'Z0', name } as WeightedRecords
  const step = { kind: 'shift', outcome: 'done' } as const

  it('is refused where somebody else has moved them since, and nothing is written', async () => {
    const before = readFileSync(settingsFile, 'utf8')
    const { clients, written } = aRoute53([record('repoint-nlb', 100), record('repoint-gateway', 0)])

    const moving = moveWeights(migration(clients), { percent: 50, records, step, expected: { nlb: 75, gateway: 25 } })

    await expect(moving).rejects.toMatchObject({
      exitCode: exitCodes.refused,
      message: expect.stringContaining('(load balancer 75, gateway 25 then, load balancer 100, gateway 0 now)'),
    })
    expect([written, readFileSync(settingsFile, 'utf8'), readRecord(join(folder, 'record.json')).steps]).toEqual([
      [],
      before,
      [],
    ])
  })

  it('writes both weights in one change, then the settings, then the record', async () => {
    const { clients, written } = aRoute53([record('repoint-nlb', 100), record('repoint-gateway', 0)])

    const moved = await moveWeights(migration(clients), {
      percent: 25,
      records,
      step,
      expected: { nlb: 100, gateway: 0 },
    })

    expect(moved).toMatchObject({ before: { nlb: 100, gateway: 0 }, after: { nlb: 75, gateway: 25 }, isInSync: true })
    expect(written).toHaveLength(1)
    expect(JSON.parse(readFileSync(settingsFile, 'utf8')).consumers[0].gateway).toMatchObject({
      stage: 'shift',
      from: 'shadow',
      percent: 25,
    })
    expect(readRecord(join(folder, 'record.json')).steps).toMatchObject([{ kind: 'shift', by: 'jane', percent: 25 }])
  })
})
