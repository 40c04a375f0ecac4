import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  Answer,
  Observation,
  Registration,
  RegistrationState,
  Step,
  WriterView,
} from '../../functions/reconciler/core/model.ts'
import { isRegistered, isUsable, targetKey } from '../../functions/reconciler/core/model.ts'
import { plan } from '../../functions/reconciler/core/plan.ts'
import { AwsError, type FrontDoor, TransientError } from '../../functions/reconciler/ports.ts'
import { reconcile } from '../../functions/reconciler/reconcile.ts'
import type { Trigger } from '../../functions/reconciler/triggers.ts'
import { answers, nothing } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { slowed } from '../fakes/slow-front-door.ts'
import { A, aConfig, anEvent, aWorld, B, C, port, resync, type World } from '../fakes/world.ts'

/** The ten invariants that stand above `plan`, for random worlds. */

const outsider = '54.84.181.60'
const states: RegistrationState[] = [
  'initial',
  'healthy',
  'unhealthy',
  'unhealthy.draining',
  'unused',
  'draining',
  'unavailable',
]

const registration = fc.record<Registration>({
  ip: fc.constantFrom(A, B, C),
  port: fc.constantFrom(port, 3306),
  state: fc.constantFrom(...states),
})
const registrations = fc.uniqueArray(registration, { selector: targetKey, maxLength: 5 })
const some = fc.uniqueArray(fc.constantFrom(A, B, C), { minLength: 1, maxLength: 2 })
const writerView: fc.Arbitrary<WriterView> = fc.oneof(
  some.map(addresses => ({ kind: 'settled' as const, addresses, because: 'answers-agree' as const })),
  some.map(addresses => ({ kind: 'credible' as const, addresses, missing: 'more-answers' as const })),
  fc.constant({ kind: 'unknown' as const, why: 'no-answer' as const, detail: 'ESERVFAIL' }),
  fc.constant({ kind: 'not-allowed' as const, addresses: [outsider], outside: [outsider] }),
)
const observation = fc.record({ writer: writerView, registrations }).map(
  ({ writer, registrations: held }): Observation => ({
    writer,
    doors: [{ role: 'writer', strategy: 'swap', targetGroupArn: writerGroup, port, registrations: held }],
  }),
)

/** What a target group looks like after a step, with AWS's states. */
const after = (held: readonly Registration[], step: Step): Registration[] => {
  if (step.kind === 'set-weights' || step.kind === 'remember') return [...held]
  const named = new Set(step.targets.map(targetKey))
  const others = held.filter(entry => !named.has(targetKey(entry)))
  if (step.kind === 'register')
    return [...others, ...step.targets.map(target => ({ ...target, state: 'initial' as const }))]
  return [
    ...others,
    ...held.filter(entry => named.has(targetKey(entry))).map(entry => ({ ...entry, state: 'draining' as const })),
  ]
}

const targetsOf = (steps: readonly Step[], wanted: 'register' | 'deregister') =>
  steps.flatMap(step => (step.kind === wanted && 'targets' in step ? step.targets : []))

const heldIn = ({ doors }: Observation): readonly Registration[] => doors[0]?.registrations ?? []
const withHeld = (seen: Observation, held: readonly Registration[]): Observation => ({
  ...seen,
  doors: seen.doors.map(door => ({ ...door, registrations: held })),
})
const apply = (seen: Observation, steps: readonly Step[]): Observation =>
  withHeld(seen, steps.reduce<readonly Registration[]>(after, heldIn(seen)))
const live = (seen: Observation) => heldIn(seen).filter(isRegistered).map(targetKey).sort()
const addressesOf = (writer: WriterView) => ('addresses' in writer ? writer.addresses : [])

