import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { explain } from '../../cli/aws/explain.ts'
import { findCredentials } from '../../cli/facts/client/credentials.ts'
import { AttemptError, atPlace, classify, errorKinds, isHarmful, remedies } from '../../cli/facts/client/errors.ts'
import { attemptTcp } from '../../cli/facts/client/tcp.ts'

const pg = (code: string, message = 'x') => Object.assign(new Error(message), { code })
const my = (errno: number, code = 'ER_X') => Object.assign(new Error('x'), { errno, code })

describe('an error of a client', () => {
  // Codes and texts as PostgreSQL 15, MariaDB 10.11, `pg` and `mysql2` gave them.
  // biome-ignore format: a table
  it.each([
    ['a fast stop of PostgreSQL', pg('57P01', 'terminating connection due to administrator command'), 'connection reset'],
    ['a backend that was killed', new Error('Connection terminated unexpectedly'), 'connection reset'],
    ['an idle MySQL connection after a failover', new Error("Can't add new command when connection is in closed state"), 'connection reset'],
    ['a query that a shutdown interrupted', my(1317, 'ER_QUERY_INTERRUPTED'), 'connection reset'],
    ['PostgreSQL starting up', pg('57P03', 'the database system is starting up'), 'starting up'],
    ['PostgreSQL in recovery', pg('57P03', 'the database system is in recovery mode'), 'starting up'],
    ['PostgreSQL that takes no connections', pg('57P03', 'the database system is not accepting connections'), 'starting up'],
    ['a reconnect storm at PostgreSQL', pg('53300'), 'too many connections'],
    ['a reconnect storm at MySQL', my(1040, 'ER_CON_COUNT_ERROR'), 'too many connections'],
    ['a user over its limit', my(1226, 'ER_USER_LIMIT_REACHED'), 'too many connections'],
    ['a host that MySQL has blocked', my(1129, 'ER_HOST_IS_BLOCKED'), 'host blocked'],
    ['a locked account, which mysql2 names otherwise', my(4151, 'ER_BULK_PARSER_ERROR'), 'login refused'],
    ['an expired password', my(1820, 'ER_MUST_CHANGE_PASSWORD'), 'login refused'],
    ['a database without a grant', my(1044, 'ER_DBACCESS_DENIED_ERROR'), 'login refused'],
    ['a database that is not there', pg('3D000'), 'login refused'],
    ['a database that takes no connections', pg('55000'), 'login refused'],
    ['no password where one is asked for', new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'login refused'],
    ['a login method that mysql2 does not know', pg('AUTH_SWITCH_PLUGIN_ERROR'), 'unsupported login method'],
    ['a clock that is behind', pg('CERT_NOT_YET_VALID'), 'clock'],
    ['a stranger’s certificate', pg('SELF_SIGNED_CERT_IN_CHAIN'), 'not trusted'],
    ['a stranger’s certificate, as mysql2 says it', pg('HANDSHAKE_SSL_ERROR', 'unable to get local issuer certificate'), 'not trusted'],
    ['a writer that has become a reader', my(1290, 'ER_OPTION_PREVENTS_STATEMENT'), 'read-only'],
    ['something new', new Error('what is this'), 'other'],
  ] as const)('%s: %#', (_, error, kind) => {
    expect(classify(error)).toBe(kind)
    // With the place it happened at, it is still of its kind.
    expect(classify(atPlace(error, { host: 'db', port: 1 }))).toBe(kind)
  })

  it('names its place once, however often it is passed on', () => {
    const place = { host: 'db', port: 1 }
    const once = atPlace(pg('ECONNRESET', 'read ECONNRESET'), place)
    expect(atPlace(once, place)).toBe(once)
    expect((once as Error).message).toBe('The database at db:1: read ECONNRESET (connection reset)')
  })

  it('has a remedy of its own for each kind', () => {
    expect(new Set(errorKinds.map(kind => remedies[kind])).size).toBeGreaterThanOrEqual(errorKinds.length - 1)
  })

  it('does harm where each further attempt counts against the address of the load balancer', () => {
    expect(errorKinds.filter(isHarmful)).toEqual(['host blocked', 'not trusted', 'clock'])
  })

  it('of a database is no missing answer of AWS', () => {
    const refused = pg('ECONNREFUSED', 'connect ECONNREFUSED 10.0.1.10:5432')
    expect(explain(atPlace(refused, { host: '10.0.1.10', port: 5432 })).message).toBe(
      'The database at 10.0.1.10:5432: connect ECONNREFUSED 10.0.1.10:5432 (connection refused)',
    )
    expect(explain(refused).message).not.toContain('AWS')
  })
})

