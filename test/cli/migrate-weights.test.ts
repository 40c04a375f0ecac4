import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ChangeBatch, ResourceRecordSet } from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { readRecord } from '../../cli/facts/migration-record.ts'
import { findZone, liveWeights, readRecords, type WeightedRecords, zoneOf } from '../../cli/facts/weighted-records.ts'
import type { Mover } from '../../cli/migrate/open.ts'
import { moveWeights } from '../../cli/migrate/shift/move.ts'
import { openOutput } from '../../cli/output.ts'
import { percentOf } from '../../infra/app/settings/stages.ts'
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

    expect(await findZone({ route53: async () => route53 } as unknown as Clients, zoneOf(consumer))).toBe('Z0')
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

  const migration = (clients: Clients): Mover =>
    ({
      context: {
        env: {},
        settingsFile,
        now: () => Date.parse('2026-11-21T12:00:00Z'),
        signal: new AbortController().signal,
        out: { ...openOutput({ env: { CI: 'true' } }), note: () => {} },
      },
      database,
      consumer,
      consumerFile: settingsFile,
      clients,
      consumerClients: clients,
      consumerClientsAfterAll: clients,
      recordFile: join(folder, 'record.json'),
    }) as unknown as Mover
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

  /** Route 53 as it is with deletions: only what is given exactly as it stands, and all of a batch or nothing. */
  const aStrictRoute53 = (nlb: number, onRead: (live: ResourceRecordSet[]) => void) => {
    const live = [record('repoint-nlb', nlb), record('repoint-gateway', 100 - nlb)]
    const { clients, written } = aRoute53()
    const route53 = {
      listResourceRecordSets: async () => {
        const ResourceRecordSets = live.map(it => ({ ...it }))
        onRead(live)
        return { ResourceRecordSets, IsTruncated: false }
      },
      changeResourceRecordSets: async (change: { ChangeBatch: ChangeBatch }) => {
        const { Changes = [] } = change.ChangeBatch
        const isThere = (it: ResourceRecordSet | undefined) => live.some(own => isDeepStrictEqual(own, it))
        if (Changes.some(it => it.Action === 'DELETE' && !isThere(it.ResourceRecordSet))) {
          throw Object.assign(new Error('the values provided do not match'), { name: 'InvalidChangeBatch' })
        }
        for (const { Action, ResourceRecordSet: set } of Changes) {
          if (Action !== 'DELETE' && set) live[live.findIndex(it => it.SetIdentifier === set.SetIdentifier)] = set
        }
        written.push(change)
        return { ChangeInfo: { Id: '/change/C1' } }
      },
      getChange: async () => ({ ChangeInfo: { Status: 'INSYNC' } }),
    }
    const its = { ...clients, route53: async () => route53 } as unknown as Clients
    return { clients: its, written, weights: () => live.map(it => it.Weight) }
  }
  const goneBack = (live: ResourceRecordSet[]) =>
    Object.assign(live, [record('repoint-nlb', 100), record('repoint-gateway', 0)])

  it.each([
    ['up', 50, 75],
    ['down', 50, 25],
  ])('%s writes over no rollback that came between its reading and its writing', async (_, from, to) => {
    const { clients, weights, written } = aStrictRoute53(100 - from, goneBack)

    const moving = moveWeights(migration(clients), { percent: to, records, step, expected: { nlb: 50, gateway: 50 } })

    await expect(moving).rejects.toMatchObject({
      exitCode: exitCodes.refused,
      message: expect.stringContaining('somebody else has moved them meanwhile'),
    })
    expect([weights(), written]).toEqual([[100, 0], []])
  })

  it('back asks for nothing to be as it was', async () => {
    const { clients, weights } = aStrictRoute53(50, live => {
      Object.assign(live, [record('repoint-nlb', 10), record('repoint-gateway', 90)])
    })

    await moveWeights(migration(clients), { percent: 0, records, step: { kind: 'rollback', outcome: 'done' } })

    expect(weights()).toEqual([100, 0])
  })

  it('whose answer was lost, and that is sent again, has been made', async () => {
    const { clients, weights } = aStrictRoute53(100, () => {})
    const route53 = await clients.route53()
    const twice = {
      ...route53,
      changeResourceRecordSets: async (change: never) => {
        await route53.changeResourceRecordSets(change)
        return route53.changeResourceRecordSets(change)
      },
    }

    const moved = await moveWeights(migration({ ...clients, route53: async () => twice } as unknown as Clients), {
      percent: 25,
      records,
      step,
    })

    expect([weights(), moved.isInSync]).toEqual([[75, 25], false])
    expect(moved.whyNotInSync).toContain('answer was lost')
    expect(JSON.parse(readFileSync(settingsFile, 'utf8')).consumers[0].gateway.percent).toBe(25)
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

  /** What a deployment of the settings would send through the gateway, and what is live. */
  const shares = (written: readonly unknown[], live: number) => {
    const { gateway } = JSON.parse(readFileSync(settingsFile, 'utf8')).consumers[0]
    const [last] = written.slice(-1) as { ChangeBatch: { Changes: { ResourceRecordSet: { Weight: number } }[] } }[]
    return [
      percentOf(gateway.stage, gateway.percent),
      last?.ChangeBatch.Changes.at(-1)?.ResourceRecordSet.Weight ?? live,
    ]
  }

  it.each([
    ['back', 50, 0],
    ['down', 50, 25],
    ['up', 0, 25],
  ])('%s that is killed before it is recorded leaves settings that raise nothing', async (_, from, to) => {
    const { clients, written } = aRoute53([record('repoint-nlb', 100 - from), record('repoint-gateway', from)])
    const killed = {
      ...clients,
      route53: async () => ({
        ...(await clients.route53()),
        changeResourceRecordSets: async () => {
          throw Object.assign(new Error('killed'), { name: 'Killed' })
        },
      }),
    } as unknown as Clients

    for (const its of [killed, clients]) {
      await moveWeights(migration(its), { percent: to, records, step }).catch(() => {})
      const [said = 0, live = 0] = shares(written, from)
      expect(said).toBeLessThanOrEqual(live)
    }
  })

  it('back goes on where another entry of the settings is broken, and the record is damaged', async () => {
    writeFileSync(
      settingsFile,
      JSON.stringify({ databases: [databaseEntry], consumers: [{ name: 7 }, consumerEntry] }).replace('}]}', '}],}'),
    )
    writeFileSync(join(folder, 'record.json'), '{ half')
    const { clients, written } = aRoute53([record('repoint-nlb', 50), record('repoint-gateway', 50)])
    const gateway = { stage: 'shift', from: 'shadow', percent: 50 } as const

    const moved = await moveWeights(
      { ...migration(clients), consumer: { name: 'analytics', gateway } },
      {
        percent: 0,
        records,
        step: { kind: 'rollback', outcome: 'done' },
      },
    )

    expect([moved.after, written.length]).toEqual([{ nlb: 100, gateway: 0 }, 1])
    expect(moved.notes).toEqual([
      expect.stringContaining('"gateway": {"stage":"shadow","from":"shift"}'),
      expect.stringContaining('warning: '),
    ])
    expect(readFileSync(settingsFile, 'utf8')).toContain('"from": "shift"')
    expect(readFileSync(join(folder, 'record.json'), 'utf8')).toBe('{ half')
  })
})