describe('every plan', { timeout: 60_000 }, () => {
  const holds = (property: (seen: Observation, steps: readonly Step[]) => void) =>
    fc.assert(
      fc.property(observation, seen => property(seen, plan(seen))),
      { numRuns: 3000 },
    )

  it('1. registers the new writer before anything is deregistered', () => {
    holds((seen, steps) => {
      const cut = steps.findIndex(step => step.kind === 'deregister')
      if (cut === -1) return
      const held = live(apply(seen, steps.slice(0, cut)))
      for (const ip of addressesOf(seen.writer)) expect(held).toContain(targetKey({ ip, port }))
    })
  })

  it('2. does not count a draining registration as registered', () => {
    holds((seen, steps) => {
      if (seen.writer.kind !== 'settled' && seen.writer.kind !== 'credible') return
      const drained = heldIn(seen).filter(
        entry => entry.state === 'draining' && entry.port === port && addressesOf(seen.writer).includes(entry.ip),
      )
      const registered = targetsOf(steps, 'register').map(targetKey)
      expect(registered).toEqual(expect.arrayContaining(drained.map(targetKey)))
    })
  })

  it('3. removes nothing for an unsettled or unresolvable writer', () => {
    holds((seen, steps) => {
      if (seen.writer.kind !== 'settled') expect(steps.filter(step => step.kind === 'deregister')).toEqual([])
    })
  })

  it('4. never leaves the group without a live registration, whatever prefix of it is carried out', () => {
    holds((seen, steps) => {
      for (let count = 1; count <= steps.length; count++) {
        const left = heldIn(apply(seen, steps.slice(0, count)))
        expect(left.some(isRegistered)).toBe(true)
        if (heldIn(seen).some(isUsable)) expect(left.some(isUsable)).toBe(true)
      }
    })
  })

  it('6. deregisters by id and port exactly as listed', () => {
    holds((seen, steps) => {
      const listed = live(seen)
      for (const target of targetsOf(steps, 'deregister')) expect(listed).toContain(targetKey(target))
    })
  })

  it('7. is empty exactly when nothing is missing and nothing settled is left over', () => {
    holds((seen, steps) => {
      const done = apply(seen, steps)
      expect(plan(done)).toEqual([])
    })
  })

  it('8. ends in the same place after stopping at any step', () => {
    holds((seen, steps) => {
      const whole = live(apply(seen, steps))
      for (let count = 0; count <= steps.length; count++) {
        const stopped = apply(seen, steps.slice(0, count))
        expect(live(apply(stopped, plan(stopped)))).toEqual(whole)
      }
    })
  })
})

/** Something that goes wrong at the `after`th call of its kind. */
interface Trouble {
  readonly kind: keyof FrontDoor
  readonly error: 'throttled' | 'lost' | 'refused'
  readonly times: number
}

const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(A, B, C).map(ip => answers(ip)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      nothing('ESERVFAIL'),
      nothing('ETIMEOUT'),
      nothing('ENOTFOUND'),
      answers(),
      answers(A, B),
      answers(outsider),
    ),
  },
)
const script = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 120_000 }), answer), { maxLength: 12 })
  .map(entries => [...entries].sort(([a], [b]) => a - b))
const trouble = fc.array(
  fc.record<Trouble>({
    kind: fc.constantFrom('registrations', 'register', 'deregister'),
    error: fc.constantFrom('throttled', 'lost'),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 3 },
)
const trigger: fc.Arbitrary<Trigger> = fc.constantFrom<Trigger>(
  resync,
  anEvent(),
  anEvent({ watch: 'completed' }),
  anEvent({ watch: 'restart' }),
  anEvent({ watch: 'check' }),
)
const worldParts = fc.record({
  script,
  final: fc.constantFrom(A, B, C),
  initially: fc.uniqueArray(
    fc.tuple(fc.constantFrom(A, B, C), fc.constantFrom<RegistrationState>('healthy', 'unhealthy', 'draining')),
    {
      selector: ([ip]) => ip,
      maxLength: 3,
    },
  ),
  trouble,
  /** Events late, doubled, reordered, or none at all. */
  invocations: fc.array(fc.tuple(fc.integer({ min: 0, max: 150_000 }), trigger), { maxLength: 4 }),
  latencies: fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 12 }),
})
type WorldParts = typeof worldParts extends fc.Arbitrary<infer T> ? T : never

/** DNS is stable from here on; whatever came before, the schedule's next runs must end on the writer. */
const stableMs = 150_000
const config = aConfig({ watch: { startedMs: 60_000, completedMs: 30_000, rebootMs: 10_000, healthyMs: 60_000 } })

const build = (parts: WorldParts): World => {
  const world = aWorld({
    config,
    dns: [[0, answers(A)], ...parts.script, [stableMs, answers(parts.final)]],
    registered: Object.fromEntries(parts.initially),
    frontDoor: { registrationMs: 20_000, drainMs: 40_000 },
  })
  for (const { kind, error, times } of parts.trouble) {
    const thrown =
      error === 'throttled'
        ? new TransientError('throttled', 'Rate exceeded')
        : new TransientError('unavailable', 'no reply')
    for (let count = 0; count < times; count++)
      world.frontDoor.failNext(kind, thrown, error === 'lost' ? 'after' : 'before')
  }
  return world
}

