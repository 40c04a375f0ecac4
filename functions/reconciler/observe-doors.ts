import { type FrontDoorConfig, groupsOf } from './config/front-doors.ts'
import { networks } from './config/values.ts'
import type { Config } from './config.ts'
import {
  type DoorView,
  isRegistered,
  type Neighbourhood,
  type PairView,
  placeOf,
  type Registration,
  type Step,
  type Weight,
} from './core/model.ts'
import { hasPartner } from './core/strategies/standby.ts'
import type { FaultLog } from './faults.ts'
import type { Memory, Part } from './memory.ts'
import { type Ports, TransientError } from './ports.ts'

export interface DoorReader {
  /**
   * Reads what is older than it may be. @returns what could not be read now, though asking again may help. A place that
   * AWS turns away is left alone for a while, longer each time.
   */
  read(ages: Ages, writerIps: readonly string[]): Promise<TransientError | undefined>
  /** Reads what the steps depend on, however often AWS turned it away before. @returns as `read`. */
  readFor(steps: readonly Step[], writerIps: readonly string[]): Promise<TransientError | undefined>
  /** AWS turned this step away: what it was decided on stays fresh for a while. */
  keep(step: Step): void
  /** This was written: what was known of it is old. */
  forget(step: Step): void
  /** AWS's answer to a write says so. */
  learn(listenerArn: string, weights: readonly Weight[]): void
  /** All front doors that can be worked on, as last read. */
  views(): readonly DoorView[]
  /** When the oldest part of them was read that says how the writer is served. */
  readMs(): number
  /** Whether everything that the step depends on was read at the last look. */
  isFresh(step: Step): boolean
}

/** How old the view of a front door may be, in milliseconds. */
export interface Ages {
  readonly maxMs: number
  /** `weighted`: of a group that has no weight. It serves nobody. */
  readonly spareMaxMs: number
  /** `standby`: of the pair's tag. Only we write it. */
  readonly tagMaxMs: number
  /** Where AWS turns it away, it is asked again within this time: afterwards nobody looks. */
  readonly patienceMs: number
}

/** For who looks once. */
export const nothingRemembered: Ages = { maxMs: 0, spareMaxMs: 0, tagMaxMs: 0, patienceMs: 0 }

/** What a pair is read for, and how old its tag may be, in milliseconds. */
interface PairQuestion {
  readonly writerIps: readonly string[]
  readonly tagMaxMs: number
}

interface Place {
  readonly door: FrontDoorConfig
  readonly key: string
  /** What was read by this reader, and not only remembered. */
  readonly own: Set<string>
  /** When the present attempt to read it began: what was read since then is fresh. */
  attemptMs: number
  /** AWS refused a part: the next attempt goes on from there. */
  isBroken: boolean
  /** Whether AWS turned the last attempt away, and until when what is not urgent is not asked for. */
  isTurnedAway: boolean
  pausedUntilMs: number
  turnedAway?: TransientError
}

/** Who else is around is dear to ask, and changes by hand: asked for again after so many times the time that proves a pair. */
const neighbourhoodProofs = 5
/** What was read before AWS refused the next part counts as fresh for so many intervals. */
const keptIntervals = 180
/**
 * The pause is drawn up to so many intervals, the first time and from then on. What waits only confirms: a thousand that were
 * turned away together ask again within what AWS serves meanwhile, ten a second.
 */
const pauseIntervals = { first: 150, next: 240 }
const never = Number.NEGATIVE_INFINITY

interface Surroundings {
  readonly faults: FaultLog
  readonly memory: Memory
}

/**
 * Reads the front doors: registrations, and what the strategy needs beside them. A place that fails for good is a fault;
 * it is left alone from then on, and the others go on.
 *
 * Hazard that reading one part after the other, and keeping it, is for: 1. A hundred databases fail over at once. 2. Each
 * look asks for all its target groups together. 3. AWS serves some of the calls of each, the looks are thrown away, and
 * the next ones ask for everything again: nobody ever gets a whole look.
 */
