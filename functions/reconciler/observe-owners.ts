import type { Config } from './config.ts'
import { isRegistered, type Observation, type Owner, type Ownership, type Step, type WriterView } from './core/model.ts'
import type { FaultLog } from './faults.ts'
import type { Memory } from './memory.ts'
import { AwsError, type Ports, TransientError } from './ports.ts'

export interface OwnerReader {
  /** What is known of addresses that were asked about, and is not too old to act on. */
  known(): readonly Owner[]
  /** Asks about the addresses in one call. It never fails: without an answer, it is known that there was none. */
  ask(ips: readonly string[]): Promise<void>
  /**
   * The addresses to ask about before these steps: those that they would register, those that they are taken for (others
   * would leave because of them), and the writer's where it was registered without an answer.
   */
  open(steps: readonly Step[], observation: Observation): readonly string[]
}

/** A proof speaks of its moment: what comes back later may be somebody else's. */
const provedMs = 60_000
/** What is not the database's, or was not answered, is asked about again after so many intervals. */
const retryIntervals = 5
/** What was registered without an answer is asked about for so long. */
const pursuedMs = 600_000

interface Surroundings {
  readonly faults: FaultLog
  readonly memory: Memory
}

/**
 * Whose new addresses are. Inside the allowed networks DNS alone would decide where production traffic goes; so the answer
 * of AWS is asked for before an address is registered, and only then: a registered address is no new one.
 */
export const createOwnerReader = (config: Config, ports: Ports, { faults, memory }: Surroundings): OwnerReader => {
  const { clock, interfaces, telemetry } = ports
  const { database, ownerProof, settle } = config
  const { kind, id } = database
  const retryMs = retryIntervals * settle.intervalMs
  const owners = memory.owners

  const isFresh = (owner: Ownership & { readonly atMs: number }): boolean => {
    const ageMs = clock.now() - owner.atMs
    return ageMs >= 0 && ageMs < (owner.proof === 'proved' ? provedMs : retryMs)
  }

  const freshAt = (ip: string): boolean => {
    const owner = owners.get(ip)
    return owner !== undefined && isFresh(owner)
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

  return {
    known: () =>
      [...owners].flatMap(([ip, owner]) => {
        const { atMs: _, ...ownership } = owner
        return isFresh(owner) ? [{ ...ownership, ip }] : []
      }),
    async ask(ips) {
      const atMs = clock.now()
      for (const [ip, ownership] of await fetch(ips)) {
        const before = owners.get(ip)
        owners.set(ip, { ...ownership, atMs })
        // A watch asks again and again: a new answer is told.
        if (ownership.proof !== 'proved' && before?.proof !== ownership.proof) telemetry.notProved({ ...ownership, ip })
      }
      for (const [ip, owner] of owners) if (atMs - owner.atMs > pursuedMs) owners.delete(ip)
    },
    open(steps, { writer, members = [], doors }) {
      if (ownerProof === 'off') return []
      const wanted = steps.flatMap(step => (step.kind === 'register' ? step.targets.map(({ ip }) => ip) : []))
      const named = [...addressesOf(writer), ...members.flatMap(({ addresses }) => addresses)]
      const isHere = (ip: string) => doors.some(door => door.registrations.some(it => it.ip === ip && isRegistered(it)))
      const pursued = addressesOf(writer).filter(ip => isHere(ip) && isPursued(owners.get(ip)))
      const reasons = steps.length === 0 ? [] : named.filter(ip => !isHere(ip))
      return [...new Set([...wanted, ...reasons, ...pursued])].filter(ip => !freshAt(ip))
    },
  }
}

const isPursued = (owner: Ownership | undefined): boolean => owner !== undefined && owner.proof !== 'proved'

const addressesOf = (writer: WriterView): readonly string[] => (writer.kind === 'unknown' ? [] : writer.addresses)
