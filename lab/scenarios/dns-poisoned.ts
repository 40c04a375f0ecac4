import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'
import { concluded, nothingWritten, outageAtMost, reported } from './expectations.ts'
import { momentOf } from './run-queries.ts'
import type { Scenario } from './scenario.ts'
import { listenAsStranger, strangerMet } from './stranger.ts'

/** An address of the VPC that RDS does not have at the moment. */
const attackerIp = fixture.spareHost

/** Longer than anything that DNS has to agree with itself for, and several runs of the schedule. */
const poisonedMs = 200_000

export const dnsPoisoned: Scenario = {
  name: 'dns-poisoned',
  database: 'instance',
  promise: "Somebody answers for DNS with an address of the VPC that is not the database's: production traffic stays.",
  play: async cloud => {
    attackerGetsAnInterface(cloud)
    const stranger = await listenAsStranger(cloud, attackerIp)
    cloud.dns.poison({
      lookup: name =>
        name === fixture.endpoints.instance ? { type: 'A', addresses: [attackerIp], ttlSeconds: 5 } : undefined,
    })
    await cloud.time.sleep(poisonedMs)
    cloud.dns.poison(undefined)
    await cloud.time.sleep(90_000)
    await stranger.close()
  },
  expectations: record => [
    nothingWritten(record),
    { what: 'nobody is ever connected to the attacker', holds: momentOf(record, strangerMet) === undefined },
    reported(record, 'owner-disproved'),
    concluded(record, 'already-in-sync'),
    outageAtMost(record, 0),
  ],
}

/**
 * As EC2 shows one that is not a service's: its requester is the account
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html).
 */
const attackerGetsAnInterface = ({ interfaces }: Cloud): void => {
  const { account, stranger, rdsInterface } = fixture
  const own = rdsInterface('eni-0lab7', attackerIp, stranger.securityGroupId)
  interfaces.push({ ...own, requesterId: account, description: '' })
}
