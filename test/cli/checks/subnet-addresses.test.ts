import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { databaseAddresses, endpointAddresses, gatewayAddresses } from '../../../cli/checks/subnet-addresses.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { SubnetFacts } from '../../../cli/facts/vpc.ts'
import { someFacts } from '../doctor-facts.ts'
import { aGateway, type Changes, settingsWith, soundFacts, withoutGateway } from '../migrate-facts.ts'

/** Subnets a, b and so on, with so many free addresses each. */
const withFree = (...free: number[]) =>
  known(
    free.map((freeAddresses, index): SubnetFacts => {
      const letter = 'ab'[index]
      return { id: `subnet-${letter}`, zone: `eu-west-1${letter}`, cidr: `10.0.${index}.0/24`, freeAddresses }
    }),
  )
const denied = notKnown('Not allowed: ec2:DescribeSubnets.')

describe('the subnets of a database', () => {
  const few = (id: string, zone: string, free: string) =>
    notice(
      `${id} in ${zone} has ${free}: host replacement, scaling and operating system upgrades need spare ones (RDS-EVENT-0425).`,
      'Add a larger subnet to the DB subnet group, and its zone to the load balancer.',
      sources.rdsEvents,
    )

  it.each<[name: string, subnets: ReturnType<typeof withFree> | typeof denied, expected: Judgement[]]>([
    [
      'have room with four free addresses each',
      withFree(4, 200),
      [ok('Every subnet of the database has free addresses (eu-west-1a: 4, eu-west-1b: 200).')],
    ],
    ['are short with three in one of them', withFree(3, 4), [few('subnet-a', 'eu-west-1a', '3 free addresses')]],
    [
      'are short in both',
      withFree(0, 1),
      [few('subnet-a', 'eu-west-1a', '0 free addresses'), few('subnet-b', 'eu-west-1b', '1 free address')],
    ],
    ['are not known', denied, [unknown('Not allowed: ec2:DescribeSubnets.')]],
  ])('%s', (_, databaseSubnets, expected) => {
    expect(databaseAddresses.judge(someFacts({ databaseSubnets }))).toEqual(expected)
  })
})

