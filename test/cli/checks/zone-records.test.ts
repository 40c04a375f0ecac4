import { expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { zoneRecords } from '../../../cli/checks/zone-records.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { ConsumerFacts } from '../../../cli/facts/migration-facts.ts'
import type { RecordFacts } from '../../../cli/facts/zone-records.ts'
import { aZone, consumer, gatewayPath, nlbPath, soundFacts } from '../migrate-facts.ts'

const sound = [
  ok('repoint-nlb leads to the interface endpoint vpce-nlb.'),
  ok('repoint-gateway leads to the resource endpoint vpce-gateway.'),
]
const onNlb = sound.slice(0, 1)
const astray = known({ ...gatewayPath, leads: false })
/** The zone with another record of the gateway's path. */
const withRecord = (changes: Partial<RecordFacts>): Partial<ConsumerFacts> => {
  const { records, ...zone } = aZone({ nlb: 100 })
  const record = { name: `${consumer.hostname}.`, type: 'A', setIdentifier: 'repoint-gateway', ...changes }
  return { zone: known({ ...zone, records: [...records, record] }), gateway: astray }
}
const leadsTo = (place: string, { weight = '10', path = 'gateway' } = {}) =>
  problem(
    path === 'gateway'
      ? `The record repoint-gateway (weight ${weight}) leads to ${place}, and the resource endpoint vpce-gateway is ${gatewayPath.dnsName}: its weight does not move clients there.`
      : `The record repoint-nlb (weight ${weight}) leads to ${place}, and the interface endpoint vpce-nlb is ${nlbPath.dnsName}: its weight does not move clients there.`,
    'Deploy the consumer’s stack again; where the endpoint was created again by hand, check that the settings name what it has to reach (serviceName, gateway.resourceConfigurationArn).',
    sources.hostedZones,
  )
const nameless = (name: string, endpointId: string) =>
  unknown(
    `Whether ${name} leads to ${endpointId} is not known: AWS gives no name of it yet.`,
    'Check again once it is available.',
  )

it.each<[name: string, side: Partial<ConsumerFacts>, expected: Judgement[]]>([
  ['lead to the endpoints of their own paths', {}, sound],
  [
    'lead elsewhere by an alias',
    withRecord({
      weight: 10,
      alias: { dnsName: 'vpce-other.example.com', hostedZoneId: 'Z1', evaluatesHealth: false },
    }),
    [...onNlb, leadsTo('vpce-other.example.com')],
  ],
  [
    'lead elsewhere by values',
    withRecord({ weight: 0, values: ['10.0.0.1', '10.0.0.2'] }),
    [...onNlb, leadsTo('10.0.0.1, 10.0.0.2', { weight: '0' })],
  ],
  ['lead nowhere, without a weight', withRecord({}), [...onNlb, leadsTo('nothing', { weight: 'none' })]],
  [
    'lead elsewhere on the path through the load balancer',
    { nlb: known({ ...nlbPath, leads: false }) },
    [leadsTo(nlbPath.dnsName, { weight: '100', path: 'nlb' }), ...sound.slice(1)],
  ],
  [
    'lead to endpoints that have no name yet',
    {
      nlb: known({ ...nlbPath, leads: false, dnsName: '' }),
      gateway: known({ ...gatewayPath, leads: false, dnsName: '' }),
    },
    [nameless('repoint-nlb', 'vpce-nlb'), nameless('repoint-gateway', 'vpce-gateway')],
  ],
  ['are not missed on a path that has none', { zone: known(aZone({ nlb: 100 })), gateway: astray }, onNlb],
  ['are not asked for of an endpoint that is not there', { gateway: none('There is no resource endpoint.') }, onNlb],
  ['are not asked for without a zone', { zone: none('The VPC sees no hosted zone.') }, []],
  ['are not known of one path', { gateway: notKnown('denied') }, [...onNlb, unknown('denied')]],
  ['are not known, which is said once for both paths', { zone: notKnown('denied') }, [unknown('denied')]],
  [
    'are not known, and neither are the endpoints',
    { zone: notKnown('denied'), nlb: notKnown('refused'), gateway: notKnown('refused') },
    [unknown('denied'), unknown('refused')],
  ],
])('records %s', (_, consumerSide, expected) => {
  expect(zoneRecords.judge(soundFacts({ consumerSide }))).toEqual(expected)
})

it('records are not asked for without a consumer', () => {
  const { consumerSide: _, ...facts } = soundFacts()

  expect(zoneRecords.judge(facts)).toEqual([])
})
