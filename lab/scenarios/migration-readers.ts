import type { Application } from '../client/application.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { type ReaderPath, startReaders } from '../cloud/reader-clients.ts'
import * as fixture from '../fixture.ts'
import { readerPort } from '../template/front-door-plan.ts'
import { waitUntil } from '../time.ts'
import { migrationMoments } from './migration-moments.ts'

/** Clients that read alone: by the load balancer's second port at first, by a name of the readers' own once they have moved. */
export interface ReaderClients {
  readonly application: Application
  /** Changes name and port, as a deployment of the clients does. Resolves when no connection is left on the old path. */
  move(limitMs: number): Promise<void>
  /** Records what they met since the play began, and ends. */
  stop(): Promise<void>
}

export const openReaders = (cloud: Cloud, maxLifetimeMs: number): ReaderClients => {
  const { time, timeline, consumer, resources } = cloud
  const beganMs = time.now()
  let path: ReaderPath = 'port'
  const application = startReaders(cloud, { maxLifetimeMs, path: () => path })
  const isOldPathLeft = (): boolean =>
    resources.vpcEndpoints.every(({ id }) => consumer.endpoints.active(id, { port: readerPort }) === 0)
  return {
    application,
    move: async limitMs => {
      path = 'name'
      timeline.record('client', migrationMoments.readersMove, { name: fixture.endpoints.readers, port: fixture.port })
      await waitUntil(time, limitMs, isOldPathLeft)
    },
    stop: async () => {
      const { connections, readsOk } = application.summary()
      const isWorking = application.isWorking()
      await application.stop()
      const outages = Object.values(connections).flatMap(habit => habit.outages.map(({ fromMs }) => fromMs - beganMs))
      timeline.record('client', migrationMoments.readers, { readsOk, isWorking, outagesAtMs: outages.map(Math.round) })
    },
  }
}
