import { type Config, parseConfig } from '../../functions/reconciler/config.ts'
import type {
  Answer,
  ClusterVote,
  Neighbourhood,
  NetworkInterface,
  Ownership,
  RegistrationState,
} from '../../functions/reconciler/core/model.ts'
import { createMemory } from '../../functions/reconciler/memory.ts'
import { logMessages } from '../../functions/reconciler/names.ts'
import type { Clusters, FrontDoor, Interfaces, Member, Ports, Report } from '../../functions/reconciler/ports.ts'
import { reconcile } from '../../functions/reconciler/reconcile.ts'
import type { RdsEventTrigger, Trigger } from '../../functions/reconciler/triggers.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { createFakeDns, type DnsScript } from './fake-dns.ts'
import { createFakeFrontDoor, type FakeFrontDoor, type FakeFrontDoorOptions, writerGroup } from './fake-front-door.ts'

export const A = '10.0.1.10'
export const B = '10.0.2.20'
export const C = '10.0.3.30'
export const port = 5432

type Overrides = { [K in keyof Config]?: K extends 'settle' | 'watch' | 'database' ? Partial<Config[K]> : Config[K] }

/** The configuration of a Multi-AZ instance; `overrides` show what matters to the case. */
export const aConfig = (overrides: Overrides = {}): Config => {
  const { database, ...rest } = overrides
  return parseConfig(
    'REPOINT_CONFIG',
    JSON.stringify({
      database: {
        kind: 'instance',
        id: 'orders',
        arn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
        endpoint: 'orders.abc123.eu-west-1.rds.amazonaws.com',
        port,
        ...database,
      },
      frontDoors: [{ role: 'writer', strategy: 'swap', targetGroupArn: writerGroup, port }],
      allowedCidrs: ['10.0.0.0/16'],
      ...rest,
    }),
  )
}

export const aCluster = (overrides: Overrides = {}): Config =>
  aConfig({
    ...overrides,
    database: {
      kind: 'cluster',
      arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
      endpoint: 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com',
      ...overrides.database,
    },
  })

export interface WorldOptions {
  readonly config?: Config
  readonly dns: DnsScript
  /** Answers for other names, such as instance endpoints. */
  readonly names?: Record<string, Answer>
  /** What the RDS API says from a time on. */
  readonly votes?: readonly (readonly [fromMs: number, vote: Omit<ClusterVote, 'atMs'> | Error])[]
  readonly endpoints?: Record<string, string | undefined>
  readonly members?: readonly (readonly [fromMs: number, members: readonly Member[]])[]
  readonly owners?: readonly (readonly [fromMs: number, owners: readonly NetworkInterface[] | Error])[]
  readonly neighbourhood?: Neighbourhood
  /** Whose an address is; without it every one is the database's own. An error is AWS's answer instead. */
  readonly ownership?: (ip: string, sinceMs: number) => Ownership | Error
  /** How long AWS takes to say so. */
  readonly ownershipMs?: number
  /** What is registered at the start, by `ip` or `ip:port`. */
  readonly registered?: Record<string, RegistrationState>
  readonly frontDoor?: Partial<FakeFrontDoorOptions>
  readonly random?: () => number
}

export interface World {
  readonly clock: FakeClock
  readonly frontDoor: FakeFrontDoor
  readonly ports: Ports
  /** Detail-types of the published reports, in order. */
  readonly published: { detailType: string; report: Report }[]
  readonly log: { message: string; fields: unknown[] }[]
  /** How often each API was asked. */
  readonly asked: Record<string, number>
  failPublishing(error: Error): void
  /** Runs one invocation to its end. */
  invoke(trigger: Trigger, options?: { config?: Config; remainingMs?: number }): Promise<Report>
  /** The next invocation meets a new execution environment. */
  goCold(): void
  /** Writes that reached the front door: `+` registered, `-` deregistered, `=` has weight, `~` remembered. */
  writes(): string[]
}

