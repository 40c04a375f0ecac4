import { expect, it } from 'vitest'
import { judgeConsumerSide } from '../../../cli/checks/consumer-side.ts'
import { findingsOf, type Judgement, notice, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { ConsumerSide } from '../../../cli/facts/consumer-side.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { HostedZoneFacts } from '../../../cli/facts/hosted-zones.ts'
import { consumer } from '../migrate-facts.ts'

const { vpcId: own, hostname } = consumer
const peered = 'vpc-0b0b0b0b0b0b0b0b0'
const denied = {
  kind: 'unknown',
  why: 'Not allowed: route53:ListHostedZonesByVPC.',
  action: 'route53:ListHostedZonesByVPC',
} as const
const deniedFinding = unknown(
  'Not allowed: route53:ListHostedZonesByVPC.',
  'Allow route53:ListHostedZonesByVPC to whoever runs this; it only reads. The other checks went on without it.',
)

const aZone = (id = 'Z1', owner = '444455556666') => known({ id, name: `${hostname}.`, owner })
type Seen = Gathered<HostedZoneFacts>
/** What the consumer's VPC and the peered one see; no weights, unless they are given. */
const seeing = (inOwn: Seen, inPeered?: Seen, weights: ConsumerSide['weights'] = known({})): ConsumerSide => ({
  endpoints: known([]),
  weights,
  zones: [{ vpcId: own, zone: inOwn }, ...(inPeered === undefined ? [] : [{ vpcId: peered, zone: inPeered }])],
})
const weighing = (weights: ConsumerSide['weights']) => ({ ...seeing(aZone()), weights })

const answers = (vpcs: string, host = hostname) => ok(`The hosted zone ${host} (Z1) answers in ${vpcs}.`)
const missing = (vpcId: string, remedy: string, host = hostname) =>
  problem(
    `${vpcId} sees no hosted zone ${host}: there RDS's own name means the database's own address, where networks overlap a stranger's host.`,
    remedy,
    sources.hostedZones,
  )
const makesIt = "Deploy the consumer's stack, which makes the zone."
const associatesIt = "Deploy the consumer's stack: peeredVpcIds associates the zone with this VPC."
const another = problem(
  `${peered} sees another hosted zone ${hostname} (Z2, of 999988887777) than ${own} (Z1).`,
  'Remove that zone from this VPC, and deploy again: a VPC holds one zone of a name.',
  sources.hostedZones,
)

it.each<[name: string, side: ConsumerSide, expected: Judgement[]]>([
  ['answers in the consumer’s VPC', seeing(aZone()), [answers(own)]],
  ['answers in a peered VPC, too', seeing(aZone(), aZone()), [answers(`${own}, ${peered}`)]],
  [
    'is not associated with the peered VPC',
    seeing(aZone(), none('none')),
    [answers(own), missing(peered, associatesIt)],
  ],
  ['is not the one of the peered VPC', seeing(aZone(), aZone('Z2', '999988887777')), [answers(own), another]],
  ['may be in the peered VPC', seeing(aZone(), denied), [answers(own), deniedFinding]],
  ['is not there', seeing(none('none')), [missing(own, makesIt)]],
  ['is not there, whatever the peered VPC sees', seeing(none('none'), aZone()), [missing(own, makesIt)]],
  ['is in neither VPC', seeing(none('none'), none('none')), [missing(own, makesIt), missing(peered, associatesIt)]],
  ['is not known of the consumer’s VPC, and of no other one then', seeing(denied, aZone()), [deniedFinding]],
  ['is not known, which is said once', seeing(denied, denied, denied), [deniedFinding]],
  [
    'has a record for the load balancer alone',
    weighing(known({ nlb: 100 })),
    [answers(own), ok('Its record leads every new connection through the load balancer.')],
  ],
  [
    'has a record for the gateway alone',
    weighing(known({ gateway: 0 })),
    [answers(own), ok('Its record leads every new connection through the gateway.')],
  ],
  [
    'has a record for each path',
    weighing(known({ nlb: 90, gateway: 10 })),
    [answers(own), notice('Its records lead new connections by weight: load balancer 90, gateway 10.')],
  ],
  ['has no records to be read', weighing(none('none')), [answers(own)]],
  ['has records that cannot be read', weighing(notKnown('refused')), [answers(own), unknown('refused')]],
])('the hosted zone %s', (_, side, expected) => {
  expect(judgeConsumerSide(consumer, side)).toEqual(findingsOf('consumer-zone', expected))
})

it('the hosted zone has the name of one’s own where there is one', () => {
  const named = { ...consumer, dnsName: 'db.example.com' }

  expect(judgeConsumerSide(named, seeing(aZone(), none('none')))).toEqual(
    findingsOf('consumer-zone', [answers(own, 'db.example.com'), missing(peered, associatesIt, 'db.example.com')]),
  )
})
