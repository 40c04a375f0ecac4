import { describe, expect, it } from 'vitest'
import { readBehaviour } from '../../lab/nlb/attributes.ts'
import type { Registration } from '../../lab/nlb/registration.ts'
import { chooseRoute, type Node, seenFrom } from '../../lab/nlb/routing.ts'

const rules = { minimumHealthyCount: 1, minimumHealthyPercentage: 0, unhealthyOutOfRoutingMs: 35_000 }

const aRegistration = (ip: string, some: Partial<Registration> = {}): Registration => ({
  target: { ip, port: 5432 },
  key: `${ip}:5432`,
  phase: 'active',
  health: 'healthy',
  healthSinceMs: 0,
  wasHealthy: false,
  isRouted: true,
  end: new AbortController(),
  drain: new AbortController(),
  ...some,
})

const keys = (registrations: readonly Registration[]) => registrations.map(({ target }) => target.ip)

describe('the route of new connections', () => {
  it('leads to the healthy targets only', () => {
    const route = chooseRoute([aRegistration('a'), aRegistration('b', { health: 'initial' })], 0, rules)
    expect(keys(route.to)).toEqual(['a'])
    expect(route.failsOpen).toBe(false)
  })

  it.each([
    { afterMs: 34_999, to: ['a', 'b'] },
    { afterMs: 35_000, to: ['b'] },
  ])('leads to an unhealthy target until the data plane knows ($afterMs ms)', ({ afterMs, to }) => {
    const lost = aRegistration('a', { health: 'unhealthy', healthSinceMs: 1_000, wasHealthy: true })
    const targets = [lost, aRegistration('b')]
    expect(keys(chooseRoute(targets, 1_000 + afterMs, rules).to)).toEqual(to)
  })

  it('does not lead to a target that was never healthy, such as a standby that does not listen', () => {
    const targets = [aRegistration('a', { health: 'unhealthy', healthSinceMs: 1_000 }), aRegistration('b')]
    expect(keys(chooseRoute(targets, 2_000, rules).to)).toEqual(['b'])
  })

  it('leads to every target when none is healthy, initial ones included', () => {
    const targets = [aRegistration('a', { health: 'unhealthy' }), aRegistration('b', { health: 'initial' })]
    const route = chooseRoute(targets, 99_000, rules)
    expect(keys(route.to)).toEqual(['a', 'b'])
    expect(route.failsOpen).toBe(true)
  })

  it('leads nowhere from an empty group, which fails open, too', () => {
    expect(chooseRoute([aRegistration('a', { isRouted: false })], 0, rules)).toEqual({ to: [], failsOpen: true })
  })

  it('fails open below the percentage that the attributes ask for', () => {
    const targets = [aRegistration('a'), aRegistration('b', { health: 'unhealthy' })]
    expect(chooseRoute(targets, 99_000, { ...rules, minimumHealthyPercentage: 50 }).failsOpen).toBe(false)
    expect(chooseRoute(targets, 99_000, { ...rules, minimumHealthyPercentage: 51 }).failsOpen).toBe(true)
  })

  it('counts a target that registers again once, with its latest health', () => {
    const targets = [aRegistration('a', { phase: 'draining' }), aRegistration('a', { health: 'initial' })]
    const route = chooseRoute(targets, 0, rules)
    expect(route.to).toEqual([targets[1]])
    expect(route.failsOpen).toBe(true)
  })
})

describe('a node of the load balancer', () => {
  const inZone = (ip: string, zone?: string, some: Partial<Registration> = {}) =>
    aRegistration(ip, { target: { ip, port: 5432, ...(zone === undefined ? {} : { zone }) }, ...some })
  const targets = [inZone('a', 'eu-west-1a'), inZone('b', 'eu-west-1b'), inZone('all', 'all'), inZone('none')]
  const [on, off] = [true, false].map(isCrossZone => ({ zone: 'eu-west-1a', isCrossZone })) as [Node, Node]

  it.each<[string, Node | undefined, { isCrossZone?: boolean }, readonly string[]]>([
    ['every target with cross-zone on', on, {}, ['a', 'b', 'all', 'none']],
    ['those of its own zone with cross-zone off, and those that are in none', off, {}, ['a', 'all', 'none']],
    [
      'what the target group says where the load balancer says otherwise',
      off,
      { isCrossZone: true },
      ['a', 'b', 'all', 'none'],
    ],
    ['and the other way round', on, { isCrossZone: false }, ['a', 'all', 'none']],
    ['every target where nobody asks for zones', undefined, { isCrossZone: false }, ['a', 'b', 'all', 'none']],
  ])('sees %s', (_, node, group, seen) => {
    expect(keys(seenFrom(targets, node, group))).toEqual(seen)
  })

  it('leads nowhere when the only healthy target is in another zone and cross-zone is off', () => {
    const writer = [inZone('b', 'eu-west-1b')]
    expect(chooseRoute(seenFrom(writer, off, {}), 0, rules)).toEqual({ to: [], failsOpen: true })
    expect(keys(chooseRoute(seenFrom(writer, on, {}), 0, rules).to)).toEqual(['b'])
  })

  it('fails open by the health of its own zone alone', () => {
    const sick = [inZone('a', 'eu-west-1a', { health: 'unhealthy' }), inZone('b', 'eu-west-1b')]
    expect(chooseRoute(seenFrom(sick, off, {}), 99_000, rules)).toMatchObject({
      to: [{ key: 'a:5432' }],
      failsOpen: true,
    })
    expect(chooseRoute(seenFrom(sick, on, {}), 99_000, rules)).toMatchObject({
      to: [{ key: 'b:5432' }],
      failsOpen: false,
    })
  })
})

describe('target group attributes', () => {
  it('have the defaults of ELBv2', () => {
    expect(readBehaviour({})).toEqual({
      deregistrationDelayMs: 300_000,
      terminatesAfterDeregistration: false,
      terminatesUnhealthy: true,
      unhealthyDrainingMs: 0,
      minimumHealthyCount: 1,
      minimumHealthyPercentage: 0,
    })
  })

  it.each([
    ['true', true],
    ['false', false],
  ])('say %s of cross-zone for themselves', (said, isCrossZone) => {
    expect(readBehaviour({ 'load_balancing.cross_zone.enabled': said }).isCrossZone).toBe(isCrossZone)
  })

  it('name the attribute that is no number', () => {
    expect(() => readBehaviour({ 'deregistration_delay.timeout_seconds': 'soon' })).toThrow(
      "target group attribute deregistration_delay.timeout_seconds must be a whole number, got 'soon'",
    )
  })
})
