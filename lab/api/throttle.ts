import type { LabTime } from '../model.ts'
import { elbv2Errors } from './errors/elbv2-errors.ts'
import { ApiFailure } from './errors/failure.ts'

interface Bucket {
  readonly capacity: number
  readonly refillPerSecond: number
}

/**
 * Per account and Region: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html. EC2
 * counts each API for itself, 100 and 20 for what only reads: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export const buckets = {
  registration: { capacity: 20, refillPerSecond: 4 },
  'non-mutating': { capacity: 40, refillPerSecond: 10 },
  mutating: { capacity: 20, refillPerSecond: 3 },
  interfaces: { capacity: 100, refillPerSecond: 20 },
} as const satisfies Record<string, Bucket>

export type BucketName = keyof typeof buckets

export const bucketOf = (action: string): BucketName => {
  if (action === 'DescribeNetworkInterfaces') return 'interfaces'
  if (action === 'RegisterTargets' || action === 'DeregisterTargets') return 'registration'
  return action.startsWith('Describe') ? 'non-mutating' : 'mutating'
}

export interface Throttle {
  /** @throws ApiFailure `Throttling` when the action's bucket is empty. */
  spend(action: string): void
  /** Another caller of the same account takes tokens, below zero too: that many refills have to pass first. */
  drain(bucket: BucketName, tokens: number): void
}

/** ELBv2's token buckets, refilled in scenario time. */
export const openBuckets = (time: Pick<LabTime, 'now'>): Throttle => {
  const levels = new Map<BucketName, { tokens: number; atMs: number }>()
  const refilled = (name: BucketName) => {
    const { capacity, refillPerSecond } = buckets[name]
    const last = levels.get(name) ?? { tokens: capacity, atMs: time.now() }
    const now = time.now()
    const level = { tokens: Math.min(capacity, last.tokens + ((now - last.atMs) / 1000) * refillPerSecond), atMs: now }
    levels.set(name, level)
    return level
  }
  return {
    spend: action => {
      const level = refilled(bucketOf(action))
      if (level.tokens < 1) throw new ApiFailure(elbv2Errors.throttled)
      level.tokens -= 1
    },
    drain: (name, tokens) => {
      refilled(name).tokens -= tokens
    },
  }
}
