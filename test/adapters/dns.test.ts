import { Resolver } from 'node:dns/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDns } from '../../functions/reconciler/adapters/dns.ts'
import type { Answer } from '../../functions/reconciler/core/model.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import { type LoopbackDns, type Row, startLoopbackDns } from './loopback-dns.ts'

const endpoint = 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com'
const orders1 = 'orders-1.abc123.eu-west-1.rds.amazonaws.com'
const orders2 = 'orders-2.abc123.eu-west-1.rds.amazonaws.com'
const a = '10.0.1.10'
const b = '10.0.2.20'

const servers: LoopbackDns[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close())))

/** Far longer than loopback needs; what a test waits for in vain is given less. */
const start = async (rows: Record<string, Row>, timeoutMs = 5000): Promise<{ server: LoopbackDns; dns: Dns }> => {
  const server = await startLoopbackDns(rows)
  servers.push(server)
  return { server, dns: createDns({ servers: [server.address], timeoutMs }) }
}

const resolve = async (rows: Record<string, Row>, timeoutMs?: number): Promise<Answer> =>
  (await start(rows, timeoutMs)).dns.resolve(endpoint)

describe('an answer', () => {
  it('gives address, TTL, and the name itself as the chain', async () => {
    expect(await resolve({ [endpoint]: { addresses: [a], ttl: 5 } })).toEqual({
      kind: 'addresses',
      addresses: [a],
      ttlSeconds: 5,
      chain: [endpoint],
    })
  })

  it('goes through aliases, names them, and has the smallest TTL of the chain', async () => {
    const publicName = 'ec2-54-84-181-60.compute-1.amazonaws.com'

    expect(
      await resolve({
        [endpoint]: { alias: orders1, ttl: 5 },
        [orders1]: { alias: publicName, ttl: 60 },
        [publicName]: { addresses: [a], ttl: 300 },
      }),
    ).toEqual({ kind: 'addresses', addresses: [a], ttlSeconds: 5, chain: [endpoint, orders1, publicName] })
  })

  it('has the TTL of the address where that is the smallest', async () => {
    const rows = { [endpoint]: { alias: orders1, ttl: 60 }, [orders1]: { addresses: [a], ttl: 2 } }

    expect(await resolve(rows)).toMatchObject({ ttlSeconds: 2 })
  })

  it('sorts several addresses, so that their order means nothing', async () => {
    expect(await resolve({ [endpoint]: { addresses: ['10.0.3.30', a, b] } })).toMatchObject({
      addresses: [a, b, '10.0.3.30'],
    })
  })

  it('is the one of now, whatever TTL the last one had', async () => {
    const { server, dns } = await start({ [endpoint]: { addresses: [a], ttl: 3600 } })
    expect(await dns.resolve(endpoint)).toMatchObject({ addresses: [a] })

    server.set(endpoint, { addresses: [b], ttl: 3600 })

    expect(await dns.resolve(endpoint)).toMatchObject({ addresses: [b] })
  })

  it('is the one of now after an empty one', async () => {
    const { server, dns } = await start({ [endpoint]: 'empty' })
    expect(await dns.resolve(endpoint)).toMatchObject({ kind: 'none' })

    server.set(endpoint, { addresses: [b] })

    expect(await dns.resolve(endpoint)).toMatchObject({ addresses: [b] })
  })

  it('has the address of the instance that its chain names, even when the endpoint flips in between', async () => {
    const { server, dns } = await start({
      [endpoint]: { alias: orders1 },
      [orders1]: { addresses: [a] },
      [orders2]: { addresses: [b] },
    })
    server.afterAnswer = ({ type, name }) => {
      if (type === 'CNAME' && name === endpoint) server.set(endpoint, { alias: orders2 })
    }

    expect(await dns.resolve(endpoint)).toMatchObject({ chain: [endpoint, orders1], addresses: [a] })
  })

  it.each([
    [7, { kind: 'addresses', addresses: [a] }],
    [8, { kind: 'none', why: 'the chain of aliases is too long' }],
  ])('goes through %i aliases: %j', async (count, expected) => {
    const names = [endpoint, ...Array.from({ length: count }, (_, hop) => `hop-${hop}.example.com`)]
    const chain = names.slice(1).map((alias, index) => [names[index], { alias }] as const)

    expect(await resolve({ ...Object.fromEntries(chain), [String(names.at(-1))]: { addresses: [a] } })).toMatchObject(
      expected,
    )
  })

  it('leaves no timer behind, which would hold the process', async () => {
    const { dns } = await start({ [endpoint]: { addresses: [a] } })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await dns.resolve(endpoint)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('comes from the servers of the configuration, in any number of questions at once', async () => {
    const { server, dns } = await start({ [endpoint]: { addresses: [a] } })

    const all = await Promise.all(Array.from({ length: 20 }, () => dns.resolve(endpoint)))

    expect(all).toEqual(
      Array(20).fill({ kind: 'addresses', addresses: [a], ttlSeconds: expect.any(Number), chain: [endpoint] }),
    )
    expect(new Set(server.asked)).toEqual(new Set([`A ${endpoint}`, `CNAME ${endpoint}`]))
  })
})

describe('the resolver', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each<[string, readonly string[], number]>([
    ['of the configuration is set', ['10.0.0.2'], 1],
    ['of the system is left as it is', [], 0],
  ])('%s, and is given up when the answer is there', async (_which, chosen, times) => {
    const setServers = vi.spyOn(Resolver.prototype, 'setServers').mockReturnValue(undefined)
    const cancel = vi.spyOn(Resolver.prototype, 'cancel').mockReturnValue(undefined)
    vi.spyOn(Resolver.prototype, 'resolveCname').mockRejectedValue(new Error('no alias'))
    const resolve4 = vi.spyOn(Resolver.prototype, 'resolve4')
    resolve4.mockResolvedValue([{ address: a, ttl: 5 }] as never)

    expect(await createDns({ servers: chosen }).resolve(endpoint)).toMatchObject({ addresses: [a] })
    expect(setServers).toHaveBeenCalledTimes(times)
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it.each<[string, () => Promise<never[]>, string]>([
    ['that answers with nothing', async () => [], 'ENODATA'],
    ['that fails without a code', () => Promise.reject(new Error('broken')), 'Error: broken'],
    ['that fails with no error', () => Promise.reject('broken'), 'broken'],
  ])('%s is no information', async (_how, answer, why) => {
    vi.spyOn(Resolver.prototype, 'resolveCname').mockRejectedValue(new Error('no alias'))
    vi.spyOn(Resolver.prototype, 'resolve4').mockImplementation(answer as never)

    expect(await createDns({ servers: [] }).resolve(endpoint)).toEqual({ kind: 'none', why })
  })
})

describe('no information', () => {
  it.each<[string, Record<string, Row>, RegExp]>([
    ['the name does not exist', { [endpoint]: 'nxdomain' }, /^ENOTFOUND$/],
    ['the resolver fails', { [endpoint]: 'servfail' }, /^ESERVFAIL$/],
    ['the name has no address', { [endpoint]: 'empty' }, /^ENODATA$/],
    ['an alias leads to a name without address', { [endpoint]: { alias: orders1 }, [orders1]: 'empty' }, /^ENODATA$/],
    ['an alias leads to a name that does not exist', { [endpoint]: { alias: orders1 } }, /^ENOTFOUND$/],
    ['aliases go round', { [endpoint]: { alias: orders1 }, [orders1]: { alias: endpoint } }, /chain of aliases/],
  ])('is the answer when %s', async (_when, rows, why) => {
    expect(await resolve(rows)).toEqual({ kind: 'none', why: expect.stringMatching(why) })
  })

  it.each<[string, Record<string, Row>]>([
    ['the resolver is silent', { [endpoint]: 'silence' }],
    ['it is silent in the middle of a chain', { [endpoint]: { alias: orders1 }, [orders1]: 'silence' }],
  ])('is the answer when %s, after the timeout', async (_when, rows) => {
    expect(await resolve(rows, 100)).toEqual({ kind: 'none', why: expect.stringMatching(/^ETIMEOUT$/) })
  })

  it('is the answer when a chain of slow answers takes longer than the timeout for all of them', async () => {
    const names = [endpoint, ...[1, 2, 3, 4, 5].map(hop => `hop-${hop}.example.com`)]
    const chain = names.slice(1).map((alias, index) => [names[index], { alias }] as const)
    const rows = { ...Object.fromEntries(chain), 'hop-5.example.com': { addresses: [a] } }
    const { server, dns } = await start(rows, 100)
    server.delayMs = 25

    expect(await dns.resolve(endpoint)).toEqual({ kind: 'none', why: 'ETIMEOUT' })
  })

  it('is the answer when nobody listens', async () => {
    const { server, dns } = await start({}, 100)
    servers.length = 0
    await server.close()

    expect(await dns.resolve(endpoint)).toMatchObject({ kind: 'none' })
  })
})
