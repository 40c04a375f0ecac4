import type { Cloud } from '../cloud.ts'
import { promptly } from '../events/bus.ts'

/** What the page's buttons do to the lab. Each goes on by itself; the story tells how. */
export interface LabAction {
  readonly name: string
  readonly title: string
  readonly run: (cloud: Cloud) => Promise<void>
}

export const actions: readonly LabAction[] = [
  {
    name: 'failover',
    title: 'Fail over',
    run: async cloud => {
      await cloud.database.failover()
    },
  },
  {
    name: 'failover-without-events',
    title: 'Fail over, and lose every event',
    run: async cloud => {
      cloud.bus.deliverAs(() => [])
      try {
        await cloud.database.failover()
      } finally {
        cloud.bus.deliverAs(promptly)
      }
    },
  },
  { name: 'reboot', title: 'Restart the writer in place', run: cloud => cloud.database.rebootWithoutFailover() },
]
