import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClients } from '../../cli/aws/clients.ts'
import { gatherMigration } from '../../cli/facts/migration.ts'
import { type Api, startApi } from '../../lab/api/api-server.ts'
import * as fixture from '../../lab/fixture.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { manualTime } from '../lab/manual-time.ts'
import { anAccount, consumer, database, ids, lambda, nameOf, readers, resources, writer } from './migrate-account.ts'

/** Records that lead to an endpoint which is not their way's. */
describe("the records of a consumer's zone", () => {
  const time = manualTime()
  let api: Api
  const around = resources()
  const nlbName = `${ids.nlbEndpoint}.vpce-svc.${fixture.region}.vpce.amazonaws.com`

  beforeAll(async () => {
    api = await startApi({
      account: anAccount(around),
      time,
      timeline: startTimeline(time),
      services: { lambda },
    })
    vi.stubEnv('AWS_ENDPOINT_URL', api.url)
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIALAB')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x')
  })
  // The account's request rates recover.
  beforeEach(() => time.advance(60_000))
  afterAll(async () => {
    vi.unstubAllEnvs()
    await api.close()
  })

  const lead = async (identifier: string, dnsName: string) => {
    const record = around.hostedZones[0]?.records?.find(it => it.setIdentifier === identifier)
    if (record?.alias === undefined) throw new Error('no record')
    const before = record.alias.dnsName
    record.alias.dnsName = dnsName
    const clients = createClients({ region: fixture.region })
    try {
      return (await gatherMigration({ database, consumer, clients, consumerClients: clients })).consumerSide
    } finally {
      record.alias.dnsName = before
    }
  }

  it.each([
    ['as they are', 'repoint-nlb', nlbName],
    ['with a dot and dualstack.', 'repoint-nlb', `dualstack.${nlbName.toUpperCase()}.`],
    ['with a dot', 'repoint-gateway', `${nameOf(writer)}.`],
  ])('lead to their paths %s', async (_, identifier, dnsName) => {
    expect(await lead(identifier, dnsName)).toMatchObject({
      standing: { kind: 'at', stage: 'shift' },
      nlb: { value: { leads: true } },
      gateway: { value: { leads: true } },
    })
  })

  it.each([
    ["the load balancer's endpoint", nlbName],
    ['the readers', nameOf(readers)],
  ])("are odd where the gateway's leads to %s", async (_, dnsName) => {
    expect(await lead('repoint-gateway', dnsName)).toMatchObject({
      standing: { kind: 'between', remedy: expect.stringContaining(nameOf(writer)) },
      gateway: { value: { endpointId: ids.endpoint, dnsName: nameOf(writer), leads: false } },
    })
  })

  it("are odd where the load balancer's leads to the gateway's endpoint", async () => {
    expect(await lead('repoint-nlb', nameOf(writer))).toMatchObject({
      standing: { kind: 'between', odd: expect.stringContaining('repoint-nlb') },
      nlb: { value: { endpointId: ids.nlbEndpoint, leads: false } },
    })
  })
})
