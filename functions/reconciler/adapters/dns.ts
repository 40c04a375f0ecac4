import { Resolver } from 'node:dns/promises'
import type { Answer } from '../core/model.ts'
import type { Dns } from '../ports.ts'

/**
 * Asks DNS as it is now.
 *
 * - A fresh `Resolver` for each attempt: Node 22.14-22.16 keep answers, empty ones too, inside a resolver
 *   (https://github.com/nodejs/node/issues/57636), and Lambda picks the patch version.
 * - An own timer on top of the resolver's: c-ares may wait for many times its `timeout`.
 * - The chain is walked name by name, so that the address is the one of the instance that the chain ends in. One
 *   `resolve4` of the endpoint beside one `resolveCname` could straddle a flip and mix the two writers.
 * - Never `dns.lookup`: it asks the operating system, which has caches and no TTL.
 */
export interface DnsOptions {
  /** `address` or `address:port`; empty for the system's. */
  readonly servers: readonly string[]
  /** For one attempt, the whole chain included. */
  readonly timeoutMs?: number
}

/** RDS has at most two aliases in front of an address: cluster endpoint, instance endpoint, public EC2 name. */
const longestChain = 8

export const createDns = ({ servers, timeoutMs = 2000 }: DnsOptions): Dns => ({
  resolve: async name => {
    const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 1 })
    if (servers.length > 0) resolver.setServers([...servers])
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<Answer>(resolve => {
      timer = setTimeout(() => resolve({ kind: 'none', why: 'ETIMEOUT' }), timeoutMs)
    })
    try {
      return await Promise.race([follow(resolver, name), tooLate])
    } finally {
      clearTimeout(timer)
      resolver.cancel()
    }
  },
})

const follow = async (resolver: Resolver, endpoint: string): Promise<Answer> => {
  const chain = [endpoint]
  let ttlSeconds = Number.POSITIVE_INFINITY
  for (let name = endpoint; chain.length <= longestChain; ) {
    const [alias, addresses] = await Promise.allSettled([
      resolver.resolveCname(name),
      resolver.resolve4(name, { ttl: true }),
    ])
    const next = alias.status === 'fulfilled' ? alias.value[0] : undefined
    if (addresses.status === 'fulfilled') {
      ttlSeconds = Math.min(ttlSeconds, ...addresses.value.map(record => record.ttl))
    }
    if (next !== undefined) {
      chain.push(next)
      name = next
      continue
    }
    if (addresses.status === 'rejected') return { kind: 'none', why: codeOf(addresses.reason) }
    // An alias that leads nowhere gives an empty list and no error.
    if (addresses.value.length === 0) return { kind: 'none', why: 'ENODATA' }
    return { kind: 'addresses', addresses: addresses.value.map(record => record.address).sort(), ttlSeconds, chain }
  }
  return { kind: 'none', why: 'the chain of aliases is too long' }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
