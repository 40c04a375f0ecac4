import * as estate from '../fixture.ts'
import type { Doors } from './deployment.ts'

/** How consumers reach the database: by one of the writer's strategies, or by `reader`, the writer's swap and readers beside it. */
export type DoorPlan = 'swap' | 'standby' | 'weighted' | 'reader'

/** Where readers are reached. */
export const readerPort = 5433

/** What `repoint.json` says for the plan. */
export const settingsOf = (plan: DoorPlan): Doors => {
  if (plan === 'reader') return { readers: { port: readerPort } }
  return { frontDoor: { strategy: plan, ...(plan === 'weighted' ? { slots: estate.hosts.cluster.length } : {}) } }
}