describe('TCP means that the database answers', () => {
  const closers: (() => void)[] = []
  afterEach(() => {
    for (const close of closers.splice(0)) close()
  })

  /** Says this at once, or to the first bytes that come. */
  const serve = async (bytes: Buffer, isFirst: boolean): Promise<number> => {
    const server = createServer(socket => {
      socket.on('error', () => undefined)
      if (isFirst) socket.write(bytes)
      else socket.once('data', () => socket.write(bytes))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    closers.push(() => server.close())
    return (server.address() as AddressInfo).port
  }
  const postgres = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(4 + body.length)
    return Buffer.concat([Buffer.from(type), length, body])
  }
  const refusal = (code: string) => postgres('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mthe reason\0\0`))
  const mysql = (body: Buffer) => Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body])
  const refused = (code: number) =>
    mysql(Buffer.concat([Buffer.from([0xff, code % 256, Math.floor(code / 256)]), Buffer.from('#08S01the reason')]))
  const attempt = async (dialect: 'postgres' | 'mysql', bytes: Buffer): Promise<string> => {
    const port = await serve(bytes, dialect === 'mysql')
    const route = { place: { host: '127.0.0.1', port }, dns: { resolve: noAnswer }, detours: new Map(), timeoutMs: 300 }
    return attemptTcp(route, dialect).then(() => 'works', classify)
  }
  const noAnswer = async () => ({ kind: 'none', why: 'there is no DNS' }) as const

  it.each([
    ['postgres', 'asks for a password', postgres('R', Buffer.from([0, 0, 0, 10])), 'works'],
    ['postgres', 'has no entry for this user', refusal('28000'), 'works'],
    ['postgres', 'starts up', refusal('57P03'), 'starting up'],
    ['postgres', 'stops', refusal('57P01'), 'connection reset'],
    ['postgres', 'has no connection left', refusal('53300'), 'too many connections'],
    ['postgres', 'speaks another protocol', Buffer.from('HTTP/1.1 400 Bad Request'), 'other'],
    ['mysql', 'greets', mysql(Buffer.from([10, 0x38, 0])), 'works'],
    ['mysql', 'has blocked this host', refused(1129), 'host blocked'],
    ['mysql', 'has no connection left', refused(1040), 'too many connections'],
    ['mysql', 'speaks another protocol', Buffer.from('SSH-2.0-OpenSSH'), 'other'],
  ] as const)('%s: a server that %s %#', async (dialect, _, bytes, expected) => {
    expect(await attempt(dialect, bytes)).toBe(expected)
  })

  it.each(['postgres', 'mysql'] as const)(
    '%s: a load balancer that accepts and says nothing times out',
    async dialect => {
      expect(await attempt(dialect, Buffer.alloc(0))).toBe('timeout')
    },
  )
})

describe('a secret', () => {
  const secretsOf = (answers: (() => string)[]) => {
    let reads = 0
    const getSecretValue = async () => {
      const answer = answers[Math.min(reads, answers.length - 1)]
      reads += 1
      return { SecretString: answer?.() ?? '' }
    }
    return { clients: { secrets: async () => ({ getSecretValue }) } as unknown as Clients, reads: () => reads }
  }
  const secret = (password: string) => () => JSON.stringify({ username: 'probe', password })
  const find = async (clients: Clients) => {
    const found = await findCredentials({ secret: 'orders/probe' }, { clients, database: {} as never, env: {} })
    if (found === undefined) throw new Error('there are credentials')
    return found
  }

  it('is fetched once, however many connections need it', async () => {
    const { clients, reads } = secretsOf([secret('a')])
    const { password } = await find(clients)
    for (let attempt = 0; attempt < 50; attempt++) expect(await password()).toBe('a')
    expect(reads()).toBe(1)
  })

  it('is fetched again after a refused login, and tells whether it has changed', async () => {
    const { clients, reads } = secretsOf([secret('a'), secret('a'), secret('b')])
    const { password, renew } = await find(clients)
    expect([await renew?.(), await renew?.(), await password(), reads()]).toEqual([false, true, 'b', 3])
  })

  it('that cannot be read again is a problem of ours, and no error of the database', async () => {
    const denied = () => {
      throw Object.assign(new Error('denied'), { name: 'AccessDeniedException' })
    }
    const { clients } = secretsOf([secret('a'), denied])
    const { renew } = await find(clients)
    const error = await renew?.().catch((it: unknown) => it)
    expect(error).toBeInstanceOf(AttemptError)
    expect(classify(error)).toBe('no credentials')
    expect((error as Error).message).toContain('The secret orders/probe cannot be read')
  })
})
