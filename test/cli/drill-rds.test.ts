import { RDS, RDSClient } from '@aws-sdk/client-rds'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { openJournal } from '../../cli/drill/journal.ts'
import { createRdsWatch } from '../../cli/drill/watch/rds-watch.ts'
import { readRds } from '../../cli/facts/rds-view.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'

const rds = mockClient(RDSClient)
const clients = { rds: async () => new RDS({ region: 'eu-west-1' }) } as unknown as Clients
const database = (kind: string) => ({ kind, id: 'orders' }) as DatabaseSettings

beforeEach(() => {
  rds.reset()
  rds.onAnyCommand().rejects(new Error('not expected'))
})

describe('what RDS says during a drill', () => {
  it('is a proxy’s own status and events, and a proxy cannot be failed over', async () => {
    const asked: unknown[] = []
    rds.onAnyCommand().callsFake(input => {
      asked.push(input)
      return 'DBProxyName' in input ? { DBProxies: [{ Status: 'available' }] } : { Events: [] }
    })
    expect(await readRds(clients, database('proxy'))).toMatchObject({ status: 'available', canFailOver: false })
    const watch = createRdsWatch(clients, database('proxy'), { journal: openJournal(() => 0), sinceMs: 0 })
    await watch.lookAtStatus()
    await watch.lookAtEvents()
    expect(watch.status()).toBe('available')
    expect(asked.at(-1)).toMatchObject({ SourceIdentifier: 'orders', SourceType: 'db-proxy' })
  })

  it('is no change at first: what it was before is where it starts from', async () => {
    const statuses = ['available', 'rebooting', 'available']
    rds.onAnyCommand().callsFake(() => ({ DBProxies: [{ Status: statuses.shift() }] }))
    const journal = openJournal(() => 0)
    const watch = createRdsWatch(clients, database('proxy'), { journal, sinceMs: 0 })
    for (let looks = 0; looks < 3; looks++) await watch.lookAtStatus()

    expect(journal.moments.map(({ fields }) => fields.status)).toEqual(['rebooting', 'available'])
    expect(journal.sights.map(({ state }) => state)).toEqual(['available', 'rebooting', 'available'])
  })

  it('is nothing for a host name, and nobody is asked', async () => {
    const watch = createRdsWatch(clients, database('hostname'), { journal: openJournal(() => 0), sinceMs: 0 })
    await watch.lookAtStatus()
    await watch.lookAtEvents()
    expect(watch.status()).toBeUndefined()
    expect(rds.calls()).toEqual([])
  })
})
