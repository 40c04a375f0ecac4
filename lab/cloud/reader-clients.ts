import { type Application, startApplication } from '../client/application.ts'
import { locateBy } from '../client/locate.ts'
import * as fixture from '../fixture.ts'
import { readerPort } from '../template/front-door-plan.ts'
import type { Cloud } from './cloud.ts'

/** How readers are reached: by the load balancer's second port, or by the reader endpoint's own name. */
export type ReaderPath = 'port' | 'name'

export interface ReaderOptions {
  /** Asked for each new connection. */
  readonly path: () => ReaderPath
  /** Of the pool, in scenario time. */
  readonly maxLifetimeMs: number
}

/** Clients in the consumer's VPC that read alone. */
export const startReaders = (cloud: Cloud, { path, maxLifetimeMs }: ReaderOptions): Application => {
  const { time, timeline, connect, consumer } = cloud
  const by = (hostname: string, port: number) => ({
    port,
    locate: locateBy({ hostname, server: consumer.dns.address, time }),
  })
  const paths = { port: by(fixture.endpoints.cluster, readerPort), name: by(fixture.endpoints.readers, fixture.port) }
  return startApplication({
    ...{ time, timeline, connect, maxLifetimeMs, readsOnly: true },
    locate: async () => {
      const { locate, port } = paths[path()]
      return consumer.network.connectTo(await locate(), port)
    },
  })
}

/** For clients that change over as soon as the VPC's resolver has a zone of the name. */
export const pathByZone =
  ({ consumer }: Cloud) =>
  (): ReaderPath =>
    consumer.zones.lookup(fixture.endpoints.readers) === undefined ? 'port' : 'name'
