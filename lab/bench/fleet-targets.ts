import type { FleetResult } from './fleet-run.ts'

/** What a fleet has to reach at this size. */
export const targetSize = 1000

const mostQuietShare = 0.2
const mostOverLimit = 1.25
const mostCalmSeconds = 120

export const quietShareOf = ({ quietShare }: FleetResult): number => Math.max(...Object.values(quietShare))

/** What of the targets was missed, in words; nothing for a fleet of another size. */
export const missedTargets = (result: FleetResult): readonly string[] => {
  const { strategy, databases, followedByEvent, lastSeconds = 0, limitSeconds, calmAfterSeconds, writes } = result
  if (databases !== targetSize) return []
  const missed: string[] = []
  const share = quietShareOf(result)
  if (share > mostQuietShare)
    missed.push(`quiet, it spends ${percent(share)} of a bucket, more than ${percent(mostQuietShare)}`)
  if (strategy === 'standby') {
    if (writes > 0) missed.push(`writes that were needed: ${writes}`)
  } else {
    if (followedByEvent < databases)
      missed.push(`${databases - followedByEvent} were not followed by a run for their own event`)
    const most = limitSeconds * mostOverLimit
    if (lastSeconds > most)
      missed.push(`the last was followed after ${Math.round(lastSeconds)} s, more than ${Math.round(most)} s`)
  }
  if (calmAfterSeconds > mostCalmSeconds) {
    missed.push(
      `calls were refused until ${Math.round(calmAfterSeconds)} s after the last was followed, more than ${mostCalmSeconds} s`,
    )
  }
  return missed.map(what => `${strategy}, ${databases} databases: ${what}`)
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`
