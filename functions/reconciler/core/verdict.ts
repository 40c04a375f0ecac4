import type { Observation, Step, Watch } from './model.ts'
import {
  followsWriter,
  hasPending,
  keepsMembers,
  lacksReader,
  registeredWriters,
  servingDoors,
  unusedWriters,
} from './plan.ts'
import type { Policy } from './policies.ts'
import type { Reason } from './reasons.ts'

/** How far one invocation has come: all that the verdict depends on. */
export interface Situation {
  readonly watch: Watch
  readonly isEvent: boolean
  readonly observation: Observation
  /** What is still to do, before policies. */
  readonly steps: readonly Step[]
  readonly stepsDone: readonly Step[]
  readonly withheldBy?: Policy
  /** AWS turned a call of this round away, or a front door could not be read yet. */
  readonly isHindered: boolean
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
  const { observation, steps, stepsDone, withheldBy } = situation
  const { writer } = observation
  const hasActed = stepsDone.length > 0
  const isBrief = situation.watch === 'check'

  if (writer.kind === 'not-allowed') return { reason: 'address-not-allowed', isFinal: isBrief && !hasActed }
  if (unusedWriters(observation).length > 0) {
    const isLasting = hasActed ? situation.unusedForMs >= situation.spanMs : isBrief
    const isOpen = steps.length > 0 || hasPending(observation)
    return { reason: 'target-not-in-use', isFinal: isLasting && !isOpen }
  }
  if (situation.isHindered) return { reason: 'throttled', isFinal: false }
  if (writer.kind === 'unknown') {
    return { reason: writer.why === 'ambiguous' ? 'writer-ambiguous' : 'writer-unknown', isFinal: false }
  }
  if (withheldBy !== undefined) {
    return { reason: withheldBy, isFinal: writer.kind === 'settled' && (isBrief || situation.hasMoved) }
  }
  if (steps.length > 0) return { reason: 'writer-unsettled', isFinal: false }
  return judgeInPlace(situation)
}

/** Nothing is to be done now: is it because all is well? */
const judgeInPlace = (situation: Situation): Verdict => {
  const { observation, watch } = situation
  const { writer } = observation
  if (writer.kind === 'credible' && writer.missing === 'agreement') {
    return { reason: 'evidence-disagrees', isFinal: false }
  }
  if (hasPending(observation)) return { reason: 'writer-unsettled', isFinal: false }

  const isVerified = writer.kind === 'settled' && isWriterHealthy(observation)
  if (situation.stepsDone.length > 0) {
    if (!isVerified) return { reason: 'target-not-healthy', isFinal: false }
    return { reason: repointReason(situation), isFinal: watch === 'check' || hasFollowed(situation) }
  }
  if (situation.isBlind) return { reason: 'throttled', isFinal: false }
  if (lacksReader(observation)) return { reason: 'no-reader', isFinal: watch === 'check' }
  if (watch === 'check') return { reason: 'already-in-sync', isFinal: true }
  if (situation.hasMoved) {
    const isSelected = isVerified && observation.doors.some(({ strategy }) => strategy === 'standby')
    return { reason: isSelected ? 'failover-selected' : 'already-in-sync', isFinal: isVerified }
  }
  return { reason: watch === 'completed' ? 'already-in-sync' : 'writer-did-not-move', isFinal: false }
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
  if (!isFollowed && done.stepsDone.every(step => keepsMembers(step, done.observation))) return 'members-kept'
  return done.isEvent && isFollowed ? 'failover-followed' : 'drift-corrected'
}