const settledDown = (world: World) =>
  Object.entries(world.frontDoor.states())
    .filter(([, state]) => state !== 'draining')
    .map(([key]) => key)

describe('every history', { timeout: 60_000 }, () => {
  it('8, 9. ends on the writer: reconcilers at once, slow ones with old views, lost replies, flapping DNS, events late, doubled or missing', async () => {
    await fc.assert(
      fc.asyncProperty(worldParts, async parts => {
        const world = build(parts)
        const ports = slowed(world, parts.latencies)
        const running = parts.invocations.map(async ([atMs, woken]) => {
          await world.clock.sleep(atMs)
          // A failed invocation is Lambda's to retry; the schedule comes anyway.
          await reconcile(woken, config, ports, world.clock.now() + 300_000).catch(() => undefined)
        })
        await world.clock.run(Promise.all([...running, world.clock.sleep(stableMs + 1)]))
        // A scheduled run that AWS turns away yields: each refusal may cost one.
        const refusals = parts.trouble.reduce((sum, { times }) => sum + times, 0)
        for (let tick = 0; tick < 8 + refusals; tick++) await world.invoke(resync).catch(() => undefined)

        expect(settledDown(world)).toEqual([targetKey({ ip: parts.final, port })])
        const isHealthy = Object.values(world.frontDoor.states()).includes('healthy')
        expect((await world.invoke(resync)).reason).toBe(isHealthy ? 'already-in-sync' : 'target-not-healthy')
      }),
      { numRuns: 400 },
    )
  })

  it('5. registers only addresses inside the allowed networks', async () => {
    await fc.assert(
      fc.asyncProperty(worldParts, trigger, async (parts, woken) => {
        const world = build(parts)
        await world.invoke(woken).catch(() => undefined)
        expect(world.writes().filter(write => write.includes(outsider))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('1, 4, 6. never empties the group and never deregisters what is not listed, alone at work', async () => {
    await fc.assert(
      fc.asyncProperty(worldParts, trigger, async (parts, woken) => {
        const world = build(parts)
        const { frontDoor } = world
        const deregister = frontDoor.deregister.bind(frontDoor)
        const watched: FrontDoor['deregister'] = async (arn, targets) => {
          const before = frontDoor.states()
          for (const target of targets) expect(Object.keys(before)).toContain(targetKey(target))
          await deregister(arn, targets).finally(() => expect(settledDown(world)).not.toEqual([]))
        }
        Object.assign(world.ports.frontDoor, { deregister: watched })
        await world.invoke(woken).catch(error => {
          if (!(error instanceof TransientError)) throw error
        })
      }),
      { numRuns: 300 },
    )
  })

  it('7. makes no write in sync', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(A, B, C), trigger, async (ip, woken) => {
        const world = aWorld({ config, dns: [[0, answers(ip)]], registered: { [ip]: 'healthy' } })
        const report = await world.invoke(woken)
        expect(report.outcome).toBe('in-sync')
        expect(world.writes()).toEqual([])
      }),
    )
  })

  it('10. deregisters nothing after a register that AWS refused, as long as the writer is not registered', async () => {
    await fc.assert(
      fc.asyncProperty(worldParts, trigger, async (parts, woken) => {
        const world = build({ ...parts, trouble: [] })
        const { frontDoor, dns } = world.ports
        for (let count = 0; count < 50; count++)
          world.frontDoor.failNext('register', new AwsError('access-denied', 'denied'))
        const deregister = frontDoor.deregister.bind(frontDoor)
        const watched: FrontDoor['deregister'] = async (arn, targets) => {
          const answer = await dns.resolve(config.database.endpoint)
          const [ip = 'nobody'] = answer.kind === 'addresses' ? answer.addresses : []
          expect(settledDown(world)).toContain(targetKey({ ip, port }))
          await deregister(arn, targets)
        }
        Object.assign(frontDoor, { deregister: watched })
        await world.invoke(woken).catch(error => {
          if (!(error instanceof AwsError)) throw error
        })
      }),
      { numRuns: 300 },
    )
  })

  it('writes nothing in a dry run, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(worldParts, async parts => {
        const world = build(parts)
        await world.invoke({ kind: 'plan' }).catch(() => undefined)
        expect(world.writes()).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
