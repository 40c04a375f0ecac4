import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { consumerZones, hostedZones, providerZones } from '../../../cli/checks/hosted-zones.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { HostedZoneFacts } from '../../../cli/facts/hosted-zones.ts'
import type { ConsumerFacts } from '../../../cli/facts/migration-facts.ts'
import type { ZoneFacts } from '../../../cli/facts/zone-records.ts'
import { settingsOf, someFacts } from '../doctor-facts.ts'
import { aZone, type Changes, consumer, gatewayPath, nlbPath, soundFacts } from '../migrate-facts.ts'

const name = 'orders.abc123.eu-west-1.rds.amazonaws.com'
const owner = '111122223333'
const aHostedZone = (changes: Partial<HostedZoneFacts> = {}): HostedZoneFacts => ({
  id: 'Z1',
  name: `${name}.`,
  owner,
  ...changes,
})
const denied = notKnown('Not allowed: route53:ListHostedZonesByVPC.')
const deniedFinding = [unknown('Not allowed: route53:ListHostedZonesByVPC.')]

/** Which zones answer for the name, wherever that matters. */
const covering: readonly [name: string, covers: boolean][] = [
  [`${name}.`, true],
  [name, true],
  ['Orders.ABC123.eu-west-1.RDS.amazonaws.com.', true],
  ['abc123.eu-west-1.rds.amazonaws.com.', true],
  ['com.', true],
  [`a.${name}.`, false],
  ['123.eu-west-1.rds.amazonaws.com.', false],
  ['example.com.', false],
]

describe('a private hosted zone in the database’s VPC', () => {
  const remedy =
    'Remove the zone from this VPC; the zone for consumers belongs to the consumers’ VPC, with exactly the name of the endpoint.'
  const inside = (zone: string) =>
    problem(
      `The private hosted zone ${zone} answers for ${name} inside the VPC: the function gets its records and not the writer. With a record that leads to the load balancer it registers the load balancer itself.`,
      remedy,
      sources.hostedZones,
    )
  const outside = warning(
    `The private hosted zone ${name} (Z1, of ${owner}) answers for ${name} inside the VPC. The function runs outside and does not see it; clients in the VPC do.`,
    remedy,
    sources.hostedZones,
  )
  const judge = (mode: string, ...zones: HostedZoneFacts[]) =>
    hostedZones.judge(someFacts({ settings: settingsOf({ network: { mode } }), hostedZones: known(zones) }))

  it.each(covering)('%s answers for the endpoint: %s', (zone, covers) => {
    const [{ severity } = {}] = judge('in-vpc', aHostedZone({ name: zone }))

    expect(severity).toBe(covers ? 'problem' : 'ok')
  })

  it.each<[name: string, mode: string, zones: HostedZoneFacts[], expected: Judgement[]]>([
    ['is not there', 'in-vpc', [], [ok(`No private hosted zone of the VPC covers ${name}.`)]],
    [
      'is of another name',
      'in-vpc',
      [aHostedZone({ name: 'example.com.' })],
      [ok(`No private hosted zone of the VPC covers ${name}.`)],
    ],
    ['misleads a function in the VPC', 'in-vpc', [aHostedZone()], [inside(`${name} (Z1, of ${owner})`)]],
    ['misleads an isolated function', 'isolated', [aHostedZone()], [inside(`${name} (Z1, of ${owner})`)]],
    ['misleads no function outside', 'outside-vpc', [aHostedZone()], [outside]],
    [
      'is said of each that covers the name',
      'in-vpc',
      [aHostedZone({ name: 'COM.', id: 'Z2', owner: 'unknown' }), aHostedZone({ name: 'example.com' }), aHostedZone()],
      [inside('com (Z2, of unknown)'), inside(`${name} (Z1, of ${owner})`)],
    ],
  ])('%s', (_, mode, zones, expected) => {
    expect(judge(mode, ...zones)).toEqual(expected)
  })

  it('is not known', () => {
    expect(hostedZones.judge(someFacts({ hostedZones: denied }))).toEqual(deniedFinding)
  })
})

describe('a hosted zone on the database’s VPC', () => {
  const circle = (zone: string) =>
    problem(
      `The hosted zone ${zone} is on the database’s VPC and covers ${name}: the function, and a gateway with IN_VPC, are led to the consumers’ endpoint, which is a circle.`,
      'Remove the zone from this VPC; the consumers’ zone belongs only to the consumers’ VPC.',
      sources.hostedZones,
    )
  const clear = [ok(`No hosted zone of the database’s VPC covers ${name}.`)]

  it.each<[name: string, zones: NonNullable<Changes['here']>, expected: Judgement[]]>([
    ['is not there', { hostedZones: known([]) }, clear],
    ['is of another name', { hostedZones: known([aHostedZone({ name: 'example.com.' })]) }, clear],
    [
      'leads in a circle, each of those that cover the name',
      { hostedZones: known([aHostedZone(), aHostedZone({ name: 'rds.amazonaws.com.', id: 'Z2' })]) },
      [circle(`${name} (Z1, of ${owner})`), circle(`rds.amazonaws.com (Z2, of ${owner})`)],
    ],
    ['is not known', { hostedZones: denied }, deniedFinding],
  ])('%s', (_, here, expected) => {
    expect(providerZones.judge(soundFacts({ here }))).toEqual(expected)
  })
})

