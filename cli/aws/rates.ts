import { setTimeout as delay } from 'node:timers/promises'

interface Rate {
  /** AWS counts all Regions of the account together. */
  readonly isOfAccount?: true
  readonly burst: number
  readonly perSecond: number
}

/**
 * How fast this command may ask, under what AWS publishes for an account and Region, so that the reconcilers of the
 * same account keep their share.
 *
 * - ELBv2 reads: 40 and 10 a second, registrations 20 and 4, other writes 20 and 3
 *   (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html).
 * - Lambda's control plane: 15 a second (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 * - DescribeAlarms: 9 a second
 *   (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html).
 * - FilterLogEvents: 25 a second in the largest Regions, 5 in the smallest
 *   (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html).
 * - Route 53: five a second for the account, all Regions together
 *   (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests).
 * - RDS publishes none; five a second is what its console does. Of Redshift none is known to us: it is asked as RDS is.
 */
const rates: readonly (readonly [RegExp, Rate])[] = [
  [/^elasticloadbalancing:(Register|Deregister)Targets$/, { burst: 10, perSecond: 2 }],
  [/^elasticloadbalancing:Describe/, { burst: 30, perSecond: 8 }],
  [/^elasticloadbalancing:/, { burst: 10, perSecond: 1.5 }],
  [/^lambda:InvokeFunction$/, { burst: 50, perSecond: 50 }],
  [/^lambda:/, { burst: 12, perSecond: 10 }],
  [/^cloudwatch:/, { burst: 8, perSecond: 7 }],
  [/^logs:/, { burst: 5, perSecond: 5 }],
  [/^rds:/, { burst: 10, perSecond: 5 }],
  [/^redshift:/, { burst: 10, perSecond: 5 }],
  [/^route53:/, { burst: 1, perSecond: 4, isOfAccount: true }],
  [/^events:/, { burst: 10, perSecond: 10 }],
  [/.*/, { burst: 20, perSecond: 10 }],
]

export interface Rates {
  /** Resolves when the call may go out. @throws the signal's reason when aborted while waiting. */
  take(action: string, signal?: AbortSignal): Promise<void>
}

type Wait = (ms: number, value: undefined, options: { signal?: AbortSignal }) => Promise<unknown>

type Buckets = Map<Rate, { nextMs: number }>

interface Timing {
  readonly now?: () => number
  readonly wait?: Wait
}

/** Token buckets of one account, first come first served: for each of its Regions, and those that it has but once. */
export const openAccountRates = (timing: Timing = {}): ((region: string | undefined) => Rates) => {
  const regions = new Map<string | undefined, Rates>()
  const ofAccount: Buckets = new Map()
  return region => {
    const rates = regions.get(region) ?? openRates(timing, ofAccount)
    regions.set(region, rates)
    return rates
  }
}

/** Token buckets of one account and Region, first come first served. */
export const openRates = (timing: Timing = {}, ofAccount: Buckets = new Map()): Rates => {
  const { now = () => performance.now(), wait = delay } = timing
  const ofRegion: Buckets = new Map()
  return {
    take: async (action, signal) => {
      const rate = rates.find(([pattern]) => pattern.test(action))?.[1]
      if (rate === undefined) return
      const buckets = rate.isOfAccount ? ofAccount : ofRegion
      const bucket = buckets.get(rate) ?? { nextMs: Number.NEGATIVE_INFINITY }
      buckets.set(rate, bucket)
      const eachMs = 1000 / rate.perSecond
      // When the bucket is full again, as if every token were owed: one more call must not push it past `burst` owed.
      const dueMs = Math.max(bucket.nextMs, now()) + eachMs
      bucket.nextMs = dueMs
      const waitMs = dueMs - now() - rate.burst * eachMs
      if (waitMs > 0) await wait(waitMs, undefined, signal === undefined ? {} : { signal })
      else signal?.throwIfAborted()
    },
  }
}