describe('the subnets of a gateway', () => {
  const standing = (...free: number[]): Changes => ({ here: { gatewaySubnets: withFree(...free) } })
  const planned = (wanted: number, ...free: number[]): Changes => ({
    ...withoutGateway,
    database: settingsWith(
      { gateway: { stage: 'nlb', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', ipv4AddressesPerEni: wanted } },
      { gateway: { stage: 'nlb' } },
    ).database,
    here: { gatewaySubnets: withFree(...free) },
  })
  const full = (place: string, free: string, wanted: number) =>
    problem(
      `${place} has ${free}; each interface of the gateway takes ${wanted}.`,
      'Lower gateway.ipv4AddressesPerEni (1 serves 55,000 connections), leave the subnet out with gateway.subnetIds, or free addresses in it. Both settings are fixed afterwards.',
      sources.resourceGateway,
    )
  const scarce = (place: string, free: string, wanted: number) =>
    warning(
      `${place} has ${free} and the gateway takes ${wanted} of them. UNCONFIRMED: others saw it take a consecutive block (16 as a /28) and fail where there was none.`,
      'Check that the free ones are not scattered (aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=…), or lower gateway.ipv4AddressesPerEni.',
      sources.resourceGateway,
    )
  const a = 'subnet-a (eu-west-1a, 10.0.0.0/24)'
  const b = 'subnet-b (eu-west-1b, 10.0.1.0/24)'

  it.each<[name: string, changes: Changes, expected: Judgement[]]>([
    [
      'have room for the interfaces of one that is there',
      standing(4, 200),
      [ok('The gateway has its addresses; free beside them: subnet-a: 4, subnet-b: 200.')],
    ],
    [
      'have little left beside one that is there',
      standing(200, 3),
      [
        notice(
          'The gateway has its addresses; few are free beside them (subnet-a: 200, subnet-b: 3), and VPC Lattice may add interfaces under load.',
          'Keep some free, or plan a gateway in larger subnets.',
          sources.resourceGateway,
        ),
      ],
    ],
    [
      'have room by what the gateway that is there takes, and not by the settings',
      { ...standing(2, 2), provider: { gateway: known({ ...aGateway, addressesPerInterface: 2 }) } },
      [ok('The gateway has its addresses; free beside them: subnet-a: 2, subnet-b: 2.')],
    ],
    ['are full for one that is planned', planned(4, 3, 200), [full(a, '3 free addresses', 4)]],
    ['are full, both of them', planned(2, 0, 1), [full(a, '0 free addresses', 2), full(b, '1 free address', 2)]],
    ['are full by one that comes first, before scarce ones', planned(4, 4, 3), [full(b, '3 free addresses', 4)]],
    [
      'are scarce for one that is planned',
      planned(4, 4, 200),
      [scarce('subnet-a (eu-west-1a)', '4 free addresses', 4)],
    ],
    [
      'are scarce below 16, both of them',
      planned(1, 15, 1),
      [scarce('subnet-a (eu-west-1a)', '15 free addresses', 1), scarce('subnet-b (eu-west-1b)', '1 free address', 1)],
    ],
    [
      'have room with 16',
      planned(8, 16, 16),
      [ok('Each interface takes 8 addresses; free: subnet-a: 16, subnet-b: 16.')],
    ],
    [
      'have room with 16 for a single address',
      planned(1, 16),
      [ok('Each interface takes 1 address; free: subnet-a: 16.')],
    ],
    [
      'are scarce below twice what an interface takes',
      planned(16, 31, 32),
      [scarce('subnet-a (eu-west-1a)', '31 free addresses', 16)],
    ],
    ['are not known', { here: { gatewaySubnets: denied } }, [unknown('Not allowed: ec2:DescribeSubnets.')]],
    [
      'are not judged where the gateway is not known',
      { provider: { gateway: notKnown('Not allowed: vpc-lattice:ListResourceGateways.') } },
      [unknown('Not allowed: vpc-lattice:ListResourceGateways.')],
    ],
  ])('%s', (_, changes, expected) => {
    expect(gatewayAddresses.judge(soundFacts(changes))).toEqual(expected)
  })
})

describe('the subnets of a resource endpoint', () => {
  const full = (id: string, zone: string) =>
    problem(
      `${id} (${zone}) of the consumer has no free address for the resource endpoint.`,
      'Free an address, or name another subnet of that zone: an endpoint’s subnets are fixed afterwards.',
      sources.resourceEndpoint,
    )
  const absent = { gateway: none('There is no resource endpoint.') }
  const unread = { gateway: notKnown('Not allowed: ec2:DescribeVpcEndpoints.') }

  it.each<[name: string, changes: Changes, expected: Judgement[]]>([
    [
      'have room with one free address each',
      { consumerSide: absent, there: { endpointSubnets: withFree(1, 2) } },
      [ok('Free in the resource endpoint’s subnets: subnet-a: 1, subnet-b: 2.')],
    ],
    [
      'are full, one of them',
      { consumerSide: absent, there: { endpointSubnets: withFree(1, 0) } },
      [full('subnet-b', 'eu-west-1b')],
    ],
    [
      'are full, both of them',
      { consumerSide: absent, there: { endpointSubnets: withFree(0, 0) } },
      [full('subnet-a', 'eu-west-1a'), full('subnet-b', 'eu-west-1b')],
    ],
    [
      'may be full once the endpoint is there',
      { there: { endpointSubnets: withFree(0, 0) } },
      [ok('Free in the resource endpoint’s subnets: subnet-a: 0, subnet-b: 0.')],
    ],
    [
      'are full, and whether the endpoint is there is not known',
      { consumerSide: unread, there: { endpointSubnets: withFree(0, 0) } },
      [unknown('Not allowed: ec2:DescribeVpcEndpoints.')],
    ],
    [
      'have room, wherever the endpoint is',
      { consumerSide: unread, there: { endpointSubnets: withFree(1, 1) } },
      [ok('Free in the resource endpoint’s subnets: subnet-a: 1, subnet-b: 1.')],
    ],
    ['are not known', { there: { endpointSubnets: denied } }, [unknown('Not allowed: ec2:DescribeSubnets.')]],
  ])('%s', (_, changes, expected) => {
    expect(endpointAddresses.judge(soundFacts(changes))).toEqual(expected)
  })

  it('are judged before anything of the consumer was read', () => {
    const { consumerSide: _, ...facts } = soundFacts({ there: { endpointSubnets: withFree(0) } })

    expect(endpointAddresses.judge(facts)).toEqual([full('subnet-a', 'eu-west-1a')])
  })

  it('are not asked for without a consumer', () => {
    const { there: _, ...facts } = soundFacts()

    expect(endpointAddresses.judge(facts)).toEqual([])
  })
})