describe('the hosted zones of a consumer’s VPC', () => {
  const ours = aHostedZone({ id: 'Z0123456789ABCDEFGHIJ' })
  const readerHostname = 'orders.cluster-ro-abc123.eu-west-1.rds.amazonaws.com'
  const readers = aHostedZone({ id: 'ZREADERS', name: `${readerHostname}.` })
  const readerName = 'vpce-gateway.rcfg-1.4232ccc.vpc-lattice-rsc.eu-west-1.on.aws'
  const withReaders = { ...consumer, gateway: { ...consumer.gateway, readerHostname } }
  const among = (...zones: HostedZoneFacts[]): Changes => ({ there: { hostedZones: known(zones) } })

  const isOurs = ok(`The hosted zone ${name} is the stack’s.`)
  const isReaders = ok(`The hosted zone ${readerHostname} is the stack’s.`)
  const isFree = (of = name) => ok(`No other hosted zone has the name ${of}.`)
  const foreign = (zone: string) =>
    problem(
      `The hosted zone ${zone} is on the consumer’s VPC and is not the stack’s: the stack’s cannot be created (ConflictingDomainExists).`,
      'Remove that zone from this VPC in the deployment that creates the stack’s, or use dnsName.',
      sources.hostedZones,
    )
  const perhaps = (zone: string) =>
    unknown(
      `Whether the hosted zone ${zone} is the stack's is not known: its records cannot be read.`,
      'Allow route53:ListResourceRecordSets to whoever runs this, or give credentials of the zone’s account (--consumer-profile).',
    )
  const managed = (by: string, id: string) =>
    problem(
      `A hosted zone ${name} of ${by} (${id}) is on the consumer’s VPC: private DNS of an endpoint or association. Two zones of one name cannot be there (ConflictingDomainExists), and that one takes all traffic at once.`,
      'Create that endpoint again with PrivateDnsEnabled false; it cannot be turned off afterwards.',
      sources.configuration,
    )
  const wider = (zone: string) =>
    notice(`${zone} covers ${name}, too; the more specific zone wins.`, undefined, sources.hostedZones)

  it.each<[name: string, changes: Changes, expected: Judgement[]]>([
    ['hold the stack’s', {}, [isOurs]],
    ['hold none yet', among(), [isFree()]],
    ['hold none of that name', among(aHostedZone({ name: `a.${name}.` })), [isFree()]],
    [
      'hold somebody else’s',
      among(aHostedZone({ id: 'Z8', owner: '999988887777' })),
      [foreign(`${name} (Z8, of 999988887777)`)],
    ],
    [
      'hold some whose owner nobody may see',
      among(aHostedZone({ id: 'Z8', owner: 'unknown' }), aHostedZone({ id: 'Z9', owner: 'unknown' })),
      [foreign(`${name} (Z8, of unknown)`), foreign(`${name} (Z9, of unknown)`)],
    ],
    [
      'hold one of AWS’s',
      among(aHostedZone({ id: 'Z8', owner: 'vpce.amazonaws.com' })),
      [managed('vpce.amazonaws.com', 'Z8')],
    ],
    [
      'hold one of AWS’s beside the stack’s',
      among(ours, aHostedZone({ id: 'Z8', owner: 'vpc-lattice.amazonaws.com' })),
      [managed('vpc-lattice.amazonaws.com', 'Z8')],
    ],
    [
      'hold one of a service with digits in its name',
      among(aHostedZone({ owner: 'a111122223333' })),
      [managed('a111122223333', 'Z1')],
    ],
    ['hold one of a longer number', among(aHostedZone({ owner: '1111222233334' })), [managed('1111222233334', 'Z1')]],
    [
      'hold wider ones beside the stack’s',
      among(
        aHostedZone({ id: 'Z2', name: 'RDS.amazonaws.com.' }),
        ours,
        aHostedZone({ id: 'Z3', name: 'example.com.' }),
      ),
      [isOurs, wider(`rds.amazonaws.com (Z2, of ${owner})`)],
    ],
    [
      'hold a wider one, and none of that name yet',
      among(aHostedZone({ id: 'Z2', name: 'com' })),
      [isFree(), wider(`com (Z2, of ${owner})`)],
    ],
    [
      'are asked for a name of one’s own instead',
      { ...among(ours), consumer: { ...consumer, dnsName: 'db.example.com' } },
      [isFree('db.example.com')],
    ],
    [
      'are asked for the readers’ name, too',
      { ...among(ours), consumer: withReaders },
      [isOurs, isFree(readerHostname)],
    ],
    [
      'hold a readers’ zone that is not the stack’s',
      { ...among(ours, readers), consumer: withReaders },
      [isOurs, foreign(`${readerHostname} (ZREADERS, of ${owner})`)],
    ],
    ['are not known', { there: { hostedZones: denied } }, deniedFinding],
  ])('%s', (_, changes, expected) => {
    expect(consumerZones.judge(soundFacts(changes))).toEqual(expected)
  })

  const { records: weighted } = aZone({ nlb: 100, gateway: 0 })
  const leadingTo = (dnsName: string): ZoneFacts => ({
    ...aZone({}),
    records: [{ name, type: 'A', alias: { dnsName, hostedZoneId: 'Z1', evaluatesHealth: false } }],
  })
  const withReader = { gateway: known({ ...gatewayPath, reader: { dnsName: readerName, port: 5432 } }) }
  const noEndpoints = { nlb: none('none'), gateway: none('none') }
  it.each<[name: string, isOurs: boolean, side: Partial<ConsumerFacts>]>([
    ['has records with both weights', true, { zone: known({ ...aZone({ nlb: 100, gateway: 0 }), records: [] }) }],
    [
      'has a record with the load balancer’s weight alone',
      true,
      { zone: known({ ...aZone({ nlb: 0 }), records: [] }) },
    ],
    ['has a record with the gateway’s weight alone', true, { zone: known({ ...aZone({ gateway: 0 }), records: [] }) }],
    ['has records with weights, and no endpoint is there', true, { zone: known(aZone({ nlb: 1 })), ...noEndpoints }],
    ['leads to the interface endpoint', true, { zone: known(leadingTo(nlbPath.dnsName)) }],
    ['leads to the resource endpoint', true, { zone: known(leadingTo(`${gatewayPath.dnsName.toUpperCase()}.`)) }],
    ['leads to the readers’ name of an endpoint', true, { ...withReader, zone: known(leadingTo(readerName)) }],
    [
      'leads to both by one of its records',
      true,
      { zone: known({ ...aZone({}), records: [{ name, type: 'A' }, ...weighted] }) },
    ],
    ['leads to the readers’ name of another endpoint', false, { zone: known(leadingTo(readerName)) }],
    ['leads to an endpoint that is not there', false, { zone: known(leadingTo(nlbPath.dnsName)), ...noEndpoints }],
    ['leads elsewhere', false, { zone: known(leadingTo('elsewhere.example.com')) }],
    [
      'has values and no alias',
      false,
      { zone: known({ ...aZone({}), records: [{ name, type: 'A', values: ['10.0.0.1'] }] }) },
    ],
    ['has no records', false, { zone: known(aZone({})) }],
    ['is not the one that was read', false, { zone: known({ ...aZone({ nlb: 100 }), id: 'ZOTHER' }) }],
    ['was not there to be read', false, { zone: none('The VPC sees no hosted zone.') }],
  ])('take one for the stack’s that %s: %s', (_, is, consumerSide) => {
    expect(consumerZones.judge(soundFacts({ consumerSide }))).toEqual([
      is ? isOurs : foreign(`${name} (Z0123456789ABCDEFGHIJ, of ${owner})`),
    ])
  })

  const readerZone = known({ ...leadingTo(readerName), id: 'ZREADERS', name: readerHostname })
  it.each<[name: string, side: Partial<ConsumerFacts>, expected: Judgement[]]>([
    ['both are the stack’s', { ...withReader, readerZone }, [isOurs, isReaders]],
    [
      'the stack’s cannot be read, the readers’ can',
      { ...withReader, readerZone, zone: notKnown('denied') },
      [perhaps(`${name} (Z0123456789ABCDEFGHIJ, of ${owner})`), isReaders],
    ],
    [
      'the readers’ cannot be read',
      { readerZone: notKnown('denied') },
      [isOurs, perhaps(`${readerHostname} (ZREADERS, of ${owner})`)],
    ],
    [
      'the readers’ was not there',
      { readerZone: none('none') },
      [isOurs, foreign(`${readerHostname} (ZREADERS, of ${owner})`)],
    ],
  ])('of a cluster’s consumer: %s', (_, consumerSide, expected) => {
    expect(consumerZones.judge(soundFacts({ ...among(ours, readers), consumer: withReaders, consumerSide }))).toEqual(
      expected,
    )
  })

  it('are somebody else’s before anything of the consumer was read', () => {
    const { consumerSide: _, ...facts } = soundFacts()

    expect(consumerZones.judge(facts)).toEqual([foreign(`${name} (Z0123456789ABCDEFGHIJ, of ${owner})`)])
  })

  it('are not asked for without a consumer', () => {
    const { there: _, ...withoutThere } = soundFacts()
    const { consumer: __, ...withoutConsumer } = soundFacts()

    expect([consumerZones.judge(withoutThere), consumerZones.judge(withoutConsumer)]).toEqual([[], []])
  })
})
