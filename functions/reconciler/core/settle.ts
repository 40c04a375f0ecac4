import type { Answer, ClusterVote, Sighting, WriterView } from './model.ts'

export interface SettleRules {
  readonly kind: 'instance' | 'cluster' | 'proxy' | 'hostname'
  /** How many answers must agree, over at least `spanMs`: more than the 5 s TTL of the RDS zones. */
  readonly answers: number
  readonly spanMs: number
  readonly isAllowed: (ip: string) => boolean
}

/**
 * Where the writer is, from everything seen so far, oldest first.
 *
 * - One good answer makes a candidate *credible*: enough to register it.
 * - Agreement makes it *settled*: enough to remove another. Either `answers` equal answers over `spanMs`, or, for a
 *   cluster, an answer and an RDS API vote of the same time that name the same writer.
 * - A look without information neither supports nor breaks agreement, and never yields a candidate.
 *
 * Hazard that `returned` is for: an Aurora endpoint flaps between old and new for 20-30 s while `IsClusterWriter` still
 * names the old writer. 1. DNS says new: registered. 2. DNS says old again, the API agrees. 3. The new registration,
 * minutes in the making, would be removed. So an address that came back is only settled by time.
 */
export const settle = (sightings: readonly Sighting[], rules: SettleRules): WriterView => {
  const latest = sightings.at(-1)
  if (latest === undefined) return { kind: 'unknown', why: 'no-answer', detail: 'not looked yet' }

  const candidate = candidateOf(latest)
  if (candidate.length === 0) return { kind: 'unknown', why: 'no-answer', detail: whyNone(latest.answer) }
  if (candidate.length > 1 && hasOneAddress(rules.kind)) {
    return { kind: 'unknown', why: 'ambiguous', detail: candidate.join(', ') }
  }
  const outside = candidate.filter(ip => !rules.isAllowed(ip))
  if (outside.length > 0) return { kind: 'not-allowed', addresses: candidate, outside }

  const answered = sightings.filter(sighting => sighting.answer.kind === 'addresses')
  const runStart = answered.findLastIndex(sighting => !isSameSet(candidateOf(sighting), candidate)) + 1
  const run = answered.slice(runStart)
  // Only the API knows the candidate: one source alone never settles.
  if (latest.answer.kind === 'none') return { kind: 'credible', addresses: candidate, missing: 'agreement' }
  const agreedSinceMs = Math.min(latest.atMs, ...run.map(sighting => sighting.atMs))

  const opinion = opinionOf(latest.vote, latest.answer, agreedSinceMs)
  if (opinion === 'other') return { kind: 'credible', addresses: candidate, missing: 'agreement' }
  const returned = answered.slice(0, runStart).some(sighting => isSameSet(candidateOf(sighting), candidate))
  if (opinion === 'same' && !returned) {
    return { kind: 'settled', addresses: candidate, because: 'dns-and-rds-agree' }
  }
  if (run.length >= rules.answers && latest.atMs - agreedSinceMs >= rules.spanMs) {
    return { kind: 'settled', addresses: candidate, because: 'answers-agree' }
  }
  return { kind: 'credible', addresses: candidate, missing: 'more-answers' }
}

/** The writer instance that a cluster endpoint points at: the first label of the name it is an alias of. */
export const instanceInChain = (answer: Answer): string | undefined => {
  if (answer.kind === 'none') return undefined
  // Behind a name of one's own, or a global endpoint, stands the cluster's: its second label says so.
  const named = answer.chain.slice(1).map(name => name.toLowerCase().split('.'))
  return named.find(([, second = '']) => !/^(cluster|global)-/.test(second))?.[0]
}

export const candidateOf = (sighting: Sighting): readonly string[] => {
  if (sighting.answer.kind === 'addresses') return sighting.answer.addresses
  return sighting.vote?.writerAddresses ?? []
}

export const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(item => b.includes(item))

const hasOneAddress = (kind: SettleRules['kind']): boolean => kind === 'instance' || kind === 'cluster'

const whyNone = (answer: Answer): string => (answer.kind === 'none' ? answer.why : 'an answer without addresses')

/**
 * The vote counts from the moment the answers began to agree: an older one speaks of another time. `failing-over` and
 * every other state of flux count as disagreement only when they name another writer, and never as agreement.
 */
const opinionOf = (vote: ClusterVote | undefined, answer: Answer & { kind: 'addresses' }, sinceMs: number) => {
  if (vote?.writerId === undefined || vote.atMs < sinceMs) return 'none'
  const named = instanceInChain(answer)
  const { writerAddresses } = vote
  if (named === undefined && writerAddresses === undefined) return 'none'
  const isSame =
    named === vote.writerId.toLowerCase() ||
    (named === undefined && writerAddresses !== undefined && isSameSet(writerAddresses, answer.addresses))
  if (!isSame) return 'other'
  return vote.status === 'available' ? 'same' : 'none'
}
