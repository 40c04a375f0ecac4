import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DoorView,
  isRegistered,
  type MemberView,
  type NetworkInterface,
  type Observation,
  type Registration,
  type RegistrationState,
  type Step,
  targetKey,
  type WriterView,
} from '../../functions/reconciler/core/model.ts'
import { plan } from '../../functions/reconciler/core/plan.ts'
import { reconcile } from '../../functions/reconciler/reconcile.ts'
import { aliasTo, answers } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { slowed } from '../fakes/slow-front-door.ts'
import { A, aCluster, anEvent, aWorld, B, C, port, resync } from '../fakes/world.ts'

/** The invariants of `plan` for the strategies that select instead of registering, for random observations. */

const D = '10.0.4.40'
const ips = [A, B, C, D]
const states: RegistrationState[] = ['initial', 'healthy', 'unhealthy', 'unhealthy.draining', 'draining']
const registration = fc.record<Registration>({
  ip: fc.constantFrom(...ips),
  port: fc.constant(port),
  state: fc.constantFrom(...states),
})
const registrations = fc.uniqueArray(registration, { selector: targetKey, maxLength: 3 })
const writer: fc.Arbitrary<WriterView> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...ips)
      .map(ip => ({ kind: 'settled' as const, addresses: [ip], because: 'answers-agree' as const })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...ips)
      .map(ip => ({ kind: 'credible' as const, addresses: [ip], missing: 'more-answers' as const })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'unknown' as const, why: 'no-answer' as const, detail: 'ESERVFAIL' }) },
)
const members: fc.Arbitrary<readonly MemberView[]> = fc
  .uniqueArray(fc.constantFrom(...ips), { maxLength: 4 })
  .chain(located =>
    fc.tuple(
      ...located.map((ip, index) =>
        fc.record<MemberView>({
          id: fc.constant(`m${index}`),
          status: fc.constantFrom('available', 'available', 'deleting'),
          isWriter: fc.boolean(),
          addresses: fc.constantFrom([ip], [ip], []),
        }),
      ),
    ),
  )
const known = fc.option(members, { nil: undefined })

const live = (door: DoorView) => door.registrations.filter(isRegistered)
const addresses = (door: DoorView) => live(door).map(({ ip }) => ip)
const isSettled = (seen: Observation) => seen.writer.kind === 'settled'
const writerIps = ({ writer: view }: Observation) => ('addresses' in view ? view.addresses : [])

/** What AWS shows after the step. */
const after = (seen: Observation, step: Step): Observation => ({
  ...seen,
  doors: seen.doors.map(door => {
    if (step.kind === 'set-weights') {
      const change = step.weights.find(({ targetGroupArn }) => targetGroupArn === door.targetGroupArn)
      return change ? { ...door, weight: change.weight } : door
    }
    if (step.targetGroupArn !== door.targetGroupArn) return door
    if (step.kind === 'remember') return door.pair ? { ...door, pair: { ...door.pair, remembered: step.pair } } : door
    const named = new Set(step.targets.map(targetKey))
    const others = door.registrations.filter(held => !named.has(targetKey(held)))
    const moved =
      step.kind === 'register'
        ? step.targets.map(target => ({ ...target, state: 'initial' as const }))
        : door.registrations
            .filter(held => named.has(targetKey(held)))
            .map(held => ({ ...held, state: 'draining' as const }))
    return { ...door, registrations: [...others, ...moved] }
  }),
})

/** Every state that the plan leads through, the first one included. */
const course = (seen: Observation): Observation[] => {
  const states = [seen]
  for (const step of plan(seen)) states.push(after(states.at(-1) ?? seen, step))
  return states
}

const shape = (seen: Observation) =>
  seen.doors.map(door => ({
    weight: door.weight,
    live: addresses(door).sort(),
    remembered: door.pair?.remembered.map(({ ip }) => ip),
  }))

const holds = (worlds: fc.Arbitrary<Observation>, property: (seen: Observation, states: Observation[]) => void) =>
  fc.assert(
    fc.property(worlds, seen => property(seen, course(seen))),
    { numRuns: 3000 },
  )