export const createDoorReader = (config: Config, ports: Ports, { faults, memory }: Surroundings): DoorReader => {
  const { clock, frontDoor, interfaces } = ports
  const { intervalMs, bothHealthyMs: enoughMs } = config.settle
  const places: Place[] = config.frontDoors.map(door => ({
    door,
    key: placeOf(door),
    own: new Set(),
    attemptMs: never,
    isBroken: false,
    isTurnedAway: false,
    pausedUntilMs: never,
  }))
  const isAllowed = networks(config.allowedCidrs)
  const working = () => places.filter(({ key }) => !faults.has(key))

  const { parts } = memory
  /** The clock may have been set back since. */
  const ageOf = (key: string, nowMs: number): number => {
    const ageMs = nowMs - (parts.get(key)?.atMs ?? never)
    return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs
  }

  /** From now on a part is fresh that is read again, save where AWS turned away the rest of the last attempt. */
  const attempt = (place: Place): void => {
    const nowMs = clock.now()
    if (!place.isBroken || nowMs - place.attemptMs > keptIntervals * intervalMs) place.attemptMs = nowMs
  }

  const readPlace = async (
    place: Place,
    isWanted: (key: string) => boolean,
    { writerIps, tagMaxMs }: PairQuestion,
  ): Promise<void> => {
    for (const key of partsOf(place.door)) {
      // Which groups have weight may be known only by now.
      if (!isWanted(key) || isOwnSince(place, key)) continue
      place.isBroken = true
      parts.set(key, await readPart(place, key, { writerIps, tagMaxMs }))
      place.own.add(key)
      place.isBroken = false
    }
  }

  /** A step of `standby` rests on the tag as well. */
  const isOwnSince = ({ own, attemptMs }: Place, key: string): boolean => {
    const { atMs = never, tagMs = atMs } = parts.get(key) ?? {}
    return own.has(key) && Math.min(atMs, tagMs) >= attemptMs
  }

  /** What is read for the view alone, and not to write. */
  const refresh = async (
    place: Place,
    { maxMs, spareMaxMs, tagMaxMs, patienceMs }: Ages,
    writerIps: readonly string[],
  ): Promise<void> => {
    const nowMs = clock.now()
    attempt(place)
    const isOld = (key: string) => ageOf(key, nowMs) >= (spareOf(place.door, parts).includes(key) ? spareMaxMs : maxMs)
    if (!partsOf(place.door).some(isOld)) return
    // Without a whole view nothing can be decided: that is urgent.
    const isUrgent = partsOf(place.door).some(key => !parts.has(key))
    if (!isUrgent && nowMs < place.pausedUntilMs && place.turnedAway !== undefined) throw place.turnedAway
    try {
      await readPlace(place, isOld, { writerIps, tagMaxMs })
      place.isTurnedAway = false
    } catch (error) {
      if (error instanceof TransientError && error.kind === 'throttled') {
        const most = (place.isTurnedAway ? pauseIntervals.next : pauseIntervals.first) * intervalMs
        place.isTurnedAway = true
        place.pausedUntilMs = clock.now() + clock.random() * Math.min(most, patienceMs)
        place.turnedAway = error
        memory.refusedMs = clock.now()
      }
      throw error
    }
  }

  const readPart = async ({ door, key: place }: Place, key: string, question: PairQuestion): Promise<Part> => {
    const atMs = clock.now()
    if (door.strategy === 'weighted' && key === door.listenerArn) return { atMs, weights: await frontDoor.weights(key) }
    const registrations = await frontDoor.registrations(key)
    if (door.strategy !== 'standby') return { atMs, registrations }
    const read = await readPair(key, registrations, question)
    if (read === undefined) return { atMs, registrations }
    const { pair, tagMs } = read
    return { atMs, registrations, pair: { ...pair, ...answering(place, registrations, atMs) }, tagMs }
  }

  /** Whose the addresses are. Without an answer it stays unsaid: the registrations alone are still worth having. */
  const readPair = async (
    targetGroupArn: string,
    registrations: readonly Registration[],
    { writerIps, tagMaxMs }: PairQuestion,
  ): Promise<{ readonly pair: PairView; readonly tagMs: number } | undefined> => {
    faults.clear('pair')
    try {
      const { remembered, tagMs } = await readTag(targetGroupArn, tagMaxMs)
      const ips = [...remembered, ...registrations.filter(isRegistered), ...writerIps.map(ip => ({ ip }))].map(
        ({ ip }) => ip,
      )
      const found = ips.length === 0 ? [] : await interfaces.owners([...new Set(ips)], config.database.id)
      const pair: PairView = { remembered, ...(found && { owners: found.filter(({ ip }) => isAllowed(ip)) }) }
      if (writerIps.length === 0 || writerIps.some(ip => hasPartner(pair, ip))) return { pair, tagMs }
      const neighbourhood = await readNeighbourhood()
      return { pair: { ...pair, ...(neighbourhood && { neighbourhood }) }, tagMs }
    } catch (error) {
      faults.record('pair', error)
      return undefined
    }
  }

  /** The tag is our own, and nothing of the database's changes it. */
  const readTag = async (targetGroupArn: string, maxMs: number) => {
    const { pair, tagMs = never } = parts.get(targetGroupArn) ?? {}
    const nowMs = clock.now()
    if (pair && nowMs >= tagMs && nowMs - tagMs < maxMs) return { remembered: pair.remembered, tagMs }
    return { remembered: await frontDoor.remembered(targetGroupArn), tagMs: nowMs }
  }

  /** Only for adopting: what is known of the pair is worth having without. */
  const readNeighbourhood = async (): Promise<Neighbourhood | undefined> => {
    const { neighbourhood } = memory
    const ageMs = clock.now() - (neighbourhood?.atMs ?? never)
    if (neighbourhood && ageMs >= 0 && ageMs <= neighbourhoodProofs * enoughMs) return neighbourhood.found
    try {
      const all = await interfaces.neighbourhood(config.database.id)
      if (all === undefined) return undefined
      const found = { ...all, interfaces: all.interfaces.filter(({ ip }) => isAllowed(ip)) }
      // What could prove an address is asked for each time: a memory proves nothing.
      if (found.sharedWith?.length === 0) delete memory.neighbourhood
      else memory.neighbourhood = { found, atMs: clock.now() }
      return found
    } catch (error) {
      faults.record('pair', error)
      return undefined
    }
  }

  /** For how long several registrations have been healthy together. */
  const answering = (place: string, registrations: readonly Registration[], nowMs: number) => {
    const since = memory.answeringSinceMs
    if (registrations.filter(({ state }) => state === 'healthy').length < 2) since.delete(place)
    else if (!since.has(place)) since.set(place, nowMs)
    const sinceMs = since.get(place)
    return sinceMs === undefined ? {} : { bothHealthy: { forMs: Math.max(0, nowMs - sinceMs), enoughMs } }
  }

  const collect = async (asked: readonly Place[], read: (place: Place) => Promise<void>) => {
    let hindrance: TransientError | undefined
    await Promise.all(
      asked.map(place =>
        read(place).catch(error => {
          if (error instanceof TransientError) hindrance = error
          else faults.record(place.key, error)
        }),
      ),
    )
    return hindrance
  }

  return {
    read: (ages, writerIps) => collect(working(), place => refresh(place, ages, writerIps)),
    readFor: (steps, writerIps) => {
      const asked = working().filter(({ key }) => steps.some(step => placeOf(step) === key))
      const wanted = steps.flatMap(partsOfStep)
      return collect(asked, place => {
        attempt(place)
        return readPlace(place, key => wanted.includes(key), { writerIps, tagMaxMs: 0 })
      })
    },
    keep: step => {
      const place = places.find(({ key }) => key === placeOf(step))
      if (place) place.isBroken = true
    },
    forget: step => {
      const changed = step.kind === 'set-weights' ? step.listenerArn : step.targetGroupArn
      const part = parts.get(changed)
      if (part) parts.set(changed, { ...part, atMs: never, tagMs: never })
    },
    learn: (listenerArn, weights) => {
      places.find(({ key }) => key === listenerArn)?.own.add(listenerArn)
      parts.set(listenerArn, { atMs: clock.now(), weights })
    },
    views: () => working().flatMap(({ door }) => viewsOf(door, parts)),
    readMs: () =>
      Math.min(
        ...working().flatMap(({ door }) => {
          const spare = spareOf(door, parts)
          return partsOf(door).flatMap(key => (spare.includes(key) ? [] : (parts.get(key)?.atMs ?? never)))
        }),
      ),
    isFresh: step => {
      const place = working().find(({ key }) => key === placeOf(step))
      return place !== undefined && partsOfStep(step).every(key => isOwnSince(place, key))
    },
  }
}

