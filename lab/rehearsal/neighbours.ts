import type { Application } from '../client/application.ts'
import type { Cloud } from '../cloud/cloud.ts'
import type { Neighbour } from '../cloud/neighbour.ts'
import * as fixture from '../fixture.ts'
import type { Closable } from '../model.ts'
import type { NeighbourRecord } from '../scenarios/scenario.ts'
import { waitUntil } from '../time.ts'
import type { Updater } from './updater.ts'

/** The other databases behind the load balancer, each with its own function and its own application. */
export interface Neighbourhood extends Closable {
  /** Whoever keeps their target groups begins now, and the play. */
  begin(): void
  isQuiet(): boolean
  /** Ends their applications. */
  end(): Promise<readonly NeighbourRecord[]>
}

/** As long as `orders` is given, in scenario time. */
const patienceMs = 600_000

/** Their writers are registered and healthy, and their applications work. @throws Error where they are not */
export const openNeighbourhood = async (cloud: Cloud, { kind }: Updater): Promise<Neighbourhood> => {
  const { neighbours, time } = cloud
  for (const it of neighbours) await it.start()
  await Promise.all(neighbours.map(it => (kind === 'repoint' ? it.seed() : registerByHand(it))))
  const isReady = await waitUntil(time, patienceMs, () => neighbours.every(it => it.isServed()))
  if (!isReady) throw new Error('the rehearsal could not be prepared: a neighbour is not served')
  const applications = neighbours.map(it => it.startApplication())
  const stop = async () => {
    for (const it of applications) await it.stop()
  }
  try {
    await waitUntil(time, patienceMs, () => applications.every(it => it.isWorking()))
  } catch (error) {
    await stop()
    throw error
  }
  const zones = neighbours.map(it => it.instance.writer().zone)
  let from = 0
  return {
    begin: () => {
      from = cloud.api.calls.length
      if (kind === 'repoint') for (const it of neighbours) it.connectRepoint()
    },
    isQuiet: () =>
      neighbours.every(it => it.isServed() && it.lambda.running() === 0) && applications.every(it => it.isWorking()),
    end: async () => {
      await stop()
      const calls = cloud.api.calls.slice(from)
      const pairs = neighbours.map((it, index) => [it, applications[index], zones[index] ?? ''] as const)
      return Promise.all(
        pairs.flatMap(([it, application, before]) =>
          application ? [recordOf(it, application, { before, calls })] : [],
        ),
      )
    },
    close: stop,
  }
}

const registerByHand = ({ balancing, writerIp }: Neighbour): void => {
  balancing.writer.targetGroup.register([{ ip: writerIp(), port: fixture.port }])
}

interface Seen {
  readonly before: string
  readonly calls: Cloud['api']['calls']
}

const recordOf = async (
  { id, accessKey, instance, storage, balancing, writerIp }: Neighbour,
  application: Application,
  { before, calls }: Seen,
): Promise<NeighbourRecord> => ({
  id,
  zones: [before, instance.writer().zone],
  writerIp: writerIp(),
  targets: balancing.writer.targetGroup.describe(),
  calls: calls.filter(it => it.accessKey === accessKey),
  client: application.summary(),
  isApplicationWorking: application.isWorking(),
  writes: await application.verifyNoLostWrites(storage.rows),
})
