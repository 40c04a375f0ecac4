import type { RecordSet } from '../api/resources.ts'

/** Numbers from 0 to below 1, one a draw. */
export type Draw = () => number

/**
 * Evenly spread, unlike Route 53's own chance: a short run shows the share that the weights mean, and the same one each
 * time. Multiples of the golden ratio's fraction leave no gap for long.
 */
export const evenly = (): Draw => {
  let last = 0
  return () => {
    last = (last + 0.618_033_988_749_895) % 1
    return last
  }
}

/**
 * One of the records of a name, "based on the ratio of the weights"; of several that all have weight 0 each is as likely
 * as the others (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html).
 */
export const pick = (records: readonly RecordSet[], draw: Draw): RecordSet | undefined => {
  if (records.length < 2) return records[0]
  const weighed = records.map(record => ({ record, weight: record.weight ?? 1 }))
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
  const shares = total > 0 ? weighed : weighed.map(({ record }) => ({ record, weight: 1 }))
  let left = draw() * (total > 0 ? total : shares.length)
  for (const { record, weight } of shares) {
    if (left < weight) return record
    left -= weight
  }
  return shares.findLast(({ weight }) => weight > 0)?.record
}
