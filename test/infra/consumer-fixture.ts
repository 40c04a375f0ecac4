import type { Template } from 'aws-cdk-lib/assertions'
import type { Stage } from '../../infra/app/settings/stages.ts'
import { aConsumer, anInstance, type Entry, synthesizeEntries } from './settings-fixture.ts'

export const resourceConfigurationArn =
  'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b2c3d4e5f60718'

/** The stage before each, on the way forward. */
const before: Readonly<Record<Stage, string>> = {
  nlb: 'nlb',
  shadow: 'nlb',
  shift: 'shadow',
  gateway: 'shift',
  retired: 'gateway',
}

export const atStage = (stage: Stage, more: Entry = {}): Entry => ({
  stage,
  from: before[stage],
  resourceConfigurationArn,
  ...(stage === 'shift' ? { percent: 10 } : {}),
  ...more,
})

/** A provider that has the gateway. */
export const aProvider = (gateway: Entry = {}, entry: Entry = {}): Entry =>
  anInstance({
    gateway: {
      stage: 'shadow',
      databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718',
      principals: ['444455556666'],
      ...gateway,
    },
    ...entry,
  })

/** The template of the consumer `analytics`. */
export const consumerTemplate = (consumer: Entry, database: Entry = aProvider(), context: Entry = {}): Template =>
  synthesizeEntries([database], [consumer], context)['Repoint-consumer-analytics'] as Template

export const consumerAt = (stage: Stage, more: Entry = {}, entry: Entry = {}, context: Entry = {}): Template =>
  consumerTemplate(aConsumer({ gateway: atStage(stage, more), ...entry }), aProvider(), context)
