import * as v from 'valibot'
import { described } from './described.ts'
import * as words from './words.ts'

export const networkMode = v.pipe(
  words.closed({
    mode: v.optional(
      v.picklist(['outside-vpc', 'in-vpc', 'isolated'], 'one of outside-vpc, in-vpc, isolated'),
      'outside-vpc',
    ),
    subnetIds: v.optional(
      described(
        'Where the function is; by default the database’s subnets.',
        words.listOf(words.subnetId, 'a list of subnet ids'),
      ),
    ),
    endpoints: v.optional(
      v.union(
        [v.literal('create'), words.closed({ securityGroupId: words.securityGroupId })],
        'create, or {"securityGroupId": "sg-…"} of the interface endpoints that the VPC has already',
      ),
    ),
  }),
  v.forward(
    v.partialCheck(
      [['mode'], ['endpoints']],
      it => it.mode === 'isolated' || it.endpoints === undefined,
      'nothing: only mode isolated uses interface endpoints',
    ),
    ['endpoints'],
  ),
)

/** What CloudWatch Logs accepts. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

export const functionSettings = words.closed({
  memoryMb: v.optional(words.wholeNumber(128, 10_240, 'megabytes'), 512),
  reserveConcurrency: v.optional(
    described('False where the account’s concurrency is too small to reserve from.', words.flag),
    true,
  ),
  everyMinutes: v.optional(words.wholeNumber(1, 60, 'minutes'), 1),
  logRetentionDays: v.optional(v.picklist(retentionDays, `one of ${retentionDays.join(', ')}`), 90),
  // Not higher: the summary of each run is an INFO line, and what alarms read is printed too.
  logLevel: v.optional(v.picklist(['DEBUG', 'INFO'], 'one of DEBUG, INFO'), 'INFO'),
})

/** Seconds. Lambda's own limit, and what a watch leaves of it for its summary. */
export const functionTimeoutSeconds = 900
const marginMs = 60_000

const milliseconds = words.wholeNumber(1000, 800_000, 'milliseconds')

export const watch = v.pipe(
  words.closed({
    startedMs: v.optional(milliseconds, 300_000),
    completedMs: v.optional(milliseconds, 60_000),
    rebootMs: v.optional(milliseconds, 30_000),
    healthyMs: v.optional(milliseconds, 360_000),
  }),
  v.forward(
    v.partialCheck(
      [['startedMs'], ['healthyMs']],
      it => (it.startedMs ?? 300_000) + (it.healthyMs ?? 360_000) <= functionTimeoutSeconds * 1000 - marginMs,
      `milliseconds, together with startedMs at most ${functionTimeoutSeconds * 1000 - marginMs} (Lambda’s 15 minutes less a margin)`,
    ),
    ['healthyMs'],
  ),
)

export const settle = words.closed({
  answers: v.optional(words.wholeNumber(1, 20, 'agreeing answers'), 3),
  intervalMs: v.optional(words.wholeNumber(100, 60_000, 'milliseconds'), 1000),
  spanMs: v.optional(words.wholeNumber(0, 120_000, 'milliseconds'), 6000),
})
