import { configVariable } from '../functions/reconciler/names.ts'
import { detailTypes, type EventSource, eventIds } from '../functions/reconciler/rds-event-catalogue.ts'
import type { DatabaseKind } from './estate.ts'
import * as estate from './estate.ts'
import type { Pattern } from './events/pattern.ts'
import type { AsyncSettings } from './lambda/async-queue.ts'
import type { HealthCheckSettings } from './nlb/settings.ts'
import { defaultHealthCheck } from './nlb/settings.ts'

/** Everything that the lab takes from what is deployed. Times in milliseconds. */
export interface Deployment {
  readonly functionName: string
  readonly handler: string
  readonly memoryMb: number
  readonly timeoutMs: number
  readonly reservedConcurrency?: number
  readonly environment: Readonly<Record<string, string>>
  /** What Lambda does with an event of a rule. */
  readonly asynchronous: AsyncSettings
  readonly rules: readonly { readonly name: string; readonly pattern: Pattern }[]
  readonly schedule: { readonly everyMs: number; readonly payload: unknown; readonly asynchronous: AsyncSettings }
  readonly targetGroup: {
    readonly arn: string
    readonly port: number
    readonly attributes: Readonly<Record<string, string>>
    readonly healthCheck: HealthCheckSettings
  }
  readonly idleTimeoutMs: number
}

const minuteMs = 60_000

/** The stack of a database, as Repoint deploys it by default. */
export const deploymentOf = (kind: DatabaseKind): Deployment => ({
  functionName: 'repoint-orders',
  handler: 'index.handler',
  memoryMb: 512,
  timeoutMs: 15 * minuteMs,
  reservedConcurrency: 1,
  environment: { [configVariable]: JSON.stringify(configFor(kind)), POWERTOOLS_LOG_LEVEL: 'INFO' },
  asynchronous: { maxRetries: 2, maxEventAgeMs: 60 * minuteMs, givenUp: 'to-destination' },
  rules: rulesFor(kind),
  schedule: {
    everyMs: minuteMs,
    payload: { action: 'resync' },
    asynchronous: { maxRetries: 0, maxEventAgeMs: minuteMs, givenUp: 'dropped' },
  },
  targetGroup: {
    arn: estate.targetGroupArn,
    port: estate.port,
    attributes: {
      'deregistration_delay.timeout_seconds': '0',
      'deregistration_delay.connection_termination.enabled': 'true',
      'target_health_state.unhealthy.connection_termination.enabled': 'true',
      'load_balancing.cross_zone.enabled': 'true',
    },
    healthCheck: defaultHealthCheck,
  },
  idleTimeoutMs: 6_000_000,
})

const configFor = (kind: DatabaseKind) => ({
  database: { kind, id: 'orders', arn: estate.databaseArn(kind), endpoint: estate.endpoints[kind], port: estate.port },
  frontDoors: [{ role: 'writer', strategy: 'swap', targetGroupArn: estate.targetGroupArn, port: estate.port }],
  allowedCidrs: estate.vpc.cidrs,
  settle: { answers: 3, intervalMs: 1_000, spanMs: 6_000 },
  watch: { startedMs: 300_000, completedMs: 60_000, rebootMs: 30_000, healthyMs: 360_000 },
})

const rulesFor = (kind: DatabaseKind): Deployment['rules'] => {
  const arn = estate.databaseArn(kind)
  if (kind === 'instance') return [{ name: 'DatabaseEvents', pattern: about('instance', [arn]) }]
  const members = [{ prefix: estate.databaseArn('instance') }]
  return [
    { name: 'DatabaseEvents', pattern: about('cluster', [arn]) },
    { name: 'MemberEvents', pattern: about('instance', members) },
  ]
}

const about = (source: EventSource, resources: Pattern[string] & readonly unknown[]): Pattern => ({
  source: ['aws.rds'],
  'detail-type': [detailTypes[source]],
  resources,
  detail: { EventID: eventIds(source) },
})

/**
 * The function's configuration with its times divided by the speed of the run: the function lives in wall time. What it
 * hands out in milliseconds is wall time too.
 */
export const speedUp = (environment: Readonly<Record<string, string>>, speed: number): Record<string, string> => {
  const config = JSON.parse(environment[configVariable] ?? '{}') as Record<string, Record<string, number> | undefined>
  const settle = config.settle && { ...config.settle, ...divide(config.settle, speed) }
  const watch = config.watch && divide(config.watch, speed)
  return { ...environment, [configVariable]: JSON.stringify({ ...config, settle, watch }) }
}

/** Only what is a time; counts stay. */
const divide = (times: Readonly<Record<string, number>>, speed: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(times).map(([name, value]) => [
      name,
      name.endsWith('Ms') ? Math.max(1, Math.round(value / speed)) : value,
    ]),
  )
