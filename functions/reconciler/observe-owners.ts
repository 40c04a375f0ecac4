import type { Config } from './config.ts'
import { type DoorView, isRegistered, type Observation, type Owner, type Ownership, type Step } from './core/model.ts'
import { isRefused } from './core/ownership.ts'
import type { FaultLog } from './faults.ts'
import type { AskedOwner, Memory } from './memory.ts'
import { AwsError, type Ports, TransientError } from './ports.ts'

export interface OwnerReader {
  /** What AWS said of those of these addresses that it was asked about. */
  known(named: readonly string[]): readonly Owner[]
  /** Asks about the addresses in one call. It never fails: without an answer, it is known that there was none. */
  ask(ips: readonly string[]): Promise<void>
  /**
   * The addresses to ask about before these steps: those that they would register or give weight to, and those that DNS
   * names and nobody has registered, because of which others would leave. What AWS did not prove before is asked about again after a while.
   */
  open(steps: readonly Step[], observation: Observation, named: readonly string[]): readonly string[]
  /** Whether everything that the step would register, or give weight to, was asked about and may be. */
  isProved(step: Step, doors: readonly DoorView[]): boolean
}

/** A proof speaks of its moment: what comes back later may be somebody else's. */
const provedMs = 60_000
/** What was not proved is asked about again after so many intervals. */
const retryIntervals = 5
/** What was registered without an answer is asked about for so long, and for so long silence does not take an answer back. */
const pursuedMs = 600_000

interface Surroundings {
  readonly faults: FaultLog
  readonly memory: Memory
}

/**
 * Whose new addresses are. Inside the allowed networks DNS alone would decide where production traffic goes; so the answer
 * of AWS is asked for before an address is registered, or gets weight, and only then: one that serves is no new one.
 *
 * Hazard that weight is asked for: 1. A replica is deleted, and is still registered without weight. 2. A stranger gets its
 * address. 3. Poisoned DNS names it as the writer.
 *
 * Hazard that a refusal without an age is for: 1. AWS says that the address is a stranger's. 2. Its calls take longer than
 * the time after which it is asked again. 3. The refusal counts as expired, and the stranger is registered.
 */
export const createOwnerReader = (config: Config, ports: Ports, { faults, memory }: Surroundings): OwnerReader => {
  const { clock, interfaces, telemetry } = ports
  const { database, ownerProof, settle } = config
  const { kind, id } = database
  const retryMs = retryIntervals * settle.intervalMs
  const { owners } = memory

  const isOlder = (atMs: number, ms: number): boolean => clock.now() < atMs || clock.now() - atMs >= ms

  /** A proof is good for a while; all else, until there is another answer. */
  const at = (ip: string): AskedOwner | undefined => {
    const owner = owners.get(ip)
    return owner?.proof === 'proved' && isOlder(owner.atMs, provedMs) ? undefined : owner
  }

  const fetch = async (ips: readonly string[]): Promise<ReadonlyMap<string, Ownership>> => {
    if (kind !== 'instance' && kind !== 'cluster') return new Map()
    faults.clear('owner')
    try {
      return await interfaces.ownership(ips, { kind, id })
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof AwsError)) throw error
      // Between two names of a switchover RDS knows neither.
      if (!(error instanceof AwsError && error.kind === 'not-found')) faults.record('owner', error)
      return new Map(ips.map(ip => [ip, { proof: 'unanswered', why: error.message }]))
    }
  }

  const take = (ip: string, ownership: Ownership): void => {
    const before = owners.get(ip)
    const atMs = clock.now()
    const isSilent = ownership.proof === 'unanswered'
    const stands = isSilent && before?.proof === 'disproved' && !isOlder(before.silentSinceMs, pursuedMs)
    const owner = stands ? before : ownership
    const isSame = before?.proof === owner.proof
    owners.set(ip, { ...owner, atMs, silentSinceMs: isSilent && isSame ? before.silentSinceMs : atMs })
    // A watch asks again and again: a new answer is told.
    if (owner.proof !== 'proved' && !isSame) telemetry.notProved({ ...owner, ip })
  }

  return {
    known: named =>
      named.flatMap(ip => {
        const owner = at(ip)
        if (owner === undefined) return []
        const { atMs: _, silentSinceMs: __, ...ownership } = owner
        return [{ ip, ...ownership }]
      }),
    async ask(ips) {
      for (const [ip, ownership] of await fetch(ips)) take(ip, ownership)
      for (const [ip, { atMs }] of owners) if (isOlder(atMs, pursuedMs)) owners.delete(ip)
    },
    open(steps, { doors }, named) {
      if (ownerProof === 'off') return []
      const isHere = (ip: string) => doors.some(door => door.registrations.some(it => it.ip === ip && isRegistered(it)))
      const isPursued = (ip: string) => {
        const owner = at(ip)
        if (owner === undefined || owner.proof === 'proved' || !isOlder(owner.atMs, retryMs)) return false
        return owner.proof === 'disproved' || !isHere(ip) || !isOlder(owner.silentSinceMs, pursuedMs)
      }
      const wanted = steps.flatMap(step => gaining(step, doors))
      const reasons = steps.length === 0 ? [] : named.filter(ip => !isHere(ip))
      const fresh = [...wanted, ...reasons].filter(ip => at(ip) === undefined)
      return [...new Set([...fresh, ...[...wanted, ...named].filter(isPursued)])]
    },
    isProved(step, doors) {
      if (ownerProof === 'off') return true
      return gaining(step, doors).every(ip => {
        const owner = at(ip)
        return owner !== undefined && !isRefused(owner, ownerProof)
      })
    },
  }
}

/** The addresses that connections come to by this step, and did not before. */
const gaining = (step: Step, doors: readonly DoorView[]): readonly string[] => {
  if (step.kind === 'register') return step.targets.map(({ ip }) => ip)
  if (step.kind !== 'set-weights') return []
  const gains = ({ targetGroupArn, weight }: DoorView) =>
    !weight && step.weights.some(it => it.targetGroupArn === targetGroupArn && it.weight > 0)
  return doors.filter(gains).flatMap(({ registrations }) => registrations.filter(isRegistered).map(({ ip }) => ip))
}
