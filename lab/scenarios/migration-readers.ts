import type { Application } from '../client/application.ts'
import type { Cloud } from '../cloud/cloud.ts'
import * as estate from '../fixture.ts'
import { waitUntil } from '../rehearsal/prepare.ts'
import { type ReaderWay, startReaders } from '../rehearsal/reader-clients.ts'
import { readerPort } from '../template/front-door-plan.ts'
import { told } from './migration-moments.ts'

/** Clients that read alone: by the load balancer's second port at first, by a name of the readers' own once they have moved. */
export interface ReaderClients {
  readonly application: Application
  /** Changes name and port, as a deployment of the clients does. Resolves when no connection is left on the old way. */
  move(limitMs: number): Promise<void>
  /** Tells what they met since the play began, and ends. */
  stop(): Promise<void>
}

export const openReaders = (cloud: Cloud, maxLifetimeMs: number): ReaderClients => {
  const { time, story, consumer, surroundings } = cloud
  const beganMs = time.now()
  let way: ReaderWay = 'port'
  const application = startReaders(cloud, { maxLifetimeMs, way: () => way })
  const isOldWayLeft = (): boolean =>
    surroundings.vpcEndpoints.every(({ id }) => consumer.endpoints.active(id, { port: readerPort }) === 0)
  return {
    application,
    move: async limitMs => {
      way = 'name'
      story.record('client', told.readersMove, { name: estate.endpoints.readers, port: estate.port })
      await waitUntil(time, limitMs, isOldWayLeft)
    },
    stop: async () => {
      const { connections, readsOk } = application.summary()
      const isWorking = application.isWorking()
      await application.stop()
      const outages = Object.values(connections).flatMap(habit => habit.outages.map(({ fromMs }) => fromMs - beganMs))
      story.record('client', told.readers, { readsOk, isWorking, outagesAtMs: outages.map(Math.round) })
    },
  }
}
