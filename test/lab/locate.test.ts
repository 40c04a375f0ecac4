import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { locateBy } from '../../lab/client/locate.ts'
import { type DnsServer, startDns } from '../../lab/dns/dns-server.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { type ManualTime, manualTime } from './manual-time.ts'

const hostname = 'orders.cabc123def45.eu-west-1.rds.amazonaws.com'

let time: ManualTime
let dns: DnsServer
let addresses: readonly string[]
beforeEach(async () => {
  time = manualTime()
  addresses = ['10.1.1.40']
  const zone = { lookup: () => ({ type: 'A' as const, addresses, ttlSeconds: 60 }) }
  dns = await startDns([zone], startTimeline(time))
})
afterEach(() => dns.close())

describe('an application that connects by name', () => {
  it('asks the resolver again when the answer’s time to live is over, and not before', async () => {
    const locate = locateBy({ hostname, server: dns.address, time })
    const first = await locate()
    addresses = ['10.1.1.50']
    await time.advance(59_000)
    const second = await locate()
    await time.advance(1_000)
    expect([first, second, await locate(), dns.questions()]).toEqual(['10.1.1.40', '10.1.1.40', '10.1.1.50', 2])
  })

  it('takes the addresses of one answer in turn', async () => {
    addresses = ['10.1.1.40', '10.1.2.40']
    const locate = locateBy({ hostname, server: dns.address, time })
    const taken = [await locate(), await locate(), await locate()]
    expect(new Set(taken)).toEqual(new Set(addresses))
    expect(taken[0]).toBe(taken[2])
  })

  it('fails where the name has no address', async () => {
    addresses = []
    await expect(locateBy({ hostname, server: dns.address, time })()).rejects.toThrow('ENODATA')
  })
})
