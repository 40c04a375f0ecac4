import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PathTarget } from '../../cli/facts/path-facts.ts'
import { type LookAlong, lookAlong } from '../../cli/facts/path-look.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import {
  type Authority,
  type Greeting,
  issueAuthority,
  issueFor,
  mysql,
  openTlsDatabase,
  postgresql,
  silent,
  type TlsDatabase,
  withoutTls,
} from './tls-database.ts'

const endpoint = 'orders.cabc123def45.eu-west-1.rds.amazonaws.com'

/** Real servers behind the name of an endpoint; the certificate has to be for the database's own name. */
describe('a way to the database', { timeout: 30_000 }, () => {
  let [authority, good, misnamed, stranger]: Authority[] = []
  let database: TlsDatabase | undefined
  beforeAll(async () => {
    authority = await issueAuthority('Authority of RDS')
    good = await issueFor(endpoint, authority)
    misnamed = await issueFor('vpce-1.example.com', authority)
    stranger = await issueFor(endpoint, await issueAuthority('A stranger'))
  })
  afterEach(async () => {
    await database?.close()
    database = undefined
  })

  const walk = async (
    greet: Greeting,
    certificate: Authority | undefined,
    changes: Partial<LookAlong> & { engine?: string } = {},
  ) => {
    if (certificate === undefined || authority === undefined) throw new Error('there are no certificates')
    const { engine = 'postgres', ...others } = changes
    database = await openTlsDatabase(greet, certificate)
    const [ip = ''] = database.ips.filter(it => !it.includes(':'))
    const path: PathTarget = {
      path: 'gateway',
      endpointId: 'vpce-1',
      host: 'vpce-1.example.com',
      port: database.port,
      securityGroupIds: [],
    }
    return lookAlong(path, {
      database: { id: 'orders', endpoint, engine } as DatabaseSettings,
      dns: { resolve: async name => ({ kind: 'addresses', addresses: [ip], ttlSeconds: 60, chain: [name] }) },
      detours: new Map(),
      tls: 'verify-full',
      authorities: authority.cert,
      timeoutMs: 10_000,
      now: () => 1_000,
      signal: new AbortController().signal,
      ...others,
    })
  }
  const tlsOf = ({ client }: Awaited<ReturnType<typeof walk>>) => client.attempts[0]?.tls

  it.each([
    ['postgres', postgresql],
    ['mysql', mysql],
  ] as const)("proves the database's own name, whatever the endpoint's is (%s)", async (engine, greet) => {
    const look = await walk(greet, good, { engine })
    expect(tlsOf(look)).toMatchObject({ kind: 'shaken', isTrusted: true, names: [endpoint] })
    expect(tlsOf(look)).not.toHaveProperty('nameMismatch')
    expect(look.client.host).toBe(endpoint)
  })

  it('has a certificate for another name', async () => {
    expect(tlsOf(await walk(postgresql, misnamed))).toMatchObject({ nameMismatch: expect.stringContaining(endpoint) })
  })

  it('has a certificate of a stranger', async () => {
    expect(tlsOf(await walk(postgresql, stranger))).toMatchObject({ isTrusted: false })
  })

  it('does not speak TLS', async () => {
    expect(tlsOf(await walk(withoutTls, good))).toEqual({ kind: 'not-offered' })
  })

  it('accepts a connection behind which nobody answers', async () => {
    expect(tlsOf(await walk(silent, good, { timeoutMs: 200 }))).toEqual({ kind: 'failed', why: 'timed out' })
    await database?.close()
    expect(tlsOf(await walk(silent, good, { timeoutMs: 200, tls: 'off' }))).toEqual({
      kind: 'failed',
      why: 'timed out',
    })
  })

  it('is asked for an answer alone where TLS is off', async () => {
    const { client } = await walk(withoutTls, good, { tls: 'off' })
    expect(client.attempts[0]).toMatchObject({ tcp: { kind: 'connected' } })
    expect(client.attempts[0]).not.toHaveProperty('tls')
  })

  it('leaves our own ends of its connections, to be found in the log', async () => {
    const { connections, client } = await walk(postgresql, good)
    const [first] = client.attempts
    expect(connections).toEqual([
      { ...(first?.tcp.kind === 'connected' ? first.tcp.from : {}), to: first?.ip, atMs: 1_000 },
    ])
    expect(connections[0]?.port).toBeGreaterThan(0)
  })

  it("leads through a tunnel by the endpoint's name or by an address", async () => {
    database = await openTlsDatabase(postgresql, good ?? { key: '', cert: '' })
    const place = { host: '127.0.0.1', port: database.port }
    const opened = database
    for (const from of ['vpce-1.example.com:5432', '10.1.1.50:5432']) {
      const look = await lookAlong(
        { path: 'nlb', endpointId: 'vpce-1', host: 'vpce-1.example.com', port: 5432, securityGroupIds: [] },
        {
          database: { id: 'orders', endpoint, engine: 'postgres' } as DatabaseSettings,
          dns: {
            resolve: async name => ({ kind: 'addresses', addresses: ['10.1.1.50'], ttlSeconds: 60, chain: [name] }),
          },
          detours: new Map([[from, place]]),
          tls: 'verify-full',
          timeoutMs: 10_000,
          now: () => 1_000,
          signal: new AbortController().signal,
        },
      )
      expect(tlsOf(look)).toMatchObject({ kind: 'shaken', names: [endpoint] })
    }
    expect(opened.port).toBe(place.port)
  })

  it('sends no password to whom has not proved its name', async () => {
    let asked = 0
    const sql = {
      dialect: 'postgres',
      target: {
        credentials: { user: 'probe', password: async () => String(++asked) },
        tls: { mode: 'verify-full', servername: endpoint, ca: authority?.cert },
        timeoutMs: 5_000,
      },
    } as const
    const look = await walk(postgresql, misnamed, { sql })
    expect(look.sql).toMatchObject({ kind: 'failed', error: 'not trusted' })
    expect(asked).toBe(0)
  })
})
