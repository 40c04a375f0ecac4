import type { Config } from '../../functions/reconciler/config.ts'
import type { NetworkInterface, Ownership, Step, Weight } from '../../functions/reconciler/core/model.ts'
import { judgeOwner } from '../../functions/reconciler/core/ownership.ts'
import { type FrontDoor, type Ports, TransientError } from '../../functions/reconciler/ports.ts'
import { groups, listenerArn } from '../fakes/cluster-world.ts'
import type { FakeClock } from '../fakes/fake-clock.ts'
import { type FakeFrontDoor, writerGroup } from '../fakes/fake-front-door.ts'
import { aCluster, aConfig, port } from '../fakes/world.ts'
import type { Diary, ReadKind } from './diary.ts'
import type { Hardship } from './hardship.ts'
import type { Moment, Shape } from './history.ts'
import type { Random } from './random.ts'
import { at, endpoint, type Script } from './script.ts'

export const arnsOf = (shape: Shape): readonly string[] => (shape === 'weighted' ? groups : [writerGroup])

export const configOf = (shape: Shape): Config => {
  const watch = { startedMs: 90_000, completedMs: 60_000, rebootMs: 10_000, healthyMs: 60_000 }
  const rememberMs = 90_000
  const allowedCidrs = ['10.0.0.0/8']
  const single = { targetGroupArn: writerGroup, port }
  const writer = { role: 'writer' as const, ...single }
  switch (shape) {
    case 'weighted':
      return aCluster({
        watch,
        rememberMs,
        allowedCidrs,
        frontDoors: [{ role: 'writer', strategy: 'weighted', listenerArn, targetGroupArns: [...groups], port }],
      })
    case 'reader':
      return aCluster({
        watch,
        rememberMs,
        allowedCidrs,
        frontDoors: [{ role: 'reader', strategy: 'swap', ...single }],
      })
    case 'cluster':
      return aCluster({ watch, rememberMs, allowedCidrs })
    case 'standby':
      return aConfig({ watch, rememberMs, allowedCidrs, frontDoors: [{ ...writer, strategy: 'standby' }] })
    case 'hostname':
      return aConfig({ watch, rememberMs, allowedCidrs, database: { kind: 'hostname' } })
    case 'instance':
      return aConfig({ watch, rememberMs, allowedCidrs })
  }
}

export interface Setting {
  readonly shape: Shape
  readonly script: Script
  readonly hardship: Hardship
  readonly random: Random
  readonly clock: FakeClock
  readonly frontDoor: FakeFrontDoor
  /** The truth, at a time since the beginning. */
  readonly truth: (ms: number) => Moment
  readonly sinceMs: () => number
  /** The endpoint is answered. */
  readonly onAnswer: () => void
  /** What the front door showed before its last writes: reads may be as old. */
  readonly past: Map<string, { readonly untilMs: number; readonly value: unknown }[]>
}

/** AWS and DNS as the reconciler meets them: late, contradicting themselves, and failing for a while. */
export const hardPorts = (setting: Setting, diary: Diary): Ports => {
  const { shape, script, hardship, random, clock, truth, sinceMs } = setting
  const resolve = async (name: string) => {
    await pause(setting)
    const ms = sinceMs() - (random.chance(0.5) ? hardship.resolverLagMs : 0)
    if (name === endpoint(shape)) setting.onAnswer()
    const timeline = name === endpoint(shape) ? script.dns : (script.names.get(name) ?? [])
    return at(timeline, Math.max(0, ms)) ?? { kind: 'none', why: 'ENOTFOUND' }
  }
  const api = async <T>(answer: () => T): Promise<T> => {
    await pause(setting)
    if (isFailing(setting, sinceMs())) throw passing(random)
    return answer()
  }
  const interfaces = (): readonly NetworkInterface[] => {
    const { nodes, others } = truth(sinceMs())
    return [...nodes, ...others].map(({ ip, interfaceId, subnetId }) => ({
      ...{ ip, interfaceId, subnetId },
      requesterId: 'amazon-rds',
      securityGroupIds: ['sg-orders'],
    }))
  }
  return {
    clock,
    dns: { resolve },
    clusters: {
      vote: () => api(() => told(at(script.votes, sinceMs()))),
      members: () => api(() => told(at(script.members, sinceMs()))),
      endpointOf: () => api(() => undefined),
    },
    interfaces: {
      owners: ips => api(() => interfaces().filter(({ ip }) => ips.includes(ip))),
      neighbourhood: () =>
        api(() => ({
          isMultiAz: true,
          sharedWith: truth(sinceMs()).others.length > 0 ? ['orders-old1'] : [],
          interfaces: interfaces(),
        })),
      // What EC2 shows may be old, as what other services read.
      ownership: ips => api(() => ownershipOf(ips, truth(Math.max(0, sinceMs() - hardship.readLagMs)))),
    },
    frontDoor: hardFrontDoor(setting, diary),
    publisher: { publish: async () => {} },
    telemetry: {
      stepDone: () => {},
      retry: () => {},
      writerMoved: () => {},
      notProved: () => {},
      reportNotPublished: () => {},
      summary: () => {},
      failed: () => {},
    },
  }
}

