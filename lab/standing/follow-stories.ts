import type { Application } from '../client/application.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { allTargets } from '../cloud/served.ts'
import { resolveIn } from '../dns/zone.ts'
import * as fixture from '../fixture.ts'
import type { Moment } from '../model.ts'
import { isWrite } from './moment-sentences.ts'

/** One thing that happened to the database, from its first moment until everything has come to rest. */
export interface LiveStory {
  readonly title: string
  /** The writer moves in it. */
  readonly isFailover: boolean
  /** Scenario times of the lab. */
  readonly beganAtMs: number
  endedAtMs?: number
  /** Where everything stood when it began. */
  readonly before: Standing
  readonly moments: Moment[]
  /** How much of what was before is told; a little by default. */
  readonly preludeMs?: number
}

export interface Standing {
  readonly targets: readonly string[]
  readonly dnsIp: string
}

export interface Followed {
  /** The one that goes on, or else the last one; none yet when nothing has happened. */
  readonly story: () => LiveStory | undefined
  /** Ends the story when everything rests. Asked again and again. */
  look(): void
}

export interface Following {
  readonly cloud: Cloud
  readonly application: Application
  readonly onBegin?: (story: LiveStory) => void
  readonly onEnd?: (story: LiveStory) => void
}

/** What begins a story; a failover begins a new one although another still goes on. */
const beginnings: readonly { readonly of: RegExp; readonly title: string; readonly isFailover?: true }[] = [
  { of: /^rds The writer stops answering$/, title: 'Failover', isFailover: true },
  { of: /^rds Started (cross|same) AZ failover/, title: 'Failover', isFailover: true },
  { of: /^rds Blue and green drop their connections$/, title: 'Blue/green switchover', isFailover: true },
  { of: /^rds A zone stops answering$/, title: 'Loss of a zone', isFailover: true },
  { of: /^rds The writer restarts$/, title: 'Restart in place' },
  { of: /^lab (The stack is deployed again|A stack is deployed)$/, title: 'Deployment' },
  { of: /^client The application fails$/, title: 'Outage' },
]

/** So long nothing may change. */
const restMs = 15_000

export const followStories = ({ cloud, application, onBegin, onEnd }: Following): Followed => {
  const { time, timeline } = cloud
  let story: LiveStory | undefined
  let changedAtMs = 0
  timeline.onMoment(moment => {
    const beginning = beginnings.find(({ of }) => of.test(`${moment.lane} ${moment.what}`))
    const isOver = story === undefined || story.endedAtMs !== undefined
    if (beginning && (isOver || beginning.isFailover)) {
      const { title, isFailover = false } = beginning
      story = { title, isFailover, beganAtMs: moment.atMs, before: standingOf(cloud), moments: [] }
      onBegin?.(story)
    }
    if (story?.endedAtMs !== undefined) return
    if (changesSomething(moment)) changedAtMs = moment.atMs
    story?.moments.push({ ...moment, atMs: Math.round(moment.atMs - story.beganAtMs) })
  })
  return {
    story: () => story,
    look: () => {
      if (story === undefined || story.endedAtMs !== undefined) return
      const nowMs = time.now()
      if (nowMs - Math.max(changedAtMs, story.beganAtMs) < restMs || !isAtRest(cloud, application)) return
      story.endedAtMs = nowMs
      onEnd?.(story)
    },
  }
}

/** Where the endpoint's name leads now. */
export const dnsIpOf = ({ database, kind }: Cloud): string =>
  resolveIn([database.zoneView], fixture.endpoints[kind])?.addresses[0] ?? 'nowhere'

export const standingOf = (cloud: Cloud): Standing => ({
  targets: cloud.hasFrontDoor() ? allTargets(cloud).map(({ ip, port }) => `${ip}:${port}`) : [],
  dnsIp: dnsIpOf(cloud),
})

/** Reads, and reports of runs that found nothing to do, come every minute and change nothing. */
const changesSomething = ({ lane, what }: Moment): boolean =>
  lane === 'rds' || lane === 'dns' || lane === 'targets' || lane === 'client' || (lane === 'api' && isWrite(what))

const isAtRest = (cloud: Cloud, application: Application): boolean =>
  application.isWorking() &&
  cloud.lambda.running() === 0 &&
  (!cloud.hasFrontDoor() ||
    (cloud.loadBalancer.forward.effective === cloud.loadBalancer.forward.shares &&
      allTargets(cloud).every(({ state }) => state === 'healthy' || state === 'unhealthy')))
