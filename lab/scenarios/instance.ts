import { instanceOf, switchBlueGreen } from '../cloud/blue-green-switchover.ts'
import { delays } from '../delays.ts'
import type { BusEvent } from '../events/bus.ts'
import * as fixture from '../fixture.ts'
import { nothingWritten, outageAtMost, registeredWithin, reported } from './expectations.ts'
import { reasonsTold, seconds, stateChanges } from './run-queries.ts'
import type { Scenario } from './scenario.ts'

/** Scenarios on a Multi-AZ instance, whose standby listens nowhere. */

const eventIdOf = (event: BusEvent): string => (event.detail as { EventID?: string }).EventID ?? ''

/** Beside the registration: the failover itself and what health checks need. */
const besideRegistrationSeconds = 70

export const failover: Scenario = {
  name: 'failover',
  database: 'instance',
  promise:
    'A Multi-AZ failover is followed from its first event on: the new writer is registered as soon as DNS names it.',
  play: cloud => instanceOf(cloud).failover(),
  expectations: record => [
    ...registeredWithin(record, 3_000),
    reported(record, 'failover-followed'),
    outageAtMost(record, record.registrationMs / 1_000 + besideRegistrationSeconds),
  ],
}

export const eventBeforeDns: Scenario = {
  name: 'event-before-dns',
  database: 'instance',
  promise: 'The completed event arrives long before the DNS change: the watch goes on until the writer has moved.',
  play: cloud => {
    cloud.bus.deliverAs(event => (eventIdOf(event) === 'RDS-EVENT-0049' ? [delays.eventDelivery.value] : []))
    return instanceOf(cloud).failover({ dnsFlipMs: delays.multiAzLateDnsFlip.value })
  },
  expectations: record => [...registeredWithin(record, 3_000), reported(record, 'failover-followed')],
}

export const missedEvent: Scenario = {
  name: 'missed-event',
  database: 'instance',
  promise: 'No event arrives at all: the schedule finds the drift within its minute.',
  play: cloud => {
    cloud.bus.deliverAs(() => [])
    return instanceOf(cloud).failover()
  },
  expectations: record => [...registeredWithin(record, 65_000), reported(record, 'drift-corrected')],
}

export const failBack: Scenario = {
  name: 'fail-back',
  database: 'instance',
  promise: 'The database fails back while its first registration still drains: it is registered again.',
  // What a group of one's own may have, and AWS's default. Repoint deploys 0, where nothing is left to drain.
  attributes: { 'deregistration_delay.timeout_seconds': '300' },
  play: async cloud => {
    const instance = instanceOf(cloud)
    const home = cloud.writerIp()
    await instance.failover()
    for (let waited = 0; waited < 60; waited++) {
      if (cloud.targetGroup.describe().some(({ ip, state }) => ip === home && state === 'draining')) break
      await cloud.time.sleep(1_000)
    }
    await instance.failover()
  },
  expectations: record => {
    const again = stateChanges(record).find(change => change.from.startsWith('draining') && change.state !== 'unused')
    const writer = again?.target.startsWith(`${record.writerIp}:`)
    return [
      ...registeredWithin(record, 3_000),
      {
        what: 'the draining registration is registered again',
        holds: writer === true,
        ...(again ? { found: `${again.target} at ${seconds(again.atMs)}` } : {}),
      },
    ]
  },
}

export const plainReboot: Scenario = {
  name: 'plain-reboot',
  database: 'instance',
  promise: 'A reboot without failover moves nothing: Repoint looks, and leaves the target group alone.',
  play: async cloud => {
    await instanceOf(cloud).rebootWithoutFailover()
    // The restarted event finds the function busy with the shutdown event, and waits in Lambda's queue for its turn.
    await cloud.time.sleep(45_000)
  },
  expectations: record => {
    const reasons = reasonsTold(record)
    return [
      nothingWritten(record),
      {
        what: 'the summaries say that the writer did not move',
        holds: reasons.length > 0 && reasons.every(reason => ['no-move-seen', 'already-in-sync'].includes(reason)),
        found: reasons.join(', ') || 'none',
      },
      outageAtMost(record, 60),
    ]
  },
}

const throttledSeconds = 40

export const throttled: Scenario = {
  name: 'throttled',
  database: 'instance',
  promise: 'Another caller has emptied the bucket of registrations: Repoint waits inside its watch and loses nothing.',
  play: cloud => {
    // 20 tokens of capacity, refilled by 4 a second.
    cloud.api.throttle.drain('registration', 20 + 4 * throttledSeconds)
    return instanceOf(cloud).failover()
  },
  expectations: record => {
    const refused = record.calls.filter(call => call.errorCode === 'Throttling')
    return [
      { what: 'the API throttles registrations', holds: refused.length > 0, found: `${refused.length} times` },
      ...registeredWithin(record, (throttledSeconds - delays.multiAzDnsFlip.value / 1000 + 15) * 1_000),
      reported(record, 'failover-followed'),
    ]
  },
}

/** Beside the registration: until the name changes, and what health checks and the data plane need. */
const besideRenamingSeconds = delays.blueGreenRenamed.value / 1_000 + 90

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
      outageAtMost(record, record.registrationMs / 1_000 + besideRenamingSeconds),
    ]
  },
}
