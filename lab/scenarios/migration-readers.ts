import type { Application } from '../client/application.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { type ReaderPath, startReaders } from '../cloud/reader-clients.ts'
import * as fixture from '../fixture.ts'
import { readerPort } from '../template/front-door-plan.ts'
import { waitUntil } from '../time.ts'
import { loggedIn, unfollowed } from './migration-log.ts'
import { migrationMoments } from './migration-moments.ts'
import { isInFailover } from './migration-passages.ts'
import { momentOf, seconds } from './run-queries.ts'
import type { Expectation, RunRecord } from './scenario.ts'

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

interface Met {
  readonly readsOk: number
  readonly isWorking: boolean
  readonly outagesAtMs: readonly number[]
}

/** What a cluster's migration promises to the clients of its readers. */
export const readersExpectations = (record: RunRecord): Expectation[] => {
  const met = momentOf(record, migrationMoments.readers)?.fields as unknown as Met | undefined
  const stray = (met?.outagesAtMs ?? []).filter(ms => !isInFailover(record, ms))
  const { all, astray } = loggedIn(record, 'readers')
  const lost = unfollowed(record)
  const movedAtMs = momentOf(record, migrationMoments.readersMove)?.atMs
  const sharedAtMs = record.moments.find(
    it => it.what === migrationMoments.deployed && it.fields.stage === 'shift',
  )?.atMs
  return [
    {
      what: 'the readers’ clients move before the first share, and nothing fails them outside the failovers',
      holds:
        met !== undefined &&
        met.readsOk > 0 &&
        stray.length === 0 &&
        movedAtMs !== undefined &&
        sharedAtMs !== undefined &&
        movedAtMs < sharedAtMs,
      found: `${met?.readsOk ?? 0} reads${stray.map(ms => `, down at ${seconds(ms)}`).join('')}`,
    },
    { what: 'the readers’ clients work in the end', holds: met?.isWorking === true },
    {
      what: 'the access log shows each connection of the readers’ name at a reader of its moment',
      holds: all > 0 && astray.length === 0,
      found: `${all} connections${astray.map(({ ip, fromMs }) => `, ${ip} at ${seconds(fromMs)}`).join('')}`,
    },
    {
      what: 'after each failover the log shows the writer’s name at the new writer, and the readers’ at another member',
      holds: lost.length === 0,
      ...(lost.length > 0 ? { found: `not after ${lost.map(({ atMs }) => seconds(atMs)).join(', ')}` } : {}),
    },
  ]
}
