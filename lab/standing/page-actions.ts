import type { Cloud } from '../cloud/cloud.ts'
import { promptly } from '../events/bus.ts'

/** What the page's buttons work on. */
export interface PageLab {
  readonly cloud: Cloud
  /** @throws Error with what is refused */
  deploy(): Promise<void>
}

/** What the page's buttons do to the lab. Each goes on by itself, unless it is waited for; the timeline shows how. */
export interface LabAction {
  readonly name: string
  readonly title: string
  /** Answered when it is done, or with what was refused. */
  readonly isAwaited?: true
  readonly run: (lab: PageLab) => Promise<void>
}

export const actions: readonly LabAction[] = [
  {
    name: 'failover',
    title: 'Fail over',
    run: async ({ cloud }) => {
      await cloud.database.failover()
    },
  },
  {
    name: 'failover-without-events',
    title: 'Fail over, and lose every event',
    run: async ({ cloud }) => {
      cloud.bus.deliverAs(() => [])
      try {
        await cloud.database.failover()
      } finally {
        cloud.bus.deliverAs(promptly)
      }
    },
  },
  { name: 'reboot', title: 'Restart the writer in place', run: ({ cloud }) => cloud.database.rebootWithoutFailover() },
  { name: 'deploy', title: 'Deploy the settings', isAwaited: true, run: lab => lab.deploy() },
]
