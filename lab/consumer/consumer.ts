import { type DnsServer, startDns } from '../dns/dns-server.ts'
import type { ZoneView } from '../dns/zone.ts'
import type { Closable, Network } from '../model.ts'
import { type Endpoints, type EndpointsOptions, openEndpoints } from './endpoints.ts'
import { openPrivateZones, type PrivateZones, type PrivateZonesOptions } from './private-zones.ts'

export interface ConsumerOptions extends EndpointsOptions, PrivateZonesOptions {
  /** What resolves for everybody. */
  readonly publicZones: readonly ZoneView[]
}

/** A consumer's VPC as its clients see it: a resolver, and endpoints. */
export interface Consumer extends Closable {
  readonly network: Network
  readonly dns: DnsServer
  readonly zones: PrivateZones
  readonly endpoints: Endpoints
}

export const openConsumer = async (options: ConsumerOptions): Promise<Consumer> => {
  const zones = openPrivateZones(options)
  const endpoints = openEndpoints(options)
  const dns = await startDns([zones, ...options.publicZones], options.timeline)
  return {
    network: options.network,
    dns,
    zones,
    endpoints,
    close: async () => {
      await dns.close()
      await zones.close()
      await endpoints.close()
    },
  }
}
