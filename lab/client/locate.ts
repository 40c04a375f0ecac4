import { Resolver } from 'node:dns/promises'
import type { LabTime } from '../model.ts'

export interface NameOptions {
  readonly hostname: string
  /** `address:port` of the resolver. */
  readonly server: string
  readonly time: LabTime
}

/**
 * An address of the name, as an application finds it when it opens a connection: asked of the resolver, and kept as long
 * as the answer says, in scenario time. Rejects when the name has no address.
 */
export const locateBy = ({ hostname, server, time }: NameOptions): (() => Promise<string>) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  resolver.setServers([server])
  let kept: { readonly addresses: readonly string[]; readonly untilMs: number } | undefined
  let turn = 0
  return async () => {
    if (kept === undefined || time.now() >= kept.untilMs) {
      const found = await resolver.resolve4(hostname, { ttl: true })
      const ttlSeconds = Math.min(...found.map(({ ttl }) => ttl))
      kept = { addresses: found.map(({ address }) => address), untilMs: time.now() + ttlSeconds * 1000 }
    }
    const address = kept.addresses[turn++ % Math.max(1, kept.addresses.length)]
    if (address === undefined) throw new Error(`${hostname} has no address`)
    return address
  }
}
