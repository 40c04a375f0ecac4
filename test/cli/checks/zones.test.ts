import { expect, it } from 'vitest'
import {
  findingsOf,
  type Judgement,
  judgeAll,
  notice,
  ok,
  problem,
  unknown,
  warning,
} from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { balancerZones, crossZone, latticeZones, zoneOverlap } from '../../../cli/checks/zones.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, loadBalancer, ofHostName, someFacts, targetGroup } from '../doctor-facts.ts'
import { type Changes, databaseEntry, settingsWith, soundFacts } from '../migrate-facts.ts'

const denied = notKnown('denied')
const inZones = (...zones: string[]) => zones.map(zone => ({ id: `subnet-${zone}`, zone: `eu-west-1${zone}` }))
const databaseIn = (...zones: string[]) => known({ ...database, subnets: inZones(...zones) })
const balancerIn = (...zones: string[]) =>
  known({ ...loadBalancer, zones: inZones(...zones).map(({ id, zone }) => ({ subnetId: id, zone })) })

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  [
    'every zone is enabled, said once and in order',
    { database: databaseIn('b', 'a', 'b'), loadBalancer: balancerIn('a', 'b', 'c') },
    [ok('The load balancer is enabled in every zone of the DB subnet group: eu-west-1a, eu-west-1b.')],
  ],
  [
    'two of three are missing',
    { database: databaseIn('c', 'a', 'b'), loadBalancer: balancerIn('a') },
    [
      problem(
        'The DB subnet group has eu-west-1b, eu-west-1c, the load balancer has only eu-west-1a: a writer that fails over there gets no traffic (unused, Target.NotInUse).',
        'Enable eu-west-1b, eu-west-1c on the load balancer: add a subnet of each to subnets in repoint.json and deploy.',
        sources.targetHealth,
      ),
    ],
  ],
  [
    'one of a host name’s is missing',
    { ...ofHostName, loadBalancer: balancerIn('b', 'c') },
    [
      problem(
        'The list of subnets in repoint.json has eu-west-1a, the load balancer has only eu-west-1b, eu-west-1c: a writer that fails over there gets no traffic (unused, Target.NotInUse).',
        'Enable eu-west-1a on the load balancer: add a subnet of each to subnets in repoint.json and deploy.',
        sources.targetHealth,
      ),
    ],
  ],
  [
    'a host name’s are all enabled',
    ofHostName,
    [ok('The load balancer is enabled in every zone of the list of subnets in repoint.json: eu-west-1a, eu-west-1b.')],
  ],
  [
    'a cluster without members shows no subnet',
    { database: databaseIn() },
    [unknown('The zones of the DB subnet group are not known.')],
  ],
  [
    'facts are missing',
    { database: denied, loadBalancer: none('There is no load balancer.') },
    [unknown('denied'), notice('There is no load balancer.')],
  ],
])('of the load balancer’s zones it is said where %s', (_, changes, expected) => {
  expect(judgeAll([balancerZones], someFacts(changes))).toEqual(findingsOf('zones', expected))
})

const key = 'load_balancing.cross_zone.enabled'
const withAttributes = (ofGroup: string | undefined, ofBalancer: string | undefined, zones = ['a', 'b']) => {
  const attributesOf = (value: string | undefined) => (value === undefined ? {} : { [key]: value })
  return {
    targetGroup: known({ ...targetGroup, attributes: attributesOf(ofGroup) }),
    loadBalancer: known({
      ...loadBalancer,
      zones: inZones(...zones).map(({ id, zone }) => ({ subnetId: id, zone })),
      attributes: attributesOf(ofBalancer),
    }),
  }
}
const inherited = 'use_load_balancer_configuration'
const on = (from: string) => ok(`Cross-zone load balancing is on (${from}).`)
const off = (from: string, others: string) =>
  problem(
    `Cross-zone load balancing is off (${from}): only the writer's own zone serves; consumers in the other ${others} cannot connect.`,
    'Set load_balancing.cross_zone.enabled=true on the target group (modify-target-group-attributes), or deploy the stack again.',
    sources.troubleshooting,
  )

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  ['the group has it on, whatever the load balancer has', withAttributes('true', 'false'), [on('on the target group')]],
  [
    'the group has it off, whatever the load balancer has',
    withAttributes('false', 'true'),
    [off('on the target group', 'zone')],
  ],
  [
    'the group leaves it to the load balancer, which has it on',
    withAttributes(inherited, 'true'),
    [on('from the load balancer')],
  ],
  [
    'the group leaves it to the load balancer, which has it off',
    withAttributes(inherited, 'false'),
    [off('from the load balancer', 'zone')],
  ],
  [
    'the group says nothing, and the load balancer has it on',
    withAttributes(undefined, 'true'),
    [on('from the load balancer')],
  ],
  ['neither says anything', withAttributes(undefined, undefined), [off('from the load balancer', 'zone')]],
  ['it is off in three zones', withAttributes('false', undefined, ['a', 'b', 'c']), [off('on the target group', '2')]],
  [
    'it is off, and there is no other zone',
    withAttributes(undefined, 'false', ['a']),
    [ok('Cross-zone load balancing is off (from the load balancer), and the load balancer has a single zone.')],
  ],
  ['facts are missing', { targetGroup: denied, loadBalancer: denied }, [unknown('denied')]],
])('of cross-zone load balancing it is said where %s', (_, changes, expected) => {
  expect(judgeAll([crossZone], someFacts(changes))).toEqual(findingsOf('cross-zone', expected))
})