/** 3, 7 and 8, the same for all. */
const common = (worlds: fc.Arbitrary<Observation>) => {
  it('3. removes nothing, and changes no weight, for an unsettled or unresolvable writer', () => {
    holds(worlds, seen => {
      if (!isSettled(seen))
        expect(plan(seen).filter(({ kind }) => kind === 'deregister' || kind === 'set-weights')).toEqual([])
    })
  })

  it('6. deregisters by id and port exactly as listed', () => {
    holds(worlds, (seen, states) => {
      for (const [index, step] of plan(seen).entries()) {
        if (step.kind !== 'deregister') continue
        const door = states[index]?.doors.find(({ targetGroupArn }) => targetGroupArn === step.targetGroupArn)
        expect(door?.registrations.map(targetKey)).toEqual(expect.arrayContaining(step.targets.map(targetKey)))
      }
    })
  })

  it('7. has nothing to do where it has been done', () => {
    holds(worlds, (_seen, states) => {
      for (const last of states.slice(-1)) expect(plan(last)).toEqual([])
    })
  })

  it('8. ends in the same place after stopping at any step', () => {
    holds(worlds, (_seen, states) => {
      const [last] = states.slice(-1).map(shape)
      for (const stopped of states) expect(course(stopped).slice(-1).map(shape)).toEqual([last])
    })
  })
}

describe('weighted', { timeout: 60_000 }, () => {
  const groups = fc
    .array(fc.record({ held: registrations, weight: fc.constantFrom(0, 0, 1) }), { minLength: 2, maxLength: 4 })
    .map(list =>
      list.map(
        ({ held, weight }, index): DoorView => ({
          role: 'writer',
          strategy: 'weighted',
          listenerArn: 'listener',
          targetGroupArn: `group-${index}`,
          port,
          registrations: held,
          weight,
        }),
      ),
    )
  const worlds = fc
    .record({ writer, doors: groups, members: known })
    .map(({ members: list, ...seen }): Observation => ({ ...seen, ...(list && { members: list }) }))
  const weighted = (seen: Observation) => seen.doors.filter(door => (door.weight ?? 0) > 0).flatMap(addresses)

  common(worlds)

  it('1, 4. never leaves the listener without a live registration that has weight', () => {
    holds(worlds, (seen, states) => {
      if (weighted(seen).length === 0) return
      for (const state of states) expect(weighted(state)).not.toEqual([])
    })
  })

  it('11. gives weight to the settled writer and to nobody else', () => {
    holds(worlds, (seen, states) => {
      for (const [index, step] of plan(seen).entries()) {
        if (step.kind !== 'set-weights') continue
        const before = weighted(states[index] ?? seen)
        const given = weighted(states[index + 1] ?? seen).filter(ip => !before.includes(ip))
        expect(given.filter(ip => !writerIps(seen).includes(ip))).toEqual([])
      }
    })
  })

  it('12. never has more addresses with weight than at the start, or than one', () => {
    holds(worlds, (seen, states) => {
      const most = Math.max(1, weighted(seen).length)
      for (const state of states) expect(weighted(state).length).toBeLessThanOrEqual(most)
    })
  })

  it('ends with the settled writer alone under weight', () => {
    holds(worlds, (seen, states) => {
      if (isSettled(seen)) for (const last of states.slice(-1)) expect(weighted(last)).toEqual(writerIps(seen))
    })
  })
})

