import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import type { MigrationFacts } from '../../cli/facts/migration-facts.ts'
import { verifyStep } from '../../cli/migrate/recorded-steps.ts'
import { pathsOf } from '../../cli/migrate/verify/paths.ts'
import { examine } from '../../cli/migrate/verify/result.ts'
import type { VerifyPlan } from '../../cli/migrate/verify/verify-paths.ts'
import { openOutput } from '../../cli/output.ts'
import { showVerified } from '../../cli/text/verification.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import {
  type Authority,
  issueAuthority,
  issueFor,
  openTlsDatabase,
  postgresql,
  type TlsDatabase,
} from './tls-database.ts'

const endpoint = 'orders.cluster-cabc123def45.eu-west-1.rds.amazonaws.com'
const writer = '10.0.1.10'
const names = { nlb: 'vpce-1.example.com', gateway: 'vpce-2.example.com' }
const logGroup = '/aws/vendedlogs/repoint/orders/gateway'
const database = {
  id: 'orders',
  kind: 'cluster',
  engine: 'aurora-postgresql',
  endpoint,
  port: 5432,
  dnsServers: [],
} as unknown as DatabaseSettings

/** Two real servers with TLS as the ends of the paths; AWS's answers are given. */
describe('a verification', { timeout: 30_000 }, () => {
  let authority: Authority
  let ends: { nlb: TlsDatabase; gateway: TlsDatabase }
  /** Our own ports, as the gateway's end saw them. */
  const ports: number[] = []
  beforeAll(async () => {
    authority = await issueAuthority('Authority of RDS')
    const certificate = await issueFor(endpoint, authority)
    const [nlb, gateway] = await Promise.all([
      openTlsDatabase(postgresql, certificate),
      openTlsDatabase((socket, ...rest) => {
        ports.push(socket.remotePort ?? 0)
        return postgresql(socket, ...rest)
      }, certificate),
    ])
    ends = { nlb, gateway }
  })
  afterAll(async () => {
    await Promise.all([ends.nlb.close(), ends.gateway.close()])
  })

  const known = <T>(value: T) => ({ kind: 'known', value }) as const
  const path = (endpointId: string, dnsName: string, port: number) =>
    known({ endpointId, dnsName, port, securityGroupIds: ['sg-1'], state: 'available', leads: true })
  const factsWith = (changes: object = {}) =>
    ({
      database,
      consumer: { name: 'analytics' },
      provider: {
        accessLog: known({ logGroup }),
        configuration: known({ id: 'rcfg-1' }),
        gateway: known({ id: 'rgw-1' }),
      },
      consumerSide: {
        zone: known({ weights: { nlb: 100, gateway: 0 } }),
        nlb: path('vpce-1', names.nlb, ends.nlb.port),
        gateway: path('vpce-2', names.gateway, ends.gateway.port),
        ...changes,
      },
    }) as unknown as MigrationFacts

  /** In the consumer's VPC; the addresses that it gives lead to loopback. */
  const inConsumer = (isRetired = false): Dns => ({
    resolve: async name => ({
      kind: 'addresses',
      addresses: [isRetired || name === names.gateway ? '10.1.1.50' : '10.1.1.40'],
      ttlSeconds: 60,
      chain: [name],
    }),
  })
  /** The last of them stays; answers run out at once. */
  const leading = (leads: readonly ('nlb' | 'gateway')[]): Dns => {
    let asked = 0
    return {
      resolve: async name => {
        const path =
          name === endpoint ? leads[Math.min(asked++, leads.length - 1)] : name === names.gateway ? 'gateway' : 'nlb'
        const addresses = [path === 'gateway' ? '10.1.1.50' : '10.1.1.40']
        return { kind: 'addresses', addresses, ttlSeconds: name === endpoint ? ttlSeconds : 60, chain: [name] }
      },
    }
  }
  let ttlSeconds = 0
  const atProvider: Dns = {
    resolve: async name => ({
      kind: 'addresses',
      addresses: [writer],
      ttlSeconds: 5,
      chain: [name, 'orders-1.cabc123def45.eu-west-1.rds.amazonaws.com'],
    }),
  }

  const run = async (
    changes: {
      resource?: string
      events?: 'none'
      /** The log is delivered only after it was asked for once; that takes the command's first pause, a second. */
      isLogLate?: boolean
      facts?: object
      providerDns?: Dns
      functionSays?: object
      isRetired?: boolean
      /** As seen behind a tunnel. */
      source?: string
      /** Of the database's own name, one lookup after the other. */
      leads?: readonly ('nlb' | 'gateway')[]
      logWaitMs?: number
    } = {},
  ) => {
    const { resource = writer, functionSays = { kind: 'unknown' } } = changes
    const asked: { logGroupName?: string; filterPattern?: string; startTime?: number }[] = []
    const said: string[] = []
    ports.length = 0
    const lineOf = (source: string, ip: string, atMs: number) => ({
      timestamp: atMs,
      message: JSON.stringify({ vpcEndpointId: 'vpce-2', sourceIpPort: source, resourceIpPort: `${ip}:5432` }),
    })
    const others = [lineOf('10.1.9.9:1', '10.0.9.9', Date.now() - 60_000)]
    const ours = () => ports.map(port => lineOf(changes.source ?? `127.0.0.1:${port}`, resource, Date.now()))
    const clients = {
      logs: async () => ({
        filterLogEvents: async (input: (typeof asked)[number]) => {
          asked.push(input)
          const isThere = changes.events !== 'none' && !(changes.isLogLate && asked.length === 1)
          return { events: isThere ? [...others, ...ours()] : others }
        },
      }),
      invoker: async () => ({
        invoke: async () => ({ Payload: Buffer.from(JSON.stringify({ writer: functionSays })) }),
      }),
    } as unknown as Clients
    const facts = factsWith(changes.facts)
    const loopback = { host: '127.0.0.1' }
    const plan: VerifyPlan = {
      facts,
      paths: pathsOf(facts),
      database,
      clients,
      dns: changes.leads === undefined ? inConsumer(changes.isRetired) : leading(changes.leads),
      providerDns: changes.providerDns ?? atProvider,
      clusters: {
        vote: async () => ({ status: 'available', memberIds: ['orders-1'], writerId: 'orders-1' }),
        endpointOf: async () => undefined,
        members: async () => [],
      },
      detours: new Map([
        [`10.1.1.40:${ends.nlb.port}`, { ...loopback, port: ends.nlb.port }],
        [`10.1.1.50:${ends.gateway.port}`, { ...loopback, port: ends.gateway.port }],
      ]),
      tls: 'verify-full',
      authorities: authority.cert,
      timeoutMs: 10_000,
      lookups: 5,
      isFromElsewhere: false,
      logWaitMs: changes.logWaitMs ?? (changes.events === 'none' ? 50 : 20_000),
      now: Date.now,
      signal: new AbortController().signal,
      say: text => said.push(text),
    }
    return { examined: await examine(plan), asked, said }
  }

  it('passes when both paths prove the name and the log shows the writer, once it is delivered', async () => {
    const { examined, asked, said } = await run({ isLogLate: true })
    expect(examined.findings.filter(({ severity }) => severity !== 'ok')).toEqual([])
    expect([examined.outcome, examined.exitCode, examined.proof?.kind]).toEqual(['passed', 0, 'proved'])
    expect(asked).toHaveLength(2)
    expect(asked[0]).toMatchObject({ logGroupName: logGroup, filterPattern: '{ $.vpcEndpointId = "vpce-2" }' })
    expect(said).toEqual([
      `Connecting to ${names.nlb}:${ends.nlb.port} and ${names.gateway}:${ends.gateway.port}.`,
      `Waiting for the gateway's access log (${logGroup}), up to 20 s.`,
    ])
    expect(verifyStep(examined)).toMatchObject({
      ...{ kind: 'verify', applied: false, outcome: 'passed' },
      evidence: {
        about: { endpointId: 'vpce-2', nlbEndpointId: 'vpce-1', configurationId: 'rcfg-1', gatewayId: 'rgw-1' },
      },
    })
  })

  it('is not disproved by what others reached before, nor by what may be theirs', async () => {
    const { examined } = await run({ resource: '10.0.2.20', source: '10.1.9.9:1', logWaitMs: 50 })
    expect([examined.outcome, examined.exitCode, examined.proof?.kind]).toEqual(['waiting', 3, 'incomplete'])
    const agreeing = await run({ source: '-', logWaitMs: 50 })
    expect(agreeing.examined).toMatchObject({ outcome: 'passed', proof: { matchedBy: 'endpoint', found: 0 } })
  })

  it('fails when every lookup leads the wrong way, also after the TTL', async () => {
    const { examined } = await run({ leads: ['gateway'] })
    expect([examined.outcome, examined.lookups.isPastTtl]).toEqual(['failed', true])
    expect(examined.findings.find(({ severity }) => severity === 'problem')?.check).toBe('hosted-zone')
    expect((await run({ leads: [...Array<'gateway'>(5).fill('gateway'), 'nlb'] })).examined.outcome).toBe('passed')
  })

  it('waits where the TTL is longer than its patience', async () => {
    ttlSeconds = 60
    const { examined } = await run({ leads: ['gateway'] })
    ttlSeconds = 0
    expect([examined.outcome, examined.exitCode]).toEqual(['waiting', 3])
    expect(verifyStep(examined)).toMatchObject({
      outcome: 'waiting',
      summary: expect.stringContaining('for 60 s more'),
    })
  })

  it("fails when the log shows another address than the writer's", async () => {
    const { examined } = await run({ resource: '10.0.2.20' })
    expect([examined.outcome, examined.exitCode]).toEqual(['failed', 6])
    expect(examined.findings.find(({ severity }) => severity === 'problem')).toMatchObject({
      check: 'gateway-log',
      fact: expect.stringContaining(`the gateway reached 10.0.2.20:5432, and the writer is ${writer}`),
    })
    expect(verifyStep(examined).outcome).toBe('failed')
  })

  it('waits, with what to ask later, while the log has nothing', async () => {
    const { examined } = await run({ events: 'none' })
    expect([examined.outcome, examined.exitCode]).toEqual(['waiting', 3])
    expect(examined.later?.command).toContain(`aws logs filter-log-events --log-group-name ${logGroup}`)
    expect(examined.later?.insights).toContain('filter vpcEndpointId = "vpce-2"')
    const shown = showVerified(examined, openOutput({ env: { NO_COLOR: '1' } }))
    expect(shown).toContain('WAITING')
    expect(shown).toContain('Look later, by Logs Insights: ')
  })

  it("asks the function where the hosted zone hides the writer's address", async () => {
    const hidden = { providerDns: inConsumer(), functionSays: { kind: 'settled', addresses: [writer] } }
    expect((await run(hidden)).examined).toMatchObject({
      outcome: 'passed',
      writer: { by: "the function's looks agree" },
    })
    const unsure = await run({
      ...hidden,
      functionSays: { kind: 'credible', addresses: [writer], missing: 'more-answers' },
    })
    expect(unsure.examined).toMatchObject({ outcome: 'waiting', proof: { kind: 'nothing-to-compare' } })
  })

  it('goes on with the gateway alone where the load balancer is gone', async () => {
    const zone = known({ weights: { gateway: 100 } })
    const { examined } = await run({ facts: { nlb: { kind: 'none', why: 'retired' }, zone }, isRetired: true })
    expect([examined.outcome, examined.paths.map(it => it.path)]).toEqual(['passed', ['gateway']])
    const shown = showVerified(examined, openOutput({ env: { NO_COLOR: '1' } }))
    expect(shown).toContain('PASSED  The gateway reaches the writer, and the access log proves it.')
    expect(shown).not.toMatch(/both paths/i)
  })

  it.each([
    ['fails', 'not there, and its record is', { kind: 'none', why: 'Gone.' }, 'failed', 'problem'],
    [
      'waits',
      'not to be seen',
      { kind: 'unknown', why: 'Not allowed: ec2:DescribeVpcEndpoints.' },
      'waiting',
      'unknown',
    ],
    [
      'waits',
      'without a name yet',
      { kind: 'known', value: { endpointId: 'vpce-1', dnsName: '', state: 'pending', port: 1, securityGroupIds: [] } },
      'waiting',
      'unknown',
    ],
  ])('%s where the path through the load balancer is %s', async (_, _what, nlb, outcome, severity) => {
    const { examined } = await run({ facts: { nlb } })
    expect(examined.outcome).toBe(outcome)
    expect(examined.findings.filter(it => it.check === 'nlb-path')).toMatchObject([{ severity }])
    expect(showVerified(examined, openOutput({ env: { NO_COLOR: '1' } }))).not.toMatch(/both paths/i)
  })

  it('names the permission where the path through the gateway could not be looked at', async () => {
    const action = 'ec2:DescribeVpcEndpointAssociations'
    const gateway = { kind: 'unknown', why: `Not allowed: ${action}.`, action }
    await expect(run({ facts: { gateway } })).rejects.toThrow(
      `Whether analytics has a path through a resource gateway is not known: Not allowed: ${action}. Allow ${action} to whoever runs this`,
    )
    const nameless = { ...path('vpce-2', '', 5432) }
    await expect(run({ facts: { gateway: nameless } })).rejects.toThrow('AWS gives no name of vpce-2 yet')
  })

  it('says what is missing where there is no gateway yet', async () => {
    await expect(run({ facts: { gateway: { kind: 'none', why: 'There is no resource endpoint.' } } })).rejects.toThrow(
      'analytics has no path through a resource gateway that could be verified: There is no resource endpoint. Deploy stage shadow first',
    )
  })
})
