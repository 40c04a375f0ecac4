import { type AccessRecord, reachedIn } from '../facts/access-log.ts'
import { answerMs, type Incident, type IncidentAnswer } from './incidents.ts'

/** What the gateway's access log says of a failover where no function answers it. */
export type GatewayAnswer = Extract<
  IncidentAnswer,
  { readonly kind: 'gateway-followed' | 'gateway-stayed' | 'gateway-unseen' | 'open' }
>

/** Before a failover: enough for a connection of most pools. */
const beforeMs = 10 * 60_000

/** Of the log, in epoch milliseconds: what is needed to judge an incident, and nothing of the next one. */
export const spanOf = ({ startedMs, endedMs }: Incident, nextMs: number) => ({
  sinceMs: startedMs - beforeMs,
  untilMs: Math.min(endedMs + answerMs, nextMs),
})

/**
 * Whether connections went elsewhere after the failover than before. Without a connection on either side of it nobody can
 * say, and that is no answer.
 */
export const throughGateway = (
  { startedMs, endedMs }: Incident,
  records: readonly AccessRecord[],
  nowMs: number,
): GatewayAnswer => {
  const before = records.filter(({ atMs }) => atMs < startedMs)
  const during = records.filter(({ atMs }) => atMs >= startedMs)
  const from = reachedIn(before.slice(-1))
  const moved = during.find(({ resourceIp }) => !from.includes(resourceIp))
  if (from.length > 0 && moved !== undefined) {
    return { kind: 'gateway-followed', from, to: moved.resourceIp, afterMs: moved.atMs - startedMs }
  }
  const after = during.filter(({ atMs }) => atMs > endedMs)
  if (nowMs - endedMs < answerMs) return { kind: 'open' }
  const stayed = reachedIn(after)
  if (from.length > 0 && after.length > 0) return { kind: 'gateway-stayed', at: stayed, connections: after.length }
  return {
    kind: 'gateway-unseen',
    why:
      after.length === 0
        ? 'no connection came through the gateway after it'
        : `connections went to ${stayed.join(', ')} after it, and the log has none of before`,
  }
}
