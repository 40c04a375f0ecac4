import type { FrontDoor } from '../../functions/reconciler/ports.ts'
import type { World } from './world.ts'

/**
 * The world's ports with calls that take their time, one latency after the other: a read is old when it arrives, a write
 * takes effect late. So reconcilers interleave at each of them.
 */
export const slowed = (world: World, latencies: readonly number[]): World['ports'] => {
  let turn = 0
  const wait = () => world.clock.sleep(latencies[turn++ % latencies.length] ?? 0)
  const { frontDoor } = world
  const slow: FrontDoor = {
    ...frontDoor,
    registrations: async arn => {
      const seen = await frontDoor.registrations(arn)
      await wait()
      return seen
    },
    register: async (arn, targets) => {
      await wait()
      await frontDoor.register(arn, targets)
    },
    deregister: async (arn, targets) => {
      await wait()
      await frontDoor.deregister(arn, targets)
    },
    setWeights: async (arn, weights) => {
      await wait()
      return await frontDoor.setWeights(arn, weights)
    },
  }
  return { ...world.ports, frontDoor: slow }
}
