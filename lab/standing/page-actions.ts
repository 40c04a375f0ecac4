import { instanceOf, switchBlueGreen } from '../cloud/blue-green-switchover.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { delays } from '../delays.ts'
import { promptly } from '../events/bus.ts'
import type { DatabaseKind } from '../fixture.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'

/** What the page's buttons work on. */
export interface PageLab {
  readonly cloud: Cloud
  /** @throws Error with what is refused */
  deploy(): Promise<void>
  /** Writes the strategy into the settings and deploys them. @throws Error with what is refused */
  changeStrategy(plan: FrontDoorPlan): Promise<void>
}

/** What the page's buttons do to the lab. Each goes on by itself, unless it is waited for; the page shows how. */
export interface LabAction {
  readonly name: string
  readonly title: string
  /** What a visitor will see. */
  readonly about: string
  readonly only?: DatabaseKind
  /** RDS takes the order only while the database is available. */
  readonly needsDatabase?: true
  /** Answered when it is done, or with what was refused. */
  readonly isAwaited?: true
  readonly run: (lab: PageLab) => Promise<void>
}

/** So long registrations are refused. 20 tokens of capacity, refilled by 4 a second. */
const throttledSeconds = 40

const strategy = (plan: FrontDoorPlan, about: string, only?: DatabaseKind): LabAction => ({
  name: `strategy-${plan}`,
  title: `Strategy ${plan}`,
  about,
  ...(only && { only }),
  isAwaited: true,
  run: lab => lab.changeStrategy(plan),
})

export const actions: readonly LabAction[] = [
  {
    name: 'failover',
    title: 'Fail over',
    about: 'RDS makes another node the writer. Repoint follows.',
    needsDatabase: true,
    run: async ({ cloud }) => {
      await cloud.database.failover()
    },
  },
  {
    name: 'failover-without-events',
    title: 'Fail over, lose events',
    about: 'Every event is lost: Repoint’s schedule has to find out.',
    needsDatabase: true,
    run: async ({ cloud }) => {
      cloud.bus.deliverAs(() => [])
      try {
        await cloud.database.failover()
      } finally {
        cloud.bus.deliverAs(promptly)
      }
    },
  },
  {
    name: 'failover-throttled',
    title: 'Fail over, throttled',
    about: `AWS refuses registrations for ${throttledSeconds} s, since somebody else has used up the account's rate.`,
    needsDatabase: true,
    run: async ({ cloud }) => {
      cloud.api.throttle.drain('registration', 20 + 4 * throttledSeconds)
      await cloud.database.failover()
    },
  },
  {
    name: 'reboot',
    title: 'Reboot in place',
    about: 'The writer restarts where it is: Repoint leaves everything alone.',
    needsDatabase: true,
    run: ({ cloud }) => cloud.database.rebootWithoutFailover(),
  },
  {
    name: 'blue-green',
    title: 'Switch blue/green',
    about: 'The green environment takes the name over; the old blue one goes on to answer reads.',
    only: 'instance',
    needsDatabase: true,
    run: ({ cloud }) => switchBlueGreen(cloud),
  },
  {
    name: 'zone-failure',
    title: 'Lose the writer’s zone',
    about: `Everything of the database there is gone for ${delays.zoneLossLasts.value / 60_000} min: RDS fails over by itself.`,
    only: 'instance',
    needsDatabase: true,
    run: async ({ cloud }) => {
      const instance = instanceOf(cloud)
      const { zone } = instance.writer()
      await instance.loseZone(zone)
      await cloud.time.sleep(delays.zoneLossLasts.value)
      await instance.restoreZone(zone)
    },
  },
  strategy('swap', 'One address is registered: at a failover it is swapped. The default.'),
  strategy('standby', 'Both addresses are registered, and the health check selects: much faster.', 'instance'),
  strategy('weighted', 'A target group for each member, and weights select: much faster.', 'cluster'),
  {
    name: 'deploy',
    title: 'Deploy the settings',
    about: 'What you have changed in the settings file, as an operator deploys it.',
    isAwaited: true,
    run: lab => lab.deploy(),
  },
]

/** @throws Error as RDS refuses it */
export const checkDatabase = ({ database }: Cloud): void => {
  const [cluster] = database.rdsView.clusters()
  const [instance] = database.rdsView.instances()
  const status = cluster?.status ?? instance?.status
  if (status !== 'available') throw new Error(`The database is ${status}: RDS takes the order when it is available.`)
}
