import * as fixture from '../fixture.ts'
import type { DatabaseSettings } from './deployment.ts'

/**
 * How consumers reach the database: by one of the writer's strategies; by `reader`, the writer's swap and readers beside
 * it; or by `addresses`, the swap of a host name that has several.
 */
export type FrontDoorPlan = 'swap' | 'standby' | 'weighted' | 'reader' | 'addresses'

/** Where readers are reached. */
export const readerPort = 5433

/** What `repoint.json` says for the plan. */
export const frontDoorSettings = (plan: FrontDoorPlan): DatabaseSettings => {
  if (plan === 'reader') return { readers: { port: readerPort } }
  if (plan === 'addresses') return {}
  return { frontDoor: { strategy: plan, ...(plan === 'weighted' ? { slots: fixture.hosts.cluster.length } : {}) } }
}
