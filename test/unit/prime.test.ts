import { describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../../functions/reconciler/config.ts'
import type { Ports } from '../../functions/reconciler/ports.ts'
import { prime } from '../../functions/reconciler/prime.ts'

const configOf = (kind: 'instance' | 'cluster') =>
  parseConfig(
    'test',
    JSON.stringify({
      database: {
        kind,
        id: 'orders',
        arn: `arn:aws:rds:eu-west-1:111122223333:${kind === 'cluster' ? 'cluster' : 'db'}:orders`,
        endpoint: 'orders.abc123.eu-west-1.rds.amazonaws.com',
        port: 5432,
      },
      frontDoors: [
        {
          role: 'writer',
          strategy: 'swap',
          targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef',
          port: 5432,
        },
      ],
    }),
  )

/** A world in which a swap is due: the writer is not registered. */
const portsWhere = (differences: Partial<Ports> = {}) =>
  ({
    dns: {
      resolve: vi.fn(async name => ({
        kind: 'addresses' as const,
        addresses: ['10.0.0.2'],
        ttlSeconds: 5,
        chain: [name],
      })),
    },
    clusters: {
      vote: vi.fn(async () => ({ status: 'available', memberIds: [] })),
      endpointOf: vi.fn(async () => undefined),
      members: vi.fn(async () => []),
    },
    interfaces: {
      owners: vi.fn(async () => []),
      neighbourhood: vi.fn(async () => ({ isMultiAz: false, sharedWith: [], interfaces: [] })),
      ownership: vi.fn(async () => new Map()),
    },
    frontDoor: {
      registrations: vi.fn(async () => [{ ip: '10.0.0.1', port: 5432, state: 'healthy' as const }]),
      register: vi.fn(async () => {}),
      deregister: vi.fn(async () => {}),
      weights: vi.fn(async () => []),
      setWeights: vi.fn(async () => undefined),
      remembered: vi.fn(async () => []),
      remember: vi.fn(async () => {}),
    },
    publisher: { publish: vi.fn(async () => {}) },
    telemetry: {
      stepDone: vi.fn(),
      retry: vi.fn(),
      writerMoved: vi.fn(),
      notProved: vi.fn(),
      reportNotPublished: vi.fn(),
      summary: vi.fn(),
      failed: vi.fn(),
    },
    clock: { now: () => 1_000_000, sleep: async () => {}, random: () => 0.5 },
    ...differences,
  }) satisfies Ports

describe('priming', () => {
  it('looks once at what an invocation looks at', async () => {
    const ports = portsWhere()
    await prime({ ...ports, config: configOf('instance') })
    expect(ports.dns.resolve).toHaveBeenCalledOnce()
    expect(ports.frontDoor.registrations).toHaveBeenCalledOnce()
    expect(ports.clusters.vote).not.toHaveBeenCalled()
  })

  it('asks the RDS API too where the database is a cluster', async () => {
    const ports = portsWhere()
    await prime({ ...ports, config: configOf('cluster') })
    expect(ports.clusters.vote).toHaveBeenCalledOnce()
  })

  it('writes nothing and tells nobody, even when a swap is due', async () => {
    const ports = portsWhere()
    await prime({ ...ports, config: configOf('instance') })
    expect(ports.frontDoor.register).not.toHaveBeenCalled()
    expect(ports.frontDoor.deregister).not.toHaveBeenCalled()
    expect(ports.publisher.publish).not.toHaveBeenCalled()
    for (const told of Object.values(ports.telemetry)) expect(told).not.toHaveBeenCalled()
  })

  it.each(['sync', 'async'])('does not fail when everything fails (%s)', async how => {
    const broken = () => {
      if (how === 'sync') throw new Error('broken')
      return Promise.reject(new Error('broken'))
    }
    const ports = portsWhere({
      dns: { resolve: broken },
      frontDoor: {
        registrations: broken,
        register: broken,
        deregister: broken,
        weights: broken,
        setWeights: broken,
        remembered: broken,
        remember: broken,
      },
    })
    await expect(prime({ ...ports, config: configOf('instance'), rehearse: broken })).resolves.toBeUndefined()
  })

  it('gives up at its cap', async () => {
    const never = () => new Promise<never>(() => {})
    const ports = portsWhere({ dns: { resolve: never } })
    await expect(prime({ ...ports, config: configOf('instance'), capMs: 1 })).resolves.toBeUndefined()
  })

  it('leaves no timer behind, which would keep an instance awake', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(it => it === 'Timeout').length
    const before = timers()
    await prime({ ...portsWhere(), config: configOf('instance'), rehearse: async () => {} })
    expect(timers()).toBeLessThanOrEqual(before)
  })
})
