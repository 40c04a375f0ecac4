import { aConsumer, anInstance, type Entry, inBothZones } from './settings-fixture.ts'

/** A database and a consumer with every guardrail. */

const ids = { logs: '1', queue: '2', environment: '3' } as const
export const guardrailKey = (name: keyof typeof ids) =>
  `arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5${ids[name]}`
export const guardrails = {
  permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/boundary',
  rolePath: '/platform/',
  helpers: { subnetIds: ['subnet-0a1b2c3d4e5f60711'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'] },
  logsKeyArn: guardrailKey('logs'),
  keepLogs: true,
}
const gateway = { stage: 'shadow', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', principals: ['444455556666'] }
export const guarded: Entry = anInstance({
  // CDK's own provider looks the TXT record up.
  exposure: { privateDnsName: 'orders.db.example.com' },
  guardrails: { ...guardrails, queueKeyArn: guardrailKey('queue'), environmentKeyArn: guardrailKey('environment') },
  gateway,
})
export const guardedConsumer = aConsumer({
  subnets: inBothZones,
  guardrails,
  gateway: {
    stage: 'shadow',
    resourceConfigurationArn: 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b2c3d4e5f60718',
  },
})
