import { type FrontDoorConfig, groupsOf } from './config/front-doors.ts'
import { type Config, networks } from './config.ts'
import { type DoorView, isRegistered, type Neighbourhood, type PairView, placeOf, type Weight } from './core/model.ts'
import { hasPartner } from './core/strategies/standby.ts'
import { type Ports, TransientError } from './ports.ts'

export interface DoorReader {
  /** Reads what is older than `maxAgeMs`. @returns what could not be read now, though asking again may help. */
  read(maxAgeMs: number, writerIps: readonly string[]): Promise<TransientError | undefined>
  /** A write went to this place: what was known of it is old. */
  forget(place: string): void
  /** All front doors that can be worked on, as last read. */
  views(): readonly DoorView[]
  /** Which places were read since then. */
  readSince(ms: number): (place: string) => boolean
}

interface Place {
  readonly door: FrontDoorConfig
  readonly key: string
  views: readonly DoorView[]
  atMs: number
}

/** Who else is around is dear to ask, and changes by hand. */
const neighbourIntervals = 30

const never = Number.NEGATIVE_INFINITY

/**
 * Reads the front doors: registrations, and what the strategy needs beside them. A place that fails for good is a fault;
 * it is left alone from then on, and the others go on.
 */
export const createDoorReader = (config: Config, ports: Ports, faults: Map<string, unknown>): DoorReader => {
  const { clock, frontDoor, interfaces } = ports
  const places: Place[] = config.frontDoors.map(door => ({ door, key: placeOf(door), views: [], atMs: never }))
  const isAllowed = networks(config.allowedCidrs)
  const working = () => places.filter(({ key }) => !faults.has(key))
  let neighbourhood: { found: Neighbourhood; atMs: number } | undefined

  const readPlace = async (place: Place, writerIps: readonly string[]): Promise<void> => {
    const { door } = place
    const atMs = clock.now()
    const [weights, ...groups] = await Promise.all([
      door.strategy === 'weighted' ? frontDoor.weights(door.listenerArn) : undefined,
      ...groupsOf(door).map(arn => frontDoor.registrations(arn)),
    ])
    const views = groupsOf(door).map(
      (targetGroupArn, index): DoorView => ({
        ...settingsOf(door),
        targetGroupArn,
        registrations: groups[index] ?? [],
        ...(weights && {
          weight: weightOf(weights, targetGroupArn),
          hasStrays: weights.some(other => other.weight > 0 && !groupsOf(door).includes(other.targetGroupArn)),
        }),
      }),
    )
    place.views = door.strategy === 'standby' ? await Promise.all(views.map(view => withPair(view, writerIps))) : views
    place.atMs = atMs
  }

  /** Whose the addresses are. Without an answer it stays unsaid: the registrations alone are still worth having. */
  const withPair = async (view: DoorView, writerIps: readonly string[]): Promise<DoorView> => {
    try {
      const remembered = await frontDoor.remembered(view.targetGroupArn)
      const ips = [...remembered, ...view.registrations.filter(isRegistered), ...writerIps.map(ip => ({ ip }))].map(
        ({ ip }) => ip,
      )
      const found = ips.length === 0 ? [] : await interfaces.owners([...new Set(ips)])
      const owners = found.filter(({ ip }) => isAllowed(ip))
      const pair: PairView = { remembered, owners }
      if (writerIps.length === 0 || writerIps.some(ip => hasPartner(pair, ip))) return { ...view, pair }
      const neighbourhood = await lookAround()
      return { ...view, pair: { ...pair, ...(neighbourhood && { neighbourhood }) } }
    } catch (error) {
      if (!(error instanceof TransientError)) faults.set('pair', error)
      return view
    }
  }

  /** Only for adopting: what is known of the pair is worth having without. */
  const lookAround = async (): Promise<Neighbourhood | undefined> => {
    if (
      neighbourhood === undefined ||
      clock.now() - neighbourhood.atMs > neighbourIntervals * config.settle.intervalMs
    ) {
      try {
        const found = await interfaces.neighbourhood(config.database.id)
        neighbourhood = {
          found: { ...found, interfaces: found.interfaces.filter(({ ip }) => isAllowed(ip)) },
          atMs: clock.now(),
        }
      } catch (error) {
        if (!(error instanceof TransientError)) faults.set('pair', error)
        return undefined
      }
    }
    return neighbourhood.found
  }

  return {
    async read(maxAgeMs, writerIps) {
      let hindrance: TransientError | undefined
      const due = working().filter(({ atMs }) => clock.now() - atMs >= maxAgeMs)
      await Promise.all(
        due.map(place =>
          readPlace(place, writerIps).catch(error => {
            if (error instanceof TransientError) hindrance = error
            else faults.set(place.key, error)
          }),
        ),
      )
      return hindrance
    },
    forget: key => {
      for (const place of places) if (place.key === key) place.atMs = never
    },
    views: () => working().flatMap(({ views }) => views),
    readSince: ms => {
      const read = new Set(working().flatMap(({ key, atMs }) => (atMs >= ms ? [key] : [])))
      return place => read.has(place)
    },
  }
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