/** The old database of a switchover has our security groups; whoever got an address that was given away has others. */
const ownershipOf = (ips: readonly string[], { nodes, others }: Moment): ReadonlyMap<string, Ownership> => {
  const interfaces = [...nodes, ...others].map(node => ({
    ...{ ip: node.ip, interfaceId: node.interfaceId, requesterId: 'amazon-rds', vpcId: 'vpc-1' },
    securityGroupIds: [node.interfaceId.endsWith('-again') ? 'sg-others' : 'sg-orders'],
  }))
  const placements = [{ vpcId: 'vpc-1', securityGroupIds: ['sg-orders'] }]
  return new Map(ips.map(ip => [ip, judgeOwner(ip, { placements, interfaces, visible: interfaces })]))
}

const told = <T>(value: T | Error | undefined): T => {
  if (value === undefined || value instanceof Error) throw value ?? new Error('nothing was scripted')
  return value
}

const pause = async ({ hardship, random, clock }: Setting): Promise<void> => {
  if (hardship.latencyMs > 0) await clock.sleep(random.int(0, hardship.latencyMs))
}

const isFailing = ({ hardship: { faults }, random }: Setting, ms: number): boolean =>
  ms >= faults.fromMs && ms < faults.toMs && random.chance(faults.probability)

const passing = (random: Random): TransientError =>
  random.chance(0.5)
    ? new TransientError('throttled', 'Rate exceeded')
    : new TransientError('unavailable', 'socket hang up')

/** Reads may be old; a write may be lost before or after it took effect. */
const hardFrontDoor = (setting: Setting, diary: Diary): FrontDoor => {
  const { frontDoor, hardship, random, past, sinceMs } = setting
  const remember = async (kind: string, arn: string, read: () => Promise<unknown>): Promise<void> => {
    const key = `${kind} ${arn}`
    past.set(key, [...(past.get(key) ?? []).slice(-20), { untilMs: sinceMs(), value: await read() }])
  }
  const read = async <T>(kind: ReadKind, arn: string, now: () => Promise<T>): Promise<T> => {
    await pause(setting)
    if (isFailing(setting, sinceMs())) throw passing(random)
    const asOfMs = sinceMs() - random.int(0, hardship.readLagMs)
    const old = past.get(`${kind} ${arn}`)?.find(({ untilMs }) => asOfMs < untilMs)
    const value = old === undefined ? await now() : (old.value as T)
    diary.read(kind, arn, value)
    return value
  }
  const write = async (step: Step, act: () => Promise<void>): Promise<void> => {
    diary.writes(step)
    await pause(setting)
    const error = isFailing(setting, sinceMs()) ? passing(random) : undefined
    if (error?.kind === 'throttled') throw error
    if (error === undefined || random.chance(0.5)) await act()
    diary.wrote(step)
    if (error) throw error
    await pause(setting)
  }
  const { registrations, weights, remembered } = frontDoor
  return {
    registrations: arn => read('registrations', arn, () => registrations(arn)),
    weights: arn => read('weights', arn, () => weights(arn)),
    remembered: arn => read('remembered', arn, () => remembered(arn)),
    register: (arn, targets) =>
      write({ kind: 'register', targetGroupArn: arn, targets }, async () => {
        await remember('registrations', arn, () => registrations(arn))
        await frontDoor.register(arn, targets)
      }),
    deregister: (arn, targets) =>
      write({ kind: 'deregister', targetGroupArn: arn, targets }, async () => {
        await remember('registrations', arn, () => registrations(arn))
        await frontDoor.deregister(arn, targets)
      }),
    setWeights: async (arn, all) => {
      let answer: readonly Weight[] | undefined
      await write({ kind: 'set-weights', listenerArn: arn, weights: all }, async () => {
        await remember('weights', arn, () => weights(arn))
        answer = await frontDoor.setWeights(arn, all)
      })
      if (answer) diary.read('weights', arn, answer)
      return answer
    },
    remember: (arn, pair) =>
      write({ kind: 'remember', targetGroupArn: arn, pair }, async () => {
        await remember('remembered', arn, () => remembered(arn))
        await frontDoor.remember(arn, pair)
      }),
  }
}

/** An invocation that dies at its nth call never goes on: what it waits for never comes. */
export const mortal = (ports: Ports, death: { call: number; isAfter: boolean }, onDeath: () => void): Ports => {
  let calls = 0
  const never = () => new Promise<never>(() => {})
  const dying =
    <Args extends unknown[], T>(act: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      calls += 1
      if (calls < death.call) return act(...args)
      if (death.isAfter && calls === death.call) await act(...args).catch(() => undefined)
      onDeath()
      return never()
    }
  const { frontDoor, clusters, interfaces, dns, clock } = ports
  return {
    ...ports,
    clock: { ...clock, sleep: dying(clock.sleep) },
    dns: { resolve: dying(dns.resolve) },
    clusters: {
      vote: dying(clusters.vote),
      members: dying(clusters.members),
      endpointOf: dying(clusters.endpointOf),
    },
    interfaces: {
      owners: dying(interfaces.owners),
      neighbourhood: dying(interfaces.neighbourhood),
      ownership: dying(interfaces.ownership),
    },
    frontDoor: {
      registrations: dying(frontDoor.registrations),
      register: dying(frontDoor.register),
      deregister: dying(frontDoor.deregister),
      weights: dying(frontDoor.weights),
      setWeights: dying(frontDoor.setWeights),
      remembered: dying(frontDoor.remembered),
      remember: dying(frontDoor.remember),
    },
  }
}
