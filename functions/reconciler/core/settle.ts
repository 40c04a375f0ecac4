import type { Answer, ClusterVote, Sighting, WriterView } from './model.ts'

export interface SettleRules {
  readonly kind: 'instance' | 'cluster' | 'proxy' | 'hostname'
  /** How many answers must agree, over at least `spanMs`: more than the 5 s TTL of the RDS zones. */
  readonly answers: number
  readonly spanMs: number
  /** Longer than an endpoint is known to alternate between old and new writer. */
  readonly flapMs: number
  readonly isAllowed: (ip: string) => boolean
}

/** An alias that leads nowhere. */
export const noAddresses = 'an answer without addresses'

/**
 * Where the writer is, from everything seen so far, oldest first.
 *
 * - One good answer makes a candidate *credible*: enough to register it.
 * - Agreement makes it *settled*: enough to remove another. Either `answers` equal answers over `spanMs`, or, for a
 *   cluster, an answer and an RDS API vote of the same time that name the same writer.
 * - A look without information neither supports nor breaks agreement, and never yields a candidate.
 * - An instance or a cluster has one address. A host name or a proxy has all that it answered within a span.
 *
 * Two hazards that only time settles, longer than the known flap:
 * - 1. DNS says new: registered. 2. DNS says old again, and the API, which lags, agrees. 3. The new registration, minutes
 *   in the making, would be removed. So after a second change within `flapMs`, an address is settled after `flapMs` in
 *   which it was watched: while nobody looks, it may have moved there and back.
 * - 1. DNS says new, for good. 2. The API names the old writer, for minutes. So DNS that has agreed with itself for
 *   `flapMs`, with an API that has not changed its opinion either, decides; `because` says that the API disagrees.
 */
export const settle = (sightings: readonly Sighting[], rules: SettleRules): WriterView => {
  const latest = sightings.at(-1)
  if (latest === undefined) return { kind: 'unknown', why: 'no-answer', detail: 'not looked yet' }
  const answered = sightings.filter(({ answer }) => answer.kind === 'addresses' && answer.addresses.length > 0)
  const hasOne = rules.kind === 'instance' || rules.kind === 'cluster'
  const candidate = hasOne ? candidateOf(latest) : unionOf(latest, answered, rules)

  if (candidate.length === 0) return { kind: 'unknown', why: 'no-answer', detail: whyNone(latest.answer) }
  if (candidate.length > 1 && hasOne) return { kind: 'unknown', why: 'ambiguous', detail: candidate.join(', ') }
  const outside = candidate.filter(ip => !rules.isAllowed(ip))
  if (outside.length > 0) return { kind: 'not-allowed', addresses: candidate, outside }
  // Only the API knows the candidate: one source alone never settles.
  if (latest.answer.kind === 'none') return { kind: 'credible', addresses: candidate, missing: 'agreement' }
  const [first] = answered
  const appearedMs = first === undefined || first === sightings[0] ? never : first.atMs
  const evidence: Evidence = { latest, answered, appearedMs, rules }
  return hasOne ? settleOne(candidate, evidence) : settleSet(candidate, evidence)
}

interface Evidence {
  readonly latest: Sighting
  /** The sightings with addresses. */
  readonly answered: readonly Sighting[]
  /** When the name first meant something, where it was seen to mean nothing before: that is a change as well. */
  readonly appearedMs: number
  readonly rules: SettleRules
}