export const aWorld = (options: WorldOptions): World => {
  const config = options.config ?? aConfig()
  const clock = createFakeClock(undefined, options.random)
  const startMs = clock.now()
  const frontDoor = createFakeFrontDoor({ clock, ...options.frontDoor })
  for (const [key, state] of Object.entries(options.registered ?? {})) {
    const [ip = '', portText] = key.split(':')
    frontDoor.put({ ip, port: portText === undefined ? port : Number(portText) }, state)
  }
  const asked: Record<string, number> = {}
  const count = (what: string) => {
    asked[what] = (asked[what] ?? 0) + 1
  }
  const clusters: Clusters = {
    vote: async () => {
      count('vote')
      const vote = options.votes?.findLast(([fromMs]) => fromMs <= clock.now() - startMs)?.[1]
      if (vote === undefined) throw new Error('this world has no cluster')
      if (vote instanceof Error) throw vote
      return vote
    },
    members: async () => {
      count('members')
      const members = options.members?.findLast(([fromMs]) => fromMs <= clock.now() - startMs)?.[1]
      if (members === undefined) throw new Error('this world has no members')
      return members
    },
    endpointOf: async instanceId => {
      count('endpointOf')
      return options.endpoints?.[instanceId]
    },
  }
  const interfaces: Interfaces = {
    owners: async ips => {
      count('owners')
      const owners = options.owners?.findLast(([fromMs]) => fromMs <= clock.now() - startMs)?.[1]
      if (owners === undefined) throw new Error('this world has no network interfaces')
      if (owners instanceof Error) throw owners
      return owners.filter(({ ip }) => ips.includes(ip))
    },
    neighbourhood: async () => {
      count('neighbourhood')
      return options.neighbourhood ?? { isMultiAz: false, sharedWith: [], interfaces: [] }
    },
    ownership: async ips => {
      count('ownership')
      if (options.ownershipMs) await clock.sleep(options.ownershipMs)
      return new Map(
        ips.map(ip => {
          const found = options.ownership?.(ip, clock.now() - startMs) ?? { proof: 'proved', interfaceId: `eni-${ip}` }
          if (found instanceof Error) throw found
          return [ip, found]
        }),
      )
    },
  }
  const published: World['published'] = []
  const log: World['log'] = []
  const say =
    (message: string) =>
    (...fields: unknown[]) => {
      log.push({ message, fields })
    }
  let publishError: Error | undefined
  const ports: Ports = {
    clock,
    frontDoor,
    clusters,
    interfaces,
    dns: createFakeDns(clock, options.dns, options.names),
    publisher: {
      publish: async (detailType, report) => {
        if (publishError) throw publishError
        published.push({ detailType, report })
      },
    },
    telemetry: {
      stepDone: say(logMessages.stepDone),
      retry: say(logMessages.retry),
      writerMoved: say(logMessages.writerMoved),
      notProved: say(logMessages.notProved),
      reportNotPublished: say(logMessages.reportNotPublished),
      summary: say(logMessages.summary),
      failed: say(logMessages.failed),
    },
  }
  let memory = createMemory()
  return {
    clock,
    frontDoor,
    ports,
    published,
    log,
    asked,
    failPublishing: error => {
      publishError = error
    },
    invoke: (trigger, { config: own = config, remainingMs = 900_000 } = {}) =>
      clock.run(reconcile(trigger, own, ports, clock.now() + remainingMs, memory)),
    goCold: () => {
      memory = createMemory()
    },
    writes: () =>
      frontDoor.calls.flatMap(({ kind, targets }) => (sign[kind] ? `${sign[kind]}${targets.join(' ')}` : [])),
  }
}

const sign: Partial<Record<keyof FrontDoor, string>> = {
  register: '+',
  deregister: '-',
  setWeights: '=',
  remember: '~',
}

export const resync: Trigger = { kind: 'resync' }
export const tick: Trigger = { kind: 'resync', isTick: true }

/** An RDS event of our database, as parsed; the fixtures test the parsing. */
export const anEvent = (fields: Partial<RdsEventTrigger> = {}): RdsEventTrigger => ({
  kind: 'rds-event',
  eventId: 'RDS-EVENT-0013',
  meaning: 'Multi-AZ instance failover started',
  watch: 'started',
  source: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
  ours: 'yes',
  ...fields,
})

export const failoverStarted = anEvent()
export const failoverCompleted = anEvent({
  eventId: 'RDS-EVENT-0049',
  meaning: 'Multi-AZ instance failover completed',
  watch: 'completed',
})

/** Two runs have found all well. */
export const settledWorld = async (world: World) => {
  await world.invoke(tick)
  await world.clock.run(world.clock.sleep(60_000))
  await world.invoke(tick)
  await world.clock.run(world.clock.sleep(60_000))
}
