import { type Application, startApplication } from '../client/application.ts'
import { locateBy } from '../client/locate.ts'
import type { Cloud } from '../cloud/cloud.ts'
import * as estate from '../fixture.ts'
import { readerPort } from '../template/front-door-plan.ts'

/** How readers are reached: by the load balancer's second port, or by the reader endpoint's own name. */
export type ReaderWay = 'port' | 'name'

export interface ReaderOptions {
  /** Asked for each new connection. */
  readonly way: () => ReaderWay
  /** Of the pool, in scenario time. */
  readonly maxLifetimeMs: number
}

/** Clients in the consumer's VPC that read alone. */
export const startReaders = (cloud: Cloud, { way, maxLifetimeMs }: ReaderOptions): Application => {
  const { time, story, network, consumer } = cloud
  const by = (hostname: string, port: number) => ({
    port,
    locate: locateBy({ hostname, server: consumer.dns.address, time }),
  })
  const ways = { port: by(estate.endpoints.cluster, readerPort), name: by(estate.endpoints.readers, estate.port) }
  return startApplication({
    ...{ time, story, maxLifetimeMs, readsOnly: true },
    locate: async () => {
      const { locate, port } = ways[way()]
      return network.connectTo(await locate(), port)
    },
  })
}

/** For clients that change over as soon as the VPC's resolver has a zone of the name. */
export const wayByZone =
  ({ consumer }: Cloud) =>
  (): ReaderWay =>
    consumer.zones.lookup(estate.endpoints.readers) === undefined ? 'port' : 'name'