describe('standby', { timeout: 60_000 }, () => {
  const owner = fc.record<NetworkInterface>({
    ip: fc.constantFrom(...ips),
    interfaceId: fc.constantFrom('eni-1', 'eni-2', 'eni-3'),
    subnetId: fc.constantFrom('subnet-1', 'subnet-2'),
    requesterId: fc.constantFrom('amazon-rds', 'amazon-rds', 'somebody'),
    securityGroupIds: fc.constantFrom(['sg-orders'], ['sg-orders'], ['sg-other']),
  })
  const owners = fc.uniqueArray(owner, { selector: ({ ip }) => ip, maxLength: 4 })
  const worlds = fc
    .record({
      writer,
      held: registrations,
      remembered: fc.uniqueArray(owner, { selector: ({ ip }) => ip, maxLength: 2 }),
      owners: fc.option(owners, { nil: undefined }),
      neighbourhood: fc.option(
        fc.record({ isMultiAz: fc.boolean(), sharedWith: fc.constantFrom([], [], ['invoices']), interfaces: owners }),
        { nil: undefined },
      ),
    })
    .map(
      ({ writer: view, held, remembered, owners: now, neighbourhood }): Observation => ({
        writer: view,
        doors: [
          {
            role: 'writer',
            strategy: 'standby',
            targetGroupArn: 'group',
            port,
            registrations: held,
            pair: {
              remembered: remembered.map(({ ip, interfaceId, subnetId }) => ({ ip, interfaceId, subnetId })),
              ...(now && { owners: now }),
              ...(neighbourhood && { neighbourhood }),
            },
          },
        ],
      }),
    )

  /** Written from the rule, not from the code: an address is proved when the interface that it had is still RDS's and ours. */
  const isProved = (seen: Observation, ip: string): boolean => {
    if (writerIps(seen).includes(ip)) return true
    const pair = seen.doors[0]?.pair
    const mine = pair?.owners?.find(now => writerIps(seen).includes(now.ip) && now.requesterId === 'amazon-rds')
    if (!pair || !mine) return false
    const candidates = [...(pair.owners ?? []), ...(pair.neighbourhood?.interfaces ?? [])]
    return candidates.some(
      now =>
        now.ip === ip &&
        now.requesterId === 'amazon-rds' &&
        now.securityGroupIds.join() === mine.securityGroupIds.join() &&
        (pair.remembered.some(
          then => then.ip === ip && then.interfaceId === now.interfaceId && then.subnetId === now.subnetId,
        ) ||
          (pair.neighbourhood?.isMultiAz === true && pair.neighbourhood.sharedWith?.length === 0)),
    )
  }

  common(worlds)

  it('4. never leaves the group without a live registration', () => {
    holds(worlds, (seen, states) => {
      if (seen.doors.some(door => live(door).length > 0)) {
        for (const state of states) expect(state.doors.flatMap(live)).not.toEqual([])
      }
    })
  })

  it('11. registers no address whose owner is not proved', () => {
    holds(worlds, seen => {
      for (const step of plan(seen)) {
        if (step.kind === 'register') expect(step.targets.filter(({ ip }) => !isProved(seen, ip))).toEqual([])
      }
    })
  })

  it('11. keeps no address whose owner is not proved, once it takes any away', () => {
    holds(worlds, (seen, states) => {
      if (!plan(seen).some(({ kind }) => kind === 'deregister')) return
      for (const last of states.slice(-1)) {
        expect(last.doors.flatMap(addresses).filter(ip => !isProved(seen, ip))).toEqual([])
      }
    })
  })

  it('holds two addresses at most when it is done', () => {
    holds(worlds, (seen, states) => {
      const isTold = seen.doors[0]?.pair?.owners?.some(
        now => writerIps(seen).includes(now.ip) && now.requesterId === 'amazon-rds',
      )
      if (isSettled(seen) && isTold)
        for (const last of states.slice(-1)) expect(last.doors.flatMap(live).length).toBeLessThanOrEqual(2)
    })
  })
})

