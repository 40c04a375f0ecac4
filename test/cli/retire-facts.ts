import { aboutOf } from '../../cli/facts/about.ts'
import { known, none } from '../../cli/facts/gathered.ts'
import type { ConsumerFacts } from '../../cli/facts/migration-facts.ts'
import type { MigrationStep } from '../../cli/facts/migration-record.ts'
import type { RetireFacts, RetiringConsumer } from '../../cli/facts/retirement.ts'
import type { ConsumerSettings } from '../../infra/app/settings.ts'
import { aZone, configurationArn, nlbPath, settingsWith, soundFacts } from './migrate-facts.ts'

/** Both sides at stage gateway, with all traffic on the gateway: the path through the load balancer may end. */

export const nowMs = Date.parse('2026-11-21T06:00:00Z')
export const dayMs = 86_400_000
export const quietForMs = dayMs
export const ago = (days: number): string => new Date(nowMs - days * dayMs).toISOString()
export const atGateway = { stage: 'gateway', from: 'shift' } as const

export const { database, consumer } = settingsWith(
  { gateway: { ...atGateway, databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' } },
  { gateway: { ...atGateway, resourceConfigurationArn: configurationArn } },
)
export const consumerAt = (stage: ConsumerSettings['gateway']['stage'], name = 'analytics'): ConsumerSettings => ({
  ...consumer,
  name,
  gateway: { ...consumer.gateway, stage },
})

export const about = aboutOf(soundFacts({ database, consumer }))
export const passed = (kind: 'preflight' | 'verify' | 'drill' | 'rollback', changes: object = {}): MigrationStep =>
  ({
    at: ago(1),
    by: 'jane',
    database: 'orders',
    consumer: 'analytics',
    kind,
    applied: kind === 'drill',
    outcome: 'passed',
    summary: 'well',
    evidence: { about, findings: [] },
    ...changes,
  }) as MigrationStep
export const recordOf = (...steps: readonly MigrationStep[]): RetireFacts['record'] => ({
  format: 'repoint-migration',
  version: 1,
  steps: [...steps],
})
export const denied = (action: string) => ({ kind: 'unknown', why: `Not allowed: ${action}.`, action }) as const

export const sideWith = (changes: Partial<ConsumerFacts> = {}): ConsumerFacts => {
  const { consumerSide } = soundFacts({
    database,
    consumer,
    consumerSide: { zone: known(aZone({ nlb: 0, gateway: 100 })), ...changes },
  })
  if (consumerSide === undefined) throw new Error('no side')
  return consumerSide
}
export const aConsumer = (changes: Partial<RetiringConsumer> = {}): RetiringConsumer => ({
  consumer,
  side: sideWith(),
  flows: known({ began: undefined, open: undefined }),
  ...changes,
})
export const own = { endpointId: nlbPath.endpointId, owner: '111122223333', state: 'available' }
export const foreign = { endpointId: 'vpce-foreign', owner: '444455556666', state: 'available' }

/** All traffic on the gateway, everything quiet, everything passed: the consumers' step may be taken. */
export const aSituation = (changes: Partial<RetireFacts> = {}): RetireFacts => ({
  database,
  provider: soundFacts({ database, consumer }).provider,
  chosen: [aConsumer()],
  entries: [consumer],
  connections: known([own]),
  flows: known({ began: 0, open: 0 }),
  record: recordOf(passed('preflight'), passed('drill')),
  settingsProblem: undefined,
  quietForMs,
  nowMs,
  ...changes,
})

export const retiredSide = sideWith({
  zone: known(aZone({ gateway: 100 })),
  nlb: none('There is no interface endpoint.'),
})
/** The consumers are gone: the provider's step may be taken. */
export const atProvider = (changes: Partial<RetireFacts> = {}): RetireFacts =>
  aSituation({
    entries: [consumerAt('retired')],
    chosen: [aConsumer({ consumer: consumerAt('retired'), side: retiredSide, flows: none('There is none.') })],
    connections: known([]),
    ...changes,
  })