const settleOne = (addresses: readonly string[], { latest, answered, appearedMs, rules }: Evidence): WriterView => {
  const { flapMs } = rules
  const runStart = answered.findLastIndex(sighting => !isSameSet(candidateOf(sighting), addresses)) + 1
  const run = answered.slice(runStart)
  const sinceMs = Math.min(latest.atMs, ...run.map(({ atMs }) => atMs))
  const hasFlapped = lastFlapMs(answered, appearedMs, flapMs) === sinceMs
  const isLasting = run.length >= rules.answers && watchedMs(run, rules) >= Math.max(flapMs, rules.spanMs)

  const opinion = opinionOf(latest, sinceMs)
  if (opinion === 'other') {
    const isOutlasted = isLasting && latest.atMs - sameVoteSinceMs(answered) >= flapMs
    if (isOutlasted) return { kind: 'settled', addresses, because: 'dns-outlasts-rds' }
    return { kind: 'credible', addresses, missing: 'agreement' }
  }
  if (hasFlapped) {
    if (isLasting) return { kind: 'settled', addresses, because: 'answers-agree' }
    return { kind: 'credible', addresses, missing: 'more-answers' }
  }
  if (opinion === 'same') return { kind: 'settled', addresses, because: 'dns-and-rds-agree' }
  if (run.length >= rules.answers && latest.atMs - sinceMs >= rules.spanMs) {
    return { kind: 'settled', addresses, because: 'answers-agree' }
  }
  return { kind: 'credible', addresses, missing: 'more-answers' }
}

/** For how long the answers were watched: one speaks for the time until the next, and for no longer than it may be kept. */
const watchedMs = (run: readonly Sighting[], rules: SettleRules): number =>
  run.slice(1).reduce((sum, { atMs }, index) => {
    const before = run[index] as Sighting
    return sum + Math.min(atMs - before.atMs, unionSpanMs(before, rules))
  }, 0)

/**
 * Settled when it was asked for a whole span, so that what was not answered in it has left, and when nothing came and went
 * within `flapMs` of now: a name that moves once loses an address that it had for long.
 */
const settleSet = (addresses: readonly string[], { latest, answered, appearedMs, rules }: Evidence): WriterView => {
  const { flapMs } = rules
  const spanMs = unionSpanMs(latest, rules)
  const recent = answered.filter(({ atMs }) => latest.atMs - atMs <= spanMs)
  const hasAskedFor = (ms: number) => answered.some(({ atMs }) => latest.atMs - atMs >= ms)
  const visitedMs = lastVisitMs({ answered, appearedMs }, spanMs, flapMs)
  const since = answered.filter(({ atMs }) => atMs >= visitedMs)
  const isSteady = visitedMs === never || watchedMs(since, rules) > flapMs
  if (!hasAskedFor(spanMs) || recent.length < rules.answers || !isSteady) {
    return { kind: 'credible', addresses, missing: 'more-answers' }
  }
  return { kind: 'settled', addresses, because: 'answers-agree' }
}

const unionOf = (latest: Sighting, answered: readonly Sighting[], rules: SettleRules): readonly string[] => {
  const union = unionAt(answered, latest.atMs, unionSpanMs(latest, rules))
  return candidateOf(latest).length === 0 ? [] : union
}

const unionAt = (answered: readonly Sighting[], atMs: number, spanMs: number): readonly string[] => {
  const recent = answered.filter(it => it.atMs <= atMs && atMs - it.atMs < Math.max(1, spanMs))
  return [...new Set(recent.flatMap(candidateOf))].sort()
}

/** More than the TTL, within which the same answer is given. */
const unionSpanMs = ({ answer }: Sighting, { spanMs, flapMs }: SettleRules): number =>
  Math.max(spanMs, answer.kind === 'addresses' ? Math.min((answer.ttlSeconds + 1) * 1000, flapMs) : 0)

/** When an address last came back, or left again, within `flapMs` by what was seen. */
const lastVisitMs = (
  { answered, appearedMs }: Pick<Evidence, 'answered' | 'appearedMs'>,
  spanMs: number,
  flapMs: number,
): number => {
  // Of two looks in one millisecond, the second one's address has come already.
  const first = answered.slice(0, 1).flatMap(candidateOf)
  const changedMs = new Map(first.map(ip => [ip, appearedMs]))
  let visitedMs = never
  let before: { readonly atMs: number; readonly union: readonly string[] } | undefined
  for (const { atMs } of answered) {
    const now = unionAt(answered, atMs, spanMs)
    const { union: previous, atMs: seenMs } = before ?? { union: first, atMs }
    for (const ip of [...now.filter(it => !previous.includes(it)), ...previous.filter(it => !now.includes(it))]) {
      if (seenMs - (changedMs.get(ip) ?? never) < flapMs) visitedMs = atMs
      changedMs.set(ip, atMs)
    }
    before = { atMs, union: now }
  }
  return visitedMs
}

