import type { Phase } from '../../report/record/words.ts'
import type { Outage } from '../client/outages.ts'
import type { ConnectionHabit } from '../client/worker.ts'
import { delays } from '../delays.ts'

/** The one answer of the page: does the application reach its database, since when, and why not. */
export interface Headline {
  readonly state: 'up' | 'down' | 'by-turns'
  /** Scenario time of the lab. */
  readonly sinceAtMs: number
  readonly why: string
  /** Of each kind of connection. */
  readonly connections: readonly { readonly name: string; readonly isDown: boolean; readonly says: string }[]
}

export interface HeadlineFacts {
  readonly nowMs: number
  /** When the application began to work. Scenario time. */
  readonly beganAtMs: number
  readonly outages: Readonly<Record<ConnectionHabit, readonly Outage[]>>
  /** The one that has not ended, where a story goes on. */
  readonly phase?: Pick<Phase, 'until'> | undefined
  readonly writerIp: string
  readonly dnsIp: string
  /** The writer is where new connections are sent, as the load balancer's health check says. */
  readonly isWriterHealthy: boolean
}

/** While old and new targets take turns, a failure follows on a success within seconds: that is one outage. */
const turnMs = 4_000

interface Down {
  readonly fromMs: number
  readonly toMs?: number
  readonly times: number
}

/** Outages that follow on each other, as one. */
const lastDown = (outages: readonly Outage[]): Down | undefined => {
  let last: Down | undefined
  for (const { fromMs, toMs } of outages.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const isSame = last !== undefined && (last.toMs === undefined || fromMs - last.toMs <= turnMs)
    const endMs = isSame && last?.toMs === undefined ? undefined : toMs
    last = {
      fromMs: isSame && last ? last.fromMs : fromMs,
      times: isSame && last ? last.times + 1 : 1,
      ...(endMs === undefined ? {} : { toMs: endMs }),
    }
  }
  return last
}

const isOpen = (down: Down | undefined, nowMs: number): down is Down =>
  down !== undefined && (down.toMs === undefined || (down.times > 1 && nowMs - down.toMs < turnMs))

const names: Readonly<Record<ConnectionHabit, string>> = {
  fresh: 'New connections',
  'long-lived': 'Kept connections',
}

export const headlineOf = (facts: HeadlineFacts): Headline => {
  const { nowMs, beganAtMs, outages } = facts
  const habits = (['fresh', 'long-lived'] as const).map(habit => ({ habit, down: lastDown(outages[habit]) }))
  const open = habits.filter(({ down }) => isOpen(down, nowMs))
  const connections = habits.map(({ habit, down }) => {
    const isDown = isOpen(down, nowMs)
    const last = outages[habit].at(-1)
    const errors = Object.keys(last?.errors ?? {}).join(', ')
    const says = isDown ? `${down.times > 2 ? 'fail and work by turns' : 'fail'}: ${errors}` : 'work'
    return { name: names[habit], isDown, says }
  })
  if (open.length === 0) {
    const ends = habits.map(({ down }) => down?.toMs ?? beganAtMs)
    return { state: 'up', sinceAtMs: Math.max(beganAtMs, ...ends), why: whyUp(facts), connections }
  }
  const isByTurns = open.every(({ down }) => (down?.times ?? 0) > 2)
  return {
    state: isByTurns ? 'by-turns' : 'down',
    sinceAtMs: Math.min(...open.map(({ down }) => down?.fromMs ?? nowMs)),
    why: isByTurns
      ? `${whyDown(facts)} Old and new target take turns, so that some attempts work already.`
      : whyDown(facts),
    connections,
  }
}

const whyUp = ({ writerIp, phase, dnsIp }: HeadlineFacts): string => {
  if (phase?.until === 'writer-ready' || phase?.until === 'dns-changed') {
    return dnsIp === writerIp ? `${writerIp} is the writer, and it answers.` : 'The database fails over.'
  }
  return `It reaches ${writerIp}, which accepts writes.`
}

const registrationSeconds = delays.nlbRegistration.value / 1_000

const whyDown = ({ phase, writerIp, dnsIp, isWriterHealthy }: HeadlineFacts): string => {
  switch (phase?.until) {
    case 'writer-ready':
      return 'The database fails over: nobody accepts writes until another node has taken over.'
    case 'dns-changed':
      return dnsIp === writerIp
        ? 'The database fails over: another node takes over.'
        : `${writerIp} accepts writes now, but the database's DNS name still leads to ${dnsIp}.`
    case 'registered':
      return `DNS leads to ${writerIp}. Repoint has to notice it and register it at the load balancer.`
    case 'healthy':
      return `${writerIp} is registered. Now the load balancer has to take it in: ${registrationSeconds} s here, 90 to 300 s on AWS, whoever registers it.`
    default:
      return isWriterHealthy
        ? `${writerIp} is the writer and healthy: the load balancer sends the connections there next.`
        : `The load balancer's health check has to find ${writerIp} first.`
  }
}
