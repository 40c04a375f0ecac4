import type { Cloud } from '../cloud/cloud.ts'
import { expectationsOf } from './migration-expectations.ts'
import { tableOf } from './migration-passages.ts'
import { type Migration, openStage, playMigration } from './migration-play.ts'
import { openReaders, readersExpectations } from './migration-readers.ts'
import { templatesFor } from './migration-templates.ts'
import type { Scenario, Scene } from './scenario.ts'

/**
 * An Aurora cluster's migration to a resource gateway. Its readers are another port of the load balancer's name and another
 * name on the gateway's path: no weight moves their clients, who change both before the first share of the writer's name
 * leads to the gateway, which has no such port.
 */

const steps: Migration['steps'] = [
  { stage: 'nlb', from: 'nlb' },
  { stage: 'shadow', from: 'nlb', movesReaders: true },
  { stage: 'shift', from: 'shadow', percent: 50 },
  { stage: 'gateway', from: 'shift', failsOver: true },
  { stage: 'shadow', from: 'gateway' },
  { stage: 'shift', from: 'shadow', percent: 50 },
  { stage: 'gateway', from: 'shift' },
  { stage: 'retired', from: 'gateway', failsOver: true },
]

/**
 * Shorter than most pools': nothing but its age ends a connection by the gateway to an old writer that has become a
 * reader, where the load balancer ends it as soon as the target is deregistered.
 */
const poolLifetimeMs = 120_000

const whole = { plan: 'reader', steps, templates: templatesFor('cluster', 'reader', steps) } as const

const play = async (cloud: Cloud, scene: Scene): Promise<void> => {
  const readers = openReaders(cloud, poolLifetimeMs)
  try {
    await playMigration(cloud, scene, { ...whole, readers })
  } finally {
    await readers.stop()
  }
}

export const migrationAurora: Scenario = {
  name: 'migration-aurora',
  database: 'cluster',
  frontDoor: 'reader',
  promise:
    'Clients of an Aurora cluster move to a resource gateway, the readers’ by name and port and the writer’s by weight, back once and forward again: nothing fails beside the failovers, and each name reaches its member.',
  poolLifetimeMs,
  open: cloud => openStage(cloud, whole.templates, steps[0]),
  play,
  table: tableOf,
  expectations: record => [
    ...expectationsOf(record, steps, { keptForMs: poolLifetimeMs }),
    ...readersExpectations(record),
  ],
}