describe('readers', { timeout: 60_000 }, () => {
  const worlds = fc.record({ writer, held: registrations, members: known, writerWhenAlone: fc.boolean() }).map(
    ({ held, members: list, writerWhenAlone, ...seen }): Observation => ({
      ...seen,
      doors: [
        { role: 'reader', strategy: 'swap', targetGroupArn: 'group', port, registrations: held, writerWhenAlone },
      ],
      ...(list && { members: list }),
    }),
  )

  common(worlds)

  it('4, 11. never leaves the group without a live registration, where one of a member is in it', () => {
    holds(worlds, (seen, states) => {
      const ours = [...(seen.members ?? []).flatMap(member => member.addresses), ...writerIps(seen)]
      if (seen.doors.flatMap(addresses).some(ip => ours.includes(ip))) {
        for (const state of states) expect(state.doors.flatMap(live)).not.toEqual([])
      }
    })
  })

  it('11. registers members alone, each located through its own name', () => {
    holds(worlds, seen => {
      const proved = [...(seen.members ?? []).flatMap(member => member.addresses), ...writerIps(seen)]
      for (const step of plan(seen)) {
        if (step.kind === 'register') expect(proved).toEqual(expect.arrayContaining(step.targets.map(({ ip }) => ip)))
      }
    })
  })

  it('registers the writer only alone', () => {
    holds(worlds, seen => {
      for (const step of plan(seen)) {
        if (step.kind !== 'register' || !step.targets.some(({ ip }) => writerIps(seen).includes(ip))) continue
        expect(step.targets.map(({ ip }) => ip)).toEqual(writerIps(seen))
      }
    })
  })
})

describe('every history of a weighted front door', { timeout: 60_000 }, () => {
  const listenerArn =
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef'
  const groups = ['1', '2', '3'].map(end => `${writerGroup.slice(0, -1)}${end}`)
  const config = aCluster({
    frontDoors: [{ role: 'writer', strategy: 'weighted', listenerArn, targetGroupArns: groups, port }],
    watch: { startedMs: 60_000, completedMs: 30_000, rebootMs: 10_000, healthyMs: 60_000 },
  })
  const ids = ['one', 'two', 'three']
  const located = new Map(ids.map((id, index) => [id, ips[index] ?? A]))
  const host = (id: string) => `${id}.abc123.eu-west-1.rds.amazonaws.com`
  const aliasOf = (id: string) => aliasTo(id, located.get(id) ?? A)
  const stableMs = 150_000
  const moves = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 120_000 }), fc.constantFrom(...ids)), { maxLength: 6 })
    .map(entries => [...entries].sort(([a], [b]) => a - b))

  it('9. ends with the writer alone under weight: reconcilers at once, slow ones with old views, flapping DNS, a lagging API', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          moves,
          final: fc.constantFrom(...ids),
          lagMs: fc.integer({ min: 0, max: 30_000 }),
          starts: fc.array(fc.integer({ min: 0, max: 150_000 }), { maxLength: 4 }),
          latencies: fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 12 }),
        }),
        async ({ moves: path, final, lagMs, starts, latencies }) => {
          const history = [[0, 'one'], ...path, [stableMs, final]] as const
          const world = aWorld({
            config,
            dns: history.map(([atMs, id]) => [Number(atMs), aliasOf(String(id))]),
            votes: history.map(([atMs, id]) => [
              atMs === 0 ? 0 : Number(atMs) + lagMs,
              { status: 'available', memberIds: ids, writerId: String(id) },
            ]),
            members: [[0, ids.map(id => ({ id, status: 'available', endpoint: host(id) }))]],
            names: Object.fromEntries(ids.map(id => [host(id), answers(located.get(id) ?? A)])),
            frontDoor: { registrationMs: 20_000, drainMs: 40_000 },
          })
          world.frontDoor.putWeights(
            listenerArn,
            groups.map((targetGroupArn, index) => ({ targetGroupArn, weight: index === 0 ? 1 : 0 })),
          )
          const { frontDoor } = world
          const running = starts.map(async atMs => {
            await world.clock.sleep(atMs)
            await reconcile(anEvent(), config, slowed(world, latencies), world.clock.now() + 300_000)
          })
          await world.clock.run(Promise.all([...running, world.clock.sleep(stableMs + lagMs + 1)]))
          for (let tick = 0; tick < 4; tick++) await world.invoke(resync)

          const weights = await frontDoor.weights(listenerArn)
          const held = weights
            .filter(({ weight }) => weight > 0)
            .flatMap(({ targetGroupArn }) => Object.entries(frontDoor.states(targetGroupArn)))
            .filter(([, state]) => state !== 'draining')
          expect(held.map(([key]) => key)).toEqual([targetKey({ ip: located.get(final) ?? A, port })])
        },
      ),
      { numRuns: 200 },
    )
  })
})
