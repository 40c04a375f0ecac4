import { logMessages } from '../../functions/reconciler/names.ts'
import { accepted, dnsFlips, fewestLive, liveTargets, reactionMs, seconds, shownTargets } from './run-queries.ts'
import type { Expectation, RunRecord } from './scenario.ts'

/** What holds in every scenario with Repoint. */
export const common = (record: RunRecord): Expectation[] => {
  const failed = record.moments.filter(({ what }) => what === 'Invocation failed')
  return [
    writesKept(record),
    ...(record.hasFrontDoor ? [registeredInTheEnd(record)] : []),
    { what: 'the group is never without a live registration', holds: fewestLive(record) >= 1 },
    worksInTheEnd(record),
    {
      what: 'no invocation fails and no event is given up',
      holds: failed.length === 0 && record.failures.length === 0,
      ...(failed.length > 0 ? { found: String(failed[0]?.fields.message) } : {}),
    },
  ]
}

export const worksInTheEnd = ({ isApplicationWorking }: RunRecord): Expectation => ({
  what: 'the application works in the end',
  holds: isApplicationWorking,
})

/** In a scenario that loses writes the check has to fail: a check that cannot is none. */
export const writesKept = ({ writes, losesWrites }: RunRecord): Expectation => {
  const lost = writes.lost.length
  return {
    what: losesWrites ? 'acknowledged writes are lost, and the check finds them' : 'no acknowledged write is lost',
    holds: losesWrites ? lost > 0 : lost === 0,
    found: `${writes.acknowledged} acknowledged, lost: ${lost}`,
  }
}

export const registeredInTheEnd = (record: RunRecord): Expectation => {
  const live = liveTargets(record)
  const healthy = live.filter(({ state }) => state === 'healthy')
  const found = shownTargets(live)
  if (record.plan === 'addresses') {
    const isEvery = live.length === record.addresses.length && healthy.every(({ ip }) => record.addresses.includes(ip))
    const what = 'in the end what the name gives is registered and healthy, and nothing else'
    return { what, holds: isEvery && healthy.length === live.length, found }
  }
  const isWriterHealthy = healthy.length === 1 && healthy[0]?.ip === record.writerIp
  if (record.plan === 'standby') {
    const what = 'in the end the writer is healthy, and its standby registered beside it'
    return { what, holds: live.length === 2 && isWriterHealthy, found }
  }
  const what = 'the writer alone is registered in the end, and healthy'
  return { what, holds: live.length === 1 && isWriterHealthy, found }
}

/** Nothing of what is registered is changed. */
export const nothingWritten = (record: RunRecord): Expectation => {
  const writes = ['RegisterTargets', 'DeregisterTargets'].flatMap(action => accepted(record, action))
  return { what: 'nothing is registered or deregistered', holds: writes.length === 0, found: `${writes.length} writes` }
}

/** The new writer is registered within `withinMs` of the DNS change, and before anything is deregistered. */
export const registeredWithin = (record: RunRecord, withinMs: number): Expectation[] => {
  const took = reactionMs(record)
  const [register] = accepted(record, 'RegisterTargets')
  const [deregister] = accepted(record, 'DeregisterTargets')
  return [
    {
      what: `the new writer is registered within ${seconds(withinMs)} of the DNS change`,
      holds: took !== undefined && took <= withinMs,
      found: took === undefined ? 'never' : `after ${seconds(took)}`,
      ...(took !== undefined && took > withinMs ? { lateMs: took - withinMs } : {}),
    },
    {
      what: 'it is registered before anything is deregistered',
      holds: register !== undefined && (deregister === undefined || register.atMs <= deregister.atMs),
    },
  ]
}

export const outageAtMost = (record: RunRecord, limitSeconds: number): Expectation => {
  const lateMs = 1_000 * (record.client.longestOutageSeconds - limitSeconds)
  return {
    what: `the application is down for at most ${limitSeconds} s`,
    holds: lateMs <= 0,
    found: `${record.client.longestOutageSeconds} s`,
    // Who is still down is not late.
    ...(lateMs > 0 && record.isApplicationWorking ? { lateMs } : {}),
  }
}

export const reported = (record: RunRecord, reason: string): Expectation => ({
  what: `the reports say ${reason}`,
  holds: record.reports.some(report => (report.detail as { reason?: string }).reason === reason),
  found: record.reports.map(report => (report.detail as { reason?: string }).reason).join(', ') || 'none',
})

/** The summary line of an invocation: for what is no event's business. */
export const concluded = (record: RunRecord, reason: string): Expectation => {
  const reasons = record.moments
    .filter(({ what }) => what === logMessages.summary)
    .map(({ fields }) => (fields.report as { reason?: string } | undefined)?.reason ?? '')
  return {
    what: `an invocation ends with ${reason}`,
    holds: reasons.includes(reason),
    found: [...new Set(reasons)].join(', ') || 'none',
  }
}

export const keepsOldUntil = (record: RunRecord): Expectation => {
  const lastFlip = dnsFlips(record).at(-1)
  const removals = accepted(record, 'DeregisterTargets')
  return {
    what: 'the last registration is removed only after the DNS has changed for the last time',
    holds: lastFlip !== undefined && removals.some(call => call.atMs >= lastFlip.atMs),
  }
}
