import { expectationsOf } from './migration-expectations.ts'
import { tableOf } from './migration-passages.ts'
import { type Migration, openStage, playMigration } from './migration-play.ts'
import { templatesFor } from './migration-templates.ts'
import type { Scenario } from './scenario.ts'

/**
 * The whole migration from the load balancer to a resource gateway with a client at work: forward, back from each stage, forward
 * again, and a failover in the middle of each stage.
 */

const steps: Migration['steps'] = [
  { stage: 'nlb', from: 'nlb', failsOver: true },
  { stage: 'shadow', from: 'nlb', failsOver: true },
  { stage: 'nlb', from: 'shadow' },
  { stage: 'shadow', from: 'nlb' },
  { stage: 'shift', from: 'shadow', percent: 50, failsOver: true },
  { stage: 'shadow', from: 'shift' },
  { stage: 'shift', from: 'shadow', percent: 50 },
  { stage: 'gateway', from: 'shift', failsOver: true },
  { stage: 'shadow', from: 'gateway' },
  { stage: 'shift', from: 'shadow', percent: 50 },
  { stage: 'gateway', from: 'shift' },
  { stage: 'retired', from: 'gateway', failsOver: true },
]

const whole = { plan: 'swap', steps, templates: templatesFor('instance', 'swap', steps) } as const

export const migration: Scenario = {
  name: 'migration',
  database: 'instance',
  promise:
    'A live client moves from the load balancer to a resource gateway, back from each stage and forward again, with a failover in the middle of each: nothing fails beside the failovers, and the load balancer retires with nothing lost.',
  open: cloud => openStage(cloud, whole.templates, steps[0]),
  play: (cloud, scene) => playMigration(cloud, scene, whole),
  table: tableOf,
  expectations: record => expectationsOf(record, steps),
}
