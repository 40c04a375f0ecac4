import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Registration, RegistrationState, Remembered, Target } from '../../functions/reconciler/core/model.ts'
import { AwsError, type FrontDoor, TransientError } from '../../functions/reconciler/ports.ts'

/** What the suite can make fail. */
export type TargetCall =
  | 'registrations'
  | 'register'
  | 'deregister'
  | 'weights'
  | 'setWeights'
  | 'remembered'
  | 'remember'

/** A front door with two empty target groups, and the hand that AWS has on it. */
export interface FrontDoorBench {
  readonly frontDoor: FrontDoor
  readonly targetGroupArn: string
  readonly otherTargetGroupArn: string
  /** A listener that a deployment has made forward to the first group alone. */
  readonly listenerArn: string
  /** How many requests have been sent. */
  requests(): number
  /** Puts a target into the first group, as somebody else would. */
  put(target: Target, state: RegistrationState): void
  /** Makes the load balancer unable to send to targets of this address. */
  disableZoneOf(ip: string): void
  /** AWS may speak of a target that is asked about and not registered: it does from now on. */
  mentionAbsent(target: Target): void
  letRegistrationEnd(): void
  letDrainEnd(): void
  /** The next request of this kind is turned away, or takes effect without a reply. */
  failNext(kind: TargetCall, how: 'throttled' | 'denied' | 'reply-lost'): void
  close?(): Promise<void>
}

const a: Target = { ip: '10.0.1.10', port: 5432 }
const b: Target = { ip: '10.0.2.20', port: 5432 }
const pair: readonly Remembered[] = [
  { ip: a.ip, interfaceId: 'eni-0a1', subnetId: 'subnet-0a1' },
  { ip: b.ip, interfaceId: 'eni-0b2', subnetId: 'subnet-0b2' },
]
const otherPort: Target = { ...a, port: 6432 }

const byAddress = (registrations: readonly Registration[]): Record<string, RegistrationState> =>
  Object.fromEntries(registrations.map(({ ip, port, state }) => [`${ip}:${port}`, state]))

