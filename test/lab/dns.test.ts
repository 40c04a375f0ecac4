import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { streamDecode, streamEncode } from 'dns-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DnsServer, startDns } from '../../lab/dns/dns-server.ts'
import type { ZoneRecord } from '../../lab/dns/zone.ts'
import { startTimeline } from '../../lab/timeline.ts'

describe('the DNS server', () => {
  const records = new Map<string, ZoneRecord>()
  let server: DnsServer
  const resolver = () => {
    const fresh = new Resolver({ timeout: 250, tries: 1 })
    fresh.setServers([server.address])
    return fresh
  }

  beforeEach(async () => {
    records.clear()
    records.set('orders.cluster.test', { type: 'CNAME', target: 'orders-1.test', ttlSeconds: 5 })
    records.set('orders-1.test', { type: 'A', addresses: ['10.0.1.10'], ttlSeconds: 5 })
    server = await startDns([{ lookup: name => records.get(name) }], startTimeline({ now: () => 0 }))
  })
  afterEach(() => server.close())

  it('answers addresses through the CNAME, with their TTL', async () => {
    expect(await resolver().resolve4('Orders.Cluster.test', { ttl: true })).toEqual([{ address: '10.0.1.10', ttl: 5 }])
    expect(await resolver().resolveCname('orders.cluster.test')).toEqual(['orders-1.test'])
  })

  it('follows the zone at once', async () => {
    records.set('orders-1.test', { type: 'A', addresses: ['10.0.2.20'], ttlSeconds: 5 })
    expect(await resolver().resolve4('orders.cluster.test')).toEqual(['10.0.2.20'])
  })

  it('says that a name does not exist, and that a name has no such record', async () => {
    await expect(resolver().resolve4('other.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await expect(resolver().resolve6('orders-1.test')).rejects.toMatchObject({ code: 'ENODATA' })
  })

  it.each([
    ['servfail', 'ESERVFAIL'],
    ['silence', 'ETIMEOUT'],
    ['empty', 'ENODATA'],
  ] as const)('misbehaves on demand: %s is %s', async (fault, code) => {
    server.become(fault)
    await expect(resolver().resolve4('orders-1.test')).rejects.toMatchObject({ code })
    server.become(undefined)
    expect(await resolver().resolve4('orders-1.test')).toEqual(['10.0.1.10'])
  })

  it('keeps a stale answer of a name it was asked for', async () => {
    await resolver().resolve4('orders-1.test')
    server.become('stale')
    records.set('orders-1.test', { type: 'A', addresses: ['10.0.2.20'], ttlSeconds: 5 })
    expect(await resolver().resolve4('orders-1.test')).toEqual(['10.0.1.10'])
  })

  it('answers over TCP', async () => {
    const [host = '', port] = server.address.split(':')
    const reply = await new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = []
      const socket = connect(Number(port), host)
      socket.on('data', chunk => chunks.push(chunk))
      socket.on('error', reject)
      socket.on('end', () => resolve(Buffer.concat(chunks)))
      socket.write(streamEncode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'orders-1.test' }] }))
    })
    expect(streamDecode(reply)).toMatchObject({ id: 7, answers: [{ type: 'A', data: '10.0.1.10' }] })
  })
})