/**
 * When the answers last changed within `flapMs` of another change: a writer that moves once changes them once. Nobody saw
 * when it changed, only that it had not before.
 */
const lastFlapMs = (answered: readonly Sighting[], appearedMs: number, flapMs: number): number => {
  let changeMs = appearedMs
  let flappedMs = never
  for (const [index, sighting] of answered.entries()) {
    const before = answered[index - 1]
    if (before === undefined || isSameSet(candidateOf(before), candidateOf(sighting))) continue
    if (before.atMs - changeMs < flapMs) flappedMs = sighting.atMs
    changeMs = sighting.atMs
  }
  return flappedMs
}

const never = Number.NEGATIVE_INFINITY

/**
 * The writer instance that a cluster endpoint points at: the name that follows the last `cluster-` or `global-` name, or
 * else one whose first label is a member's id. Behind names of one's own, nothing else says which one is the instance's.
 */
export const instanceInChain = (answer: Answer, memberIds: readonly string[] = []): string | undefined => {
  if (answer.kind === 'none') return undefined
  const labels = answer.chain.map(name => name.toLowerCase().split('.'))
  const last = labels.findLastIndex(([, second = '']) => /^(cluster|global)-/.test(second))
  const ids = new Set(memberIds.map(id => id.toLowerCase()))
  return last === -1 ? labels.slice(1).find(([first = '']) => ids.has(first))?.[0] : labels[last + 1]?.[0]
}

/** The same record twice is one address. */
export const candidateOf = ({ answer, vote }: Pick<Sighting, 'answer' | 'vote'>): readonly string[] => {
  const addresses = answer.kind === 'addresses' ? answer.addresses : (vote?.writerAddresses ?? [])
  return addresses.length < 2 ? addresses : [...new Set(addresses)]
}

export const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(item => b.includes(item))

const whyNone = (answer: Answer): string => (answer.kind === 'none' ? answer.why : noAddresses)

/** Since when the API has named the writer that it names now. */
const sameVoteSinceMs = (answered: readonly Sighting[]): number => {
  const votes = answered.flatMap(({ vote }) => vote ?? [])
  const writerId = votes.at(-1)?.writerId
  const start = votes.findLastIndex(vote => vote.writerId !== writerId) + 1
  return Math.min(...votes.slice(start).map(({ atMs }) => atMs))
}

/**
 * The vote counts from the moment the answers began to agree: an older one speaks of another time. `failing-over` and
 * every other state of flux count as disagreement only when they name another writer, and never as agreement.
 */
const opinionOf = ({ vote, answer }: Sighting, sinceMs: number): 'none' | 'same' | 'other' => {
  if (vote?.writerId === undefined || vote.atMs < sinceMs || answer.kind === 'none') return 'none'
  const isSame = isNamed(vote.writerId, vote, answer)
  if (isSame === undefined) return 'none'
  if (!isSame) return 'other'
  return vote.status === 'available' ? 'same' : 'none'
}

/** By the instance's name where the answer has it, else by its address; `undefined` where they cannot be compared. */
const isNamed = (writerId: string, vote: ClusterVote, answer: Answer): boolean | undefined => {
  const named = instanceInChain(answer, vote.memberIds)
  if (named !== undefined) return named === writerId.toLowerCase()
  return vote.writerAddresses && isSameSet(vote.writerAddresses, candidateOf({ answer }))
}