type ZoneIds = readonly (string | undefined)[]
const subnetsOf = (of: string, zoneIds: ZoneIds) =>
  known(
    zoneIds.map((zoneId, index) => ({
      id: `subnet-${of}-${index + 1}`,
      zone: 'eu-west-1a',
      cidr: `10.0.${index}.0/24`,
      freeAddresses: 200,
      ...(zoneId === undefined ? {} : { zoneId }),
    })),
  )
const ours = (...zoneIds: ZoneIds) => ({ gatewaySubnets: subnetsOf('gateway', zoneIds) })
const theirs = (...zoneIds: ZoneIds) => ({ endpointSubnets: subnetsOf('endpoint', zoneIds) })
const noIds = (whose: string) => unknown(`EC2 gave no zone ids of the subnets of the ${whose}.`)
const { there: _, ...ofProviderAlone } = soundFacts()

it.each<[string, Changes, Judgement[]]>([
  [
    'they have two in common, each said once and in order',
    { here: ours('euw1-az2', 'euw1-az1', 'euw1-az2'), there: theirs('euw1-az3', 'euw1-az2', 'euw1-az1') },
    [
      ok(
        'The gateway is in euw1-az1, euw1-az2, the resource endpoint in euw1-az1, euw1-az2, euw1-az3; in common: euw1-az1, euw1-az2.',
      ),
    ],
  ],
  [
    'they have one of two in common',
    { there: theirs('euw1-az2', 'euw1-az3') },
    [
      warning(
        'The gateway is in euw1-az1, euw1-az2, the resource endpoint in euw1-az2, euw1-az3: they have only euw1-az2 in common.',
        'Use as many common zones as you can: a single one is a single point of failure.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'the gateway has a single zone, and that is in common',
    { here: ours('euw1-az1') },
    [ok('The gateway is in euw1-az1, the resource endpoint in euw1-az1, euw1-az2; in common: euw1-az1.')],
  ],
  [
    'they have none in common',
    { there: theirs('euw1-az3') },
    [
      problem(
        'The gateway is in euw1-az1, euw1-az2, the resource endpoint in euw1-az3: no zone in common, and at least one is needed.',
        'Give the consumer a subnet in one of the gateway’s zones, or the gateway one in the consumer’s (that is another gateway: before shadow).',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'one of the gateway’s has no id',
    { here: ours('euw1-az1', undefined), there: theirs(undefined) },
    [noIds('gateway')],
  ],
  ['one of the endpoint’s has no id', { there: theirs('euw1-az1', undefined) }, [noIds('resource endpoint')]],
  ['no subnet of the gateway was found', { here: ours() }, [noIds('gateway')]],
  ['facts are missing', { here: { gatewaySubnets: denied }, there: { endpointSubnets: denied } }, [unknown('denied')]],
])('of the zones of gateway and endpoint it is said where %s', (_, changes, expected) => {
  expect(judgeAll([zoneOverlap], soundFacts(changes))).toEqual(findingsOf('zone-overlap', expected))
})

it('nothing is said of common zones where nobody asks about a consumer', () => {
  expect(judgeAll([zoneOverlap], ofProviderAlone)).toEqual([])
})

const offered = (whose: string) => ok(`VPC Lattice is offered in every zone of the ${whose}.`)
const notOffered = (subnet: string, whose: string, zone: string) =>
  problem(
    `${subnet} of the ${whose} is in ${zone}, where VPC Lattice is not offered.`,
    'Leave the subnet out (gateway.subnetIds; subnets of the consumer), or set its zoneId in the settings so that it is left out.',
    sources.quotas,
  )
const gatewayIn = (...subnetIds: string[]) => settingsWith({ gateway: { ...databaseEntry.gateway, subnetIds } })

it.each<[string, Changes, Judgement[]]>([
  ['it is offered everywhere', {}, [offered('gateway'), offered('resource endpoint')]],
  [
    'it is not offered in some zones, of each subnet',
    { here: ours('euw1-az1', 'euw1-az4'), there: theirs('euw1-az4', 'use1-az3') },
    [
      notOffered('subnet-gateway-2', 'gateway', 'euw1-az4'),
      notOffered('subnet-endpoint-1', 'resource endpoint', 'euw1-az4'),
      notOffered('subnet-endpoint-2', 'resource endpoint', 'use1-az3'),
    ],
  ],
  [
    'zone ids are missing',
    { here: ours('euw1-az1', undefined), there: theirs() },
    [noIds('gateway'), noIds('resource endpoint')],
  ],
  [
    'the gateway leaves out a subnet of the database',
    { ...gatewayIn('subnet-0a1b2c3d4e5f60710') },
    [
      offered('gateway'),
      offered('resource endpoint'),
      notice(
        'The gateway has no interface in 1 of the database’s 2 subnets; that it reaches a writer there, across zones, is implied by AWS’s pages and UNCONFIRMED.',
        'The drill of `repoint migrate verify` shows it.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'facts are missing, of each side',
    { here: { gatewaySubnets: denied }, there: { endpointSubnets: none('There is no endpoint.') } },
    [unknown('denied'), notice('There is no endpoint.')],
  ],
])('of VPC Lattice’s zones it is said where %s', (_, changes, expected) => {
  expect(judgeAll([latticeZones], soundFacts(changes))).toEqual(findingsOf('zones-with-lattice', expected))
})

it('only the gateway’s zones need VPC Lattice where nobody asks about a consumer', () => {
  expect(judgeAll([latticeZones], ofProviderAlone)).toEqual(findingsOf('zones-with-lattice', [offered('gateway')]))
})
