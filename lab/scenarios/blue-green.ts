import { switchBlueGreen } from '../cloud/blue-green-switchover.ts'
import { delays } from '../delays.ts'
import * as fixture from '../fixture.ts'
import { outageAtMost, registeredWithin, reported } from './expectations.ts'
import { stateChanges } from './run-queries.ts'
import type { Scenario } from './scenario.ts'

/** Beside the registration: until the name changes, and what health checks and the data plane need. */
const besideRegistrationSeconds = delays.blueGreenRenamed.value / 1_000 + 90

const [blueIp] = fixture.hosts.instance

export const blueGreen: Scenario = {
  name: 'blue-green',
  database: 'instance',
  needs: { engines: ['pglite'] },
  promise:
    'A blue/green switchover is followed from its first event on, although the old writer goes on to look healthy.',
  play: cloud => switchBlueGreen(cloud),
  expectations: record => {
    const blueHealth = stateChanges(record).filter(({ target }) => target.startsWith(`${blueIp}:`))
    const left = blueHealth.some(({ state }) => state === 'draining' || state === 'unused')
    return [
      ...registeredWithin(record, 3_000),
      reported(record, 'failover-followed'),
      { what: 'the old blue address leaves the target group, where it looks healthy', holds: left },
      outageAtMost(record, record.registrationMs / 1_000 + besideRegistrationSeconds),
    ]
  },
}