/** In the order in which they are read: what decides about weights first. */
const partsOf = (door: FrontDoorConfig): readonly string[] =>
  door.strategy === 'weighted' ? [door.listenerArn, ...groupsOf(door)] : groupsOf(door)

/** What a step depends on: for weights the listener, and the group that gets them. */
const partsOfStep = (step: Step): readonly string[] => {
  if (step.kind === 'set-weights') {
    const chosen = step.weights.filter(({ weight }) => weight > 0)
    return [step.listenerArn, ...chosen.map(({ targetGroupArn }) => targetGroupArn)]
  }
  if (step.kind === 'remember') return [step.targetGroupArn]
  return [...(step.listenerArn ? [step.listenerArn] : []), step.targetGroupArn]
}

/** The groups of a weighted front door that have no weight: nobody is served by them. */
const spareOf = (door: FrontDoorConfig, parts: ReadonlyMap<string, Part>): readonly string[] => {
  const weights = door.strategy === 'weighted' ? parts.get(door.listenerArn)?.weights : undefined
  return weights === undefined ? [] : groupsOf(door).filter(key => weightOf(weights, key) === 0)
}

const viewsOf = (door: FrontDoorConfig, parts: ReadonlyMap<string, Part>): readonly DoorView[] => {
  // A place is seen when every part of it was read at least once.
  if (partsOf(door).some(key => !parts.has(key))) return []
  const weights = door.strategy === 'weighted' ? (parts.get(door.listenerArn)?.weights ?? []) : undefined
  return groupsOf(door).map(targetGroupArn => {
    const { registrations = [], pair } = parts.get(targetGroupArn) ?? {}
    return {
      ...settingsOf(door),
      targetGroupArn,
      registrations,
      ...(pair && { pair }),
      ...(weights && {
        weight: weightOf(weights, targetGroupArn),
        // A group of somebody else without weight gets nothing, and is no drift.
        hasStrays: weights.some(other => other.weight > 0 && !groupsOf(door).includes(other.targetGroupArn)),
      }),
    }
  })
}

const settingsOf = (door: FrontDoorConfig): Omit<DoorView, 'targetGroupArn' | 'registrations'> => {
  const { role, strategy, port } = door
  const base = { role, strategy, port }
  if (door.strategy === 'weighted') {
    const { listenerArn, overlap, exclude } = door
    return { ...base, listenerArn, ...(overlap && { overlap }), ...(exclude && { exclude }) }
  }
  if (door.role === 'reader') {
    const { writerWhenAlone, exclude } = door
    return { ...base, ...(writerWhenAlone && { writerWhenAlone }), ...(exclude && { exclude }) }
  }
  return base
}

const weightOf = (weights: readonly Weight[], targetGroupArn: string): number =>
  weights.find(weight => weight.targetGroupArn === targetGroupArn)?.weight ?? 0
