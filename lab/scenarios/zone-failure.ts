import { instanceOf } from '../cloud/blue-green-switchover.ts'
import { delays } from '../delays.ts'
import { outageAtMost, registeredWithin, reported } from './expectations.ts'
import type { Scenario } from './scenario.ts'

/** Beside the registration: until RDS notices, the failover itself, and what health checks need. */
export const besideRegistrationSeconds = delays.zoneLossNoticed.value / 1_000 + 70

export const zoneFailure: Scenario = {
  name: 'zone-failure',
  database: 'instance',
  promise:
    'The writer’s zone is lost: RDS fails over by itself, Repoint follows, and nothing waits for the zone to come back.',
  play: async cloud => {
    const instance = instanceOf(cloud)
    const { zone } = instance.writer()
    await instance.loseZone(zone)
  },
  expectations: record => [
    ...registeredWithin(record, 3_000),
    reported(record, 'failover-followed'),
    {
      what: 'the lost zone does not come back meanwhile',
      holds: !record.moments.some(({ what }) => what === 'The zone answers again'),
    },
    outageAtMost(record, record.registrationMs / 1_000 + besideRegistrationSeconds),
  ],
}