/** What every front door promises to the reconciler: fakes and adapters pass the same suite. */
export const frontDoorContract = (name: string, makeBench: () => FrontDoorBench | Promise<FrontDoorBench>): void => {
  describe(name, () => {
    let bench: FrontDoorBench
    beforeEach(async () => {
      bench = await makeBench()
    })
    afterEach(() => bench.close?.())

    const listed = async (arn = bench.targetGroupArn) => byAddress(await bench.frontDoor.registrations(arn))
    const register = (...targets: Target[]) => bench.frontDoor.register(bench.targetGroupArn, targets)
    const deregister = (...targets: Target[]) => bench.frontDoor.deregister(bench.targetGroupArn, targets)

    const weighing = (first: number, second: number) => [
      { targetGroupArn: bench.targetGroupArn, weight: first },
      { targetGroupArn: bench.otherTargetGroupArn, weight: second },
    ]

    describe('weighing', () => {
      it('shows what a deployment has made the listener forward to', async () => {
        expect(await bench.frontDoor.weights(bench.listenerArn)).toEqual(weighing(1, 0).slice(0, 1))
        expect(bench.requests()).toBe(1)
      })

      it('forwards to exactly the groups that it is given, by one request, whose answer says so', async () => {
        expect(await bench.frontDoor.setWeights(bench.listenerArn, weighing(0, 1))).toEqual(weighing(0, 1))

        expect(bench.requests()).toBe(1)
        expect(await bench.frontDoor.weights(bench.listenerArn)).toEqual(weighing(0, 1))
      })

      it('says the same when it is done twice', async () => {
        await bench.frontDoor.setWeights(bench.listenerArn, weighing(1, 0))
        await bench.frontDoor.setWeights(bench.listenerArn, weighing(1, 0))

        expect(await bench.frontDoor.weights(bench.listenerArn)).toEqual(weighing(1, 0))
      })

      it('leaves the registrations alone', async () => {
        bench.put(a, 'healthy')

        await bench.frontDoor.setWeights(bench.listenerArn, weighing(0, 1))

        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy' })
      })

      it('shows at the next look what a change did whose reply was lost', async () => {
        bench.failNext('setWeights', 'reply-lost')

        const change = bench.frontDoor.setWeights(bench.listenerArn, weighing(0, 1))

        await expect(change).rejects.toMatchObject({ name: 'TransientError', kind: 'unavailable' })
        expect(await bench.frontDoor.weights(bench.listenerArn)).toEqual(weighing(0, 1))
      })
    })

    describe('remembering', () => {
      it('knows nothing of a group that was never told', async () => {
        expect(await bench.frontDoor.remembered(bench.targetGroupArn)).toEqual([])
      })

      it('gives back the pair as it was told, by one request each', async () => {
        await bench.frontDoor.remember(bench.targetGroupArn, pair)

        expect(await bench.frontDoor.remembered(bench.targetGroupArn)).toEqual(pair)
        expect(bench.requests()).toBe(2)
      })

      it('forgets whom it is not told again', async () => {
        await bench.frontDoor.remember(bench.targetGroupArn, pair)
        await bench.frontDoor.remember(bench.targetGroupArn, pair.slice(0, 1))

        expect(await bench.frontDoor.remembered(bench.targetGroupArn)).toEqual(pair.slice(0, 1))
      })

      it('is a matter of each group', async () => {
        await bench.frontDoor.remember(bench.targetGroupArn, pair)

        expect(await bench.frontDoor.remembered(bench.otherTargetGroupArn)).toEqual([])
      })
    })

    describe('registering', () => {
      it('shows the target as initial, then as healthy', async () => {
        await register(a)
        expect(await listed()).toEqual({ '10.0.1.10:5432': 'initial' })

        bench.letRegistrationEnd()
        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy' })
      })

      it('is one request for any number of targets', async () => {
        await register(a, b, otherPort)

        expect(bench.requests()).toBe(1)
        expect(Object.keys(await listed())).toHaveLength(3)
      })

      it('changes nothing about a target that is registered', async () => {
        bench.put(a, 'healthy')

        await register(a)

        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy' })
      })

      it('makes another registration of another port on the same address', async () => {
        await register(a)
        await register(otherPort)

        expect(Object.keys(await listed()).sort()).toEqual(['10.0.1.10:5432', '10.0.1.10:6432'])
      })

      it('makes a draining target registered again', async () => {
        bench.put(a, 'healthy')
        await deregister(a)

        await register(a)
        expect(await listed()).toEqual({ '10.0.1.10:5432': 'initial' })

        bench.letDrainEnd()
        expect(Object.keys(await listed())).toEqual(['10.0.1.10:5432'])
      })

      it('of a target whose zone is not enabled shows it as unused, with the reason', async () => {
        bench.disableZoneOf(a.ip)

        await register(a)

        expect(await bench.frontDoor.registrations(bench.targetGroupArn)).toEqual([
          { ...a, state: 'unused', stateReason: 'Target.NotInUse' },
        ])
      })

      it('leaves the other target group alone', async () => {
        await register(a)

        expect(await listed(bench.otherTargetGroupArn)).toEqual({})
      })
    })

    describe('deregistering', () => {
      it('lists the target as draining, with the reason, until the drain ends', async () => {
        bench.put(a, 'healthy')

        await deregister(a)
        expect(await bench.frontDoor.registrations(bench.targetGroupArn)).toEqual([
          { ...a, state: 'draining', stateReason: 'Target.DeregistrationInProgress' },
        ])

        bench.letDrainEnd()
        expect(await listed()).toEqual({})
      })

      it('is one request for any number of targets', async () => {
        for (const target of [a, b, otherPort]) bench.put(target, 'healthy')

        await deregister(a, b, otherPort)

        expect(bench.requests()).toBe(1)
        expect(Object.values(await listed())).toEqual(['draining', 'draining', 'draining'])
      })

      it('takes the target of that port only', async () => {
        bench.put(a, 'healthy')
        bench.put(otherPort, 'healthy')

        await deregister(otherPort)

        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy', '10.0.1.10:6432': 'draining' })
      })

      it('succeeds for a target that is not there', async () => {
        bench.put(a, 'healthy')

        await deregister(b)

        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy' })
      })

      it('of a draining target succeeds', async () => {
        bench.put(a, 'healthy')
        await deregister(a)
        await deregister(a)

        bench.letDrainEnd()
        expect(await listed()).toEqual({})
      })
    })

    describe('listing', () => {
      it('of an empty group gives nothing', async () => {
        expect(await bench.frontDoor.registrations(bench.targetGroupArn)).toEqual([])
        expect(bench.requests()).toBe(1)
      })

      it('gives no reason for a healthy target', async () => {
        bench.put(a, 'healthy')

        expect(await bench.frontDoor.registrations(bench.targetGroupArn)).toEqual([{ ...a, state: 'healthy' }])
      })

      it.each<RegistrationState>(['initial', 'healthy', 'unhealthy', 'unhealthy.draining', 'draining', 'unavailable'])(
        'gives the state %s as it is',
        async state => {
          bench.put(a, state)

          expect(await listed()).toEqual({ '10.0.1.10:5432': state })
        },
      )

      it('takes a target that AWS calls not registered for none', async () => {
        bench.put(a, 'healthy')
        bench.mentionAbsent(b)

        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy' })
      })
    })

    describe.each<[TargetCall, () => Promise<unknown>]>([
      ['registrations', () => listed()],
      ['register', () => register(b)],
      ['deregister', () => deregister(a)],
      ['weights', () => bench.frontDoor.weights(bench.listenerArn)],
      ['setWeights', () => bench.frontDoor.setWeights(bench.listenerArn, weighing(0, 1))],
      ['remembered', () => bench.frontDoor.remembered(bench.targetGroupArn)],
      ['remember', () => bench.frontDoor.remember(bench.targetGroupArn, pair)],
    ])('a failing %s', (kind, send) => {
      beforeEach(() => bench.put(a, 'healthy'))

      it('is transient when AWS throttles, has no effect, and is not repeated by itself', async () => {
        bench.failNext(kind, 'throttled')

        const error = await send().catch(error => error)

        expect(error).toBeInstanceOf(TransientError)
        expect(error).toMatchObject({ kind: 'throttled' })
        expect(bench.requests()).toBe(1)
        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy' })
      })

      it('is an AwsError when AWS denies it, and has no effect', async () => {
        bench.failNext(kind, 'denied')

        const error = await send().catch(error => error)

        expect(error).toBeInstanceOf(AwsError)
        expect(error).toMatchObject({ kind: 'access-denied' })
        expect(await listed()).toEqual({ '10.0.1.10:5432': 'healthy' })
      })

      it('is served the next time', async () => {
        bench.failNext(kind, 'throttled')
        await send().catch(() => undefined)

        await send()

        expect(bench.requests()).toBe(2)
      })
    })

    it('shows at the next look what a register did whose reply was lost', async () => {
      bench.failNext('register', 'reply-lost')

      const error = await register(a).catch(error => error)

      expect(error).toBeInstanceOf(TransientError)
      expect(error).toMatchObject({ kind: 'unavailable' })
      expect(await listed()).toEqual({ '10.0.1.10:5432': 'initial' })
    })

    it('shows at the next look what a deregister did whose reply was lost', async () => {
      bench.put(a, 'healthy')
      bench.failNext('deregister', 'reply-lost')

      await expect(deregister(a)).rejects.toMatchObject({ name: 'TransientError', kind: 'unavailable' })
      expect(await listed()).toEqual({ '10.0.1.10:5432': 'draining' })
    })
  })
}
