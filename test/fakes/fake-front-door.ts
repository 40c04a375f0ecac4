import {
  type Registration,
  type RegistrationState,
  type Remembered,
  type Target,
  targetKey,
  type Weight,
} from '../../functions/reconciler/core/model.ts'
import type { Clock, FrontDoor } from '../../functions/reconciler/ports.ts'

export interface FakeFrontDoor extends FrontDoor {
  /** What is in the group now, by `ip:port`. */
  states(targetGroupArn?: string): Record<string, RegistrationState>
  put(target: Target, state: RegistrationState, targetGroupArn?: string): void
  /** The next call of this kind does this instead (before), or fails after it took effect (after). */
  failNext(kind: keyof FrontDoor, error: Error, when?: 'before' | 'after', targetGroupArn?: string): void
  /** What the listener forwards to, as a deployment would write it. */
  putPair(targetGroupArn: string, pair: readonly Remembered[]): void
  putWeights(listenerArn: string, weights: readonly Weight[]): void
  readonly calls: readonly FakeCall[]
}

export interface FakeCall {
  readonly atMs: number
  readonly kind: keyof FrontDoor
  readonly place: string
  /** `ip:port`, or what else the call was about. */
  readonly targets: readonly string[]
}

export interface FakeFrontDoorOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly registrationMs?: number
  readonly drainMs?: number
  /** The reason why a target of this address is unused, if it is. */
  readonly unusedBecause?: (ip: string) => string | undefined
  /** Whether something answers at an address: what is registered long enough is healthy or unhealthy by it. */
  readonly listens?: (ip: string) => boolean
}

interface Entry extends Target {
  changedMs: number
  state: RegistrationState
}

export const writerGroup = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef'

/** A target group in memory with the states of a real one: `initial` for a while, `draining` for a while. */
export const createFakeFrontDoor = (options: FakeFrontDoorOptions): FakeFrontDoor => {
  const { clock, registrationMs = 120_000, drainMs = 300_000, unusedBecause = () => undefined, listens } = options
  const groups = new Map<string, Map<string, Entry>>()
  const failures: { kind: keyof FrontDoor; error: Error; when: 'before' | 'after'; arn: string | undefined }[] = []
  const calls: FakeCall[] = []
  const listeners = new Map<string, readonly Weight[]>()
  const pairs = new Map<string, readonly Remembered[]>()

  const group = (arn: string): Map<string, Entry> => {
    const known = groups.get(arn) ?? new Map<string, Entry>()
    groups.set(arn, known)
    for (const [key, entry] of known) {
      const ageMs = clock.now() - entry.changedMs
      if (entry.state === 'initial' && ageMs >= registrationMs) entry.state = 'healthy'
      if (entry.state === 'draining' && ageMs >= drainMs) known.delete(key)
      if (listens && (entry.state === 'healthy' || entry.state === 'unhealthy')) {
        entry.state = listens(entry.ip) ? 'healthy' : 'unhealthy'
      }
    }
    return known
  }

  const call = async <T>(kind: keyof FrontDoor, arn: string, what: readonly string[], act: () => T): Promise<T> => {
    calls.push({ atMs: clock.now(), kind, place: arn, targets: what })
    const index = failures.findIndex(failure => failure.kind === kind && (failure.arn ?? arn) === arn)
    const failure = index === -1 ? undefined : failures.splice(index, 1)[0]
    if (failure?.when === 'before') throw failure.error
    const result = act()
    if (failure) throw failure.error
    return result
  }

  return {
    calls,
    failNext: (kind, error, when = 'before', arn = undefined) => failures.push({ kind, error, when, arn }),
    put: (target, state, arn = writerGroup) => {
      group(arn).set(targetKey(target), { ...target, state, changedMs: clock.now() })
    },
    states: (arn = writerGroup) => Object.fromEntries([...group(arn)].map(([key, entry]) => [key, entry.state])),
    putPair: (arn, pair) => pairs.set(arn, pair),
    putWeights: (listenerArn, weights) => listeners.set(listenerArn, weights),
    weights: arn => call('weights', arn, [], () => listeners.get(arn) ?? []),
    setWeights: (arn, weights) =>
      call(
        'setWeights',
        arn,
        weights.filter(({ weight }) => weight > 0).map(({ targetGroupArn }) => targetGroupArn.slice(-1)),
        () => {
          listeners.set(arn, weights)
          return weights
        },
      ),
    remembered: arn => call('remembered', arn, [], () => pairs.get(arn) ?? []),
    remember: (arn, pair) =>
      call(
        'remember',
        arn,
        pair.map(({ ip }) => ip),
        () => void pairs.set(arn, pair),
      ),
    registrations: arn =>
      call('registrations', arn, [], () =>
        [...group(arn).values()].map(({ ip, port, state }): Registration => {
          const unused = state === 'initial' || state === 'healthy' ? unusedBecause(ip) : undefined
          if (unused) return { ip, port, state: 'unused', stateReason: unused }
          return state === 'draining'
            ? { ip, port, state, stateReason: 'Target.DeregistrationInProgress' }
            : { ip, port, state }
        }),
      ),
    register: (arn, targets) =>
      call('register', arn, targets.map(targetKey), () => {
        for (const target of targets) {
          const known = group(arn).get(targetKey(target))
          if (known && known.state !== 'draining') continue
          group(arn).set(targetKey(target), {
            ip: target.ip,
            port: target.port,
            state: 'initial',
            changedMs: clock.now(),
          })
        }
      }),
    deregister: (arn, targets) =>
      call('deregister', arn, targets.map(targetKey), () => {
        for (const target of targets) {
          const known = group(arn).get(targetKey(target))
          if (known && known.state !== 'draining') Object.assign(known, { state: 'draining', changedMs: clock.now() })
        }
      }),
  }
}
