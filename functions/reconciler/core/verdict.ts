import type { Observation, Owner, Step, Watch } from './model.ts'
import {
  followsWriter,
  hasPending,
  isDisprovedPair,
  isUnprovedPair,
  keepsMembers,
  lacksReader,
  provingForMs,
  registeredWriters,
  removesForeign,
  servingDoors,
  unusedWriters,
} from './plan.ts'
import type { Policy } from './policies.ts'
import type { Reason } from './reasons.ts'
import { noAddresses } from './settle.ts'

/** How far one invocation has come: all that the verdict depends on. */
export interface Situation {
  readonly watch: Watch
  readonly isEvent: boolean
  /** Nobody waits for it, and it comes again in a minute. */
  readonly isScheduled: boolean
  readonly observation: Observation
  /** What is still to do, before policies. */
  readonly steps: readonly Step[]
  readonly stepsDone: readonly Step[]
  readonly withheldBy?: Policy
  /** AWS turned a call of this round away, or a front door could not be read yet. */
  readonly hindrance?: 'throttled' | 'unavailable'
  /** The members are not known, though a front door needs them. */
  readonly isBlind?: boolean
  /** The writer's address is another than at the first look. */
  readonly hasMoved: boolean
  /** Nothing was registered when we came. */
  readonly wasEmpty: boolean
  /** For how long the writer's registration has been seen `unused`, in milliseconds. */
  readonly unusedForMs: number
  readonly spanMs: number
}

export interface Verdict {
  readonly reason: Reason
  /** Nothing more is to be learnt by going on; otherwise the watch goes on until its budget is spent. */
  readonly isFinal: boolean
}

/** What the invocation would report if it ended now, and whether it may. */
export const judge = (situation: Situation): Verdict => {
  const { observation, steps, stepsDone, withheldBy, hindrance } = situation
  const { writer } = observation
  const hasActed = stepsDone.length > 0
  const isBrief = situation.watch === 'check'

  if (writer.kind === 'not-allowed') return { reason: 'address-not-allowed', isFinal: isBrief && !hasActed }
  if (writer.kind === 'not-proved') return { reason: reasonOf(writer), isFinal: isBrief && !hasActed }
  if (unusedWriters(observation).length > 0) {
    const isLasting = hasActed ? situation.unusedForMs >= situation.spanMs : isBrief
    const isOpen = steps.length > 0 || hasPending(observation)
    return { reason: 'target-not-in-use', isFinal: isLasting && !isOpen }
  }
  if (hindrance === 'unavailable') return { reason: 'aws-unreachable', isFinal: false }
  // A scheduled run yields to those that follow a failover: it comes again.
  if (hindrance === 'throttled') return { reason: 'throttled', isFinal: situation.isScheduled && !hasActed }
  if (writer.kind === 'unknown') {
    if (writer.why === 'ambiguous') return { reason: 'writer-ambiguous', isFinal: false }
    return { reason: 'writer-unknown', isFinal: isBrief && !hasActed && isNothing(writer.detail) }
  }
  if (withheldBy !== undefined) {
    return { reason: withheldBy, isFinal: writer.kind === 'settled' && (isBrief || situation.hasMoved) }
  }
  if (steps.length > 0) return { reason: 'writer-unsettled', isFinal: false }
  return judgeInPlace(situation)
}

const reasonOf = ({ proof }: Pick<Owner, 'proof'>): Reason =>
  proof === 'disproved' ? 'owner-disproved' : 'owner-unproved'

/** DNS answered, and there is nothing at the name: looking on for a minute finds nothing either. */
const isNothing = (detail: string): boolean => ['ENOTFOUND', 'ENODATA', noAddresses].includes(detail)

/** Nothing is to be done now: is it because all is well? */
const judgeInPlace = (situation: Situation): Verdict => {
  const { observation, watch } = situation
  const { writer } = observation
  const isBrief = watch === 'check'
  if (writer.kind === 'credible' && writer.missing === 'agreement') {
    return { reason: 'evidence-disagrees', isFinal: false }
  }
  if (hasPending(observation)) return { reason: 'writer-unsettled', isFinal: false }

  const isHealthy = isWriterHealthy(observation)
  const [refused] = observation.refused ?? []
  if (situation.stepsDone.length > 0) {
    if (!isHealthy) return { reason: 'target-not-healthy', isFinal: false }
    if (writer.kind !== 'settled') return { reason: 'writer-unsettled', isFinal: false }
    const isFollowed = hasFollowed(situation)
    if (refused && !isFollowed) return { reason: reasonOf(refused), isFinal: isBrief }
    return { reason: repointReason(situation), isFinal: isBrief || isFollowed }
  }
  if (refused) return { reason: reasonOf(refused), isFinal: isBrief }
  if (situation.isBlind) return { reason: 'members-unknown', isFinal: situation.isScheduled }
  if (isUnprovedPair(observation)) {
    return { reason: 'partner-unproved', isFinal: isBrief && provingForMs(observation) === 0 }
  }
  if (!isHealthy) return { reason: 'target-not-healthy', isFinal: isBrief }
  if (lacksReader(observation)) return { reason: 'no-reader', isFinal: isBrief }
  if (isDisprovedPair(observation)) return { reason: 'partner-disproved', isFinal: isBrief }
  if (isBrief) return { reason: 'already-in-sync', isFinal: true }
  if (situation.hasMoved) {
    const isSettled = writer.kind === 'settled'
    const isSelected = isSettled && observation.doors.some(({ strategy }) => strategy === 'standby')
    return { reason: isSelected ? 'failover-selected' : 'already-in-sync', isFinal: isSettled }
  }
  return { reason: watch === 'completed' ? 'already-in-sync' : 'no-move-seen', isFinal: false }
}

/** At every front door for the writer; how readers are is the load balancer's to see. */
export const isWriterHealthy = ({ writer, doors }: Pick<Observation, 'writer' | 'doors'>): boolean =>
  doors.length > 0 &&
  servingDoors(doors).every(door => {
    const registered = registeredWriters(writer, door)
    return registered.length > 0 && registered.every(registration => registration.state === 'healthy')
  })

type Done = Pick<Situation, 'isEvent' | 'wasEmpty' | 'hasMoved' | 'stepsDone' | 'observation'>

/** Whether the writer was followed, by whatever step, rather than the rest of a set kept right. */
const hasFollowed = ({ hasMoved, stepsDone, observation }: Done): boolean =>
  hasMoved || stepsDone.some(step => followsWriter(step, observation))

/** Why steps were taken, once they have done what they were for. */
export const repointReason = (done: Done): Reason => {
  if (done.wasEmpty) return 'first-registration'
  const isFollowed = hasFollowed(done)
  if (!isFollowed && done.stepsDone.some(step => removesForeign(step, done.observation))) return 'foreign-removed'
  if (!isFollowed && done.stepsDone.every(step => keepsMembers(step, done.observation))) return 'members-kept'
  return done.isEvent && isFollowed ? 'failover-followed' : 'drift-corrected'
}
