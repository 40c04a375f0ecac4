import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClients } from '../../cli/aws/clients.ts'
import { judgePreflight } from '../../cli/checks/preflight.ts'
import { none } from '../../cli/facts/gathered.ts'
import { gatherMigration } from '../../cli/facts/migration.ts'
import { gatherPreflight } from '../../cli/facts/preflight.ts'
import { permissions } from '../../cli/reference/command-permissions.ts'
import { type Api, startApi } from '../../lab/api/api-server.ts'
import type { AccountResources } from '../../lab/api/resources.ts'
import * as fixture from '../../lab/fixture.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { manualTime } from '../lab/manual-time.ts'
import {
  anAccount,
  arnOf,
  consumer,
  consumerVpc,
  database,
  ids,
  lambda,
  nameOf,
  readers,
  resources,
  serviceName,
  whole,
  writer,
} from './migrate-account.ts'

describe('what migrate gathers over the wire', () => {
  const time = manualTime()
  let api: Api
  const around = resources()
  const sound = structuredClone({ ...around, queues: [] })
  const options = () => {
    const clients = createClients({ region: fixture.region })
    return { database, consumer, clients, consumerClients: clients }
  }
  /** Restores what a test changes. */
  const changed = async <T>(changes: Partial<AccountResources>, look: () => Promise<T>): Promise<T> => {
    Object.assign(around, changes)
    try {
      return await look()
    } finally {
      Object.assign(around, structuredClone(sound))
    }
  }

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

  it('finds the gateway by its name, its configuration, and where its log goes', async () => {
    const { provider } = await gatherMigration(options())

    expect(provider).toMatchObject({
      standing: { kind: 'at', stage: 'shadow' },
      gateway: { value: { id: ids.gateway, addressesPerInterface: 4, dnsResolution: 'PUBLIC', isOther: false } },
      configuration: { value: { id: whole, type: 'ARN', target: fixture.databaseArn('cluster') } },
      accessLog: { value: { logGroup: '/aws/vendedlogs/repoint/orders/gateway' } },
      endpointService: { value: { name: serviceName } },
      loadBalancer: { value: { arn: fixture.loadBalancer.arn } },
    })
  })

  it("reads the live weights, and tells a cluster's writer from its readers", async () => {
    const { consumerSide } = await gatherMigration(options())

    expect(consumerSide).toMatchObject({
      standing: { kind: 'at', stage: 'shift', percent: 25 },
      zone: { value: { id: ids.zone, weights: { nlb: 75, gateway: 25 } } },
      nlb: { value: { endpointId: ids.nlbEndpoint, port: 5432 } },
      gateway: {
        value: {
          endpointId: ids.endpoint,
          dnsName: nameOf(writer),
          reader: { dnsName: nameOf(readers), configurationArn: arnOf(readers) },
        },
      },
    })
  })

  it('finds the gateway that is there also after the settings name another', async () => {
    const [gateway] = around.resourceGateways
    if (gateway === undefined) throw new Error('no gateway')
    const other = { ...gateway, name: `${gateway.name.slice(0, -8)}0123abcd` }

    const { provider } = await changed({ resourceGateways: [other] }, () => gatherMigration(options()))

    expect(provider.gateway).toMatchObject({ value: { isOther: true } })
  })

  it('says what is not there in one sentence each', async () => {
    const nothing = { resourceGateways: [], resourceConfigurations: [], hostedZones: [], vpcEndpoints: [] }

    const { provider, consumerSide } = await changed(nothing, () => gatherMigration(options()))

    expect(provider).toMatchObject({
      standing: { stage: 'nlb' },
      gateway: { kind: 'none' },
      accessLog: { kind: 'none' },
    })
    expect(consumerSide).toMatchObject({ standing: { kind: 'new' }, gateway: { kind: 'none' } })
  })

  it('leaves out an endpoint that consumers share where no record of this one leads to it any more', async () => {
    const shares = { ...consumer, endpoint: 'all' }
    const there = await gatherMigration({ ...options(), consumer: shares })
    const hostedZones = around.hostedZones.map(it => ({
      ...it,
      records: (it.records ?? []).filter(({ setIdentifier }) => setIdentifier !== 'repoint-nlb'),
    }))
    const left = await changed({ hostedZones }, () => gatherMigration({ ...options(), consumer: shares }))

    expect(there.consumerSide?.nlb.kind).toBe('known')
    expect(left.consumerSide?.nlb).toEqual(
      none('No record of it leads to the interface endpoint all, which consumers share.'),
    )
  })

  it('gathers what preflight judges, and finds what is broken', async () => {
    const group = around.securityGroups.find(it => it.id === fixture.networkNames.databaseGroup)
    if (group === undefined) throw new Error('no group')
    const securityGroups = around.securityGroups.map(it => (it === group ? { ...group, incoming: [] } : it))
    const managed = {
      id: 'Z9',
      name: `${fixture.endpoints.cluster}.`,
      vpcIds: [consumerVpc],
      owner: { service: 'vpce.amazonaws.com' },
    }

    const facts = await changed({ securityGroups, hostedZones: [managed] }, () =>
      gatherPreflight({ ...options(), clientKeepaliveSeconds: 60 }),
    )

    const problems = judgePreflight(facts).filter(({ severity }) => severity === 'problem')
    expect(problems.map(({ check }) => check)).toEqual(['stages', 'security-group-database', 'consumer-zones'])
  })

  it.each([
    ['migrate plan', gatherMigration],
    ['migrate preflight', gatherPreflight],
  ])('asks of AWS what docs/cli.md says: %s', async (name, gather) => {
    const from = api.calls.length

    await gather(options())

    const renamed: Readonly<Record<string, string>> = { 'lambda:unknown': 'lambda:GetAlias' }
    const asked = api.calls
      .slice(from)
      .map(({ service, action }) => renamed[`${service}:${action}`] ?? `${service}:${action}`)
    const allowed = (permissions[name] ?? []).flatMap(it => it.match(/[a-z0-9-]+:[A-Z]\w+/g) ?? [])
    expect(asked.length).toBeGreaterThan(10)
    expect([...new Set(asked)].filter(action => !allowed.includes(action))).toEqual([])
  })

  it('finds nothing wrong with the sound fixture but that the weights were moved', async () => {
    const readGrants = () => Promise.reject(new Error('connection refused'))

    const facts = await gatherPreflight({ ...options(), clientKeepaliveSeconds: 60, readGrants })

    const found = judgePreflight(facts).filter(({ severity }) => severity !== 'ok' && severity !== 'notice')
    expect(found).toMatchObject([{ check: 'stages', severity: 'warning' }])
    // A server that does not answer takes down its own check alone.
    expect(facts.grants).toMatchObject({ kind: 'unknown', why: expect.stringContaining('connection refused') })
  })
})
