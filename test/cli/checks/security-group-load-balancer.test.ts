import { describe, expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { balancerGroup } from '../../../cli/checks/security-group-load-balancer.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, loadBalancer, rule, settingsOf, someFacts } from '../doctor-facts.ts'

const outgoing = (...rules: object[]): Partial<DoctorFacts> => ({
  balancerGroups: known([{ id: 'sg-lb', incoming: [rule({ cidrs: ['10.0.0.0/16'] })], outgoing: rules.map(rule) }]),
})
const { port: _, ...withoutPort } = database
const ofHostName = {
  settings: settingsOf({
    ...{ arn: undefined, kind: 'hostname', id: 'queue', endpoint: 'queue.internal.example.com', ownerProof: 'off' },
    subnets: [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', cidr: '10.0.1.0/24' }],
  }),
  database: none('A host name has no RDS database that could be asked.'),
}

const reaches = (subnets: string, port = 5432): Judgement =>
  ok(`The load balancer may send to every subnet of the ${subnets} on port ${port}.`)
const missing = (names: string, cidrs: string, allowed: string): Judgement =>
  problem(
    `The load balancer may not send to ${names} on port 5432: a writer there is unhealthy and unreachable. Its rules allow: ${allowed}.`,
    `Allow outgoing TCP 5432 to ${cidrs} in sg-lb; allowedCidrs in repoint.json is where the stack takes it from.`,
    sources.targetSecurityGroups,
  )
const open = (cidrs: string, lists: string): Judgement =>
  warning(
    `Whether the load balancer may send to ${cidrs} depends on ${lists}, whose contents doctor does not read.`,
    'Compare the prefix list with the subnets.',
  )

describe("the load balancer's security groups", () => {
  it.each<[string, Partial<DoctorFacts>, Judgement]>([
    ['allow the network around every subnet', outgoing({ cidrs: ['10.0.0.0/16'] }), reaches('DB subnet group')],
    ['allow each subnet', outgoing({ cidrs: ['10.0.1.0/24'] }, { cidrs: ['10.0.2.0/24'] }), reaches('DB subnet group')],
    ["allow the database's own group", outgoing({ groupIds: ['sg-db'] }), reaches('DB subnet group')],
    [
      'allow what one of two groups allows',
      {
        balancerGroups: known([
          { id: 'sg-other', incoming: [], outgoing: [] },
          { id: 'sg-lb', incoming: [], outgoing: [rule({ cidrs: ['10.0.0.0/16'] })] },
        ]),
      },
      reaches('DB subnet group'),
    ],
    [
      'are asked about the port that the database has',
      {
        ...outgoing({ cidrs: ['10.0.0.0/16'], fromPort: 5433, toPort: 5433 }),
        database: known({ ...database, port: 5433 }),
      },
      reaches('DB subnet group', 5433),
    ],
    [
      'are asked about the port of the settings where RDS shows none',
      { ...outgoing({ cidrs: ['10.0.0.0/16'] }), database: known(withoutPort) },
      reaches('DB subnet group'),
    ],
    [
      'allow every subnet that the settings of a host name list',
      { ...ofHostName, ...outgoing({ cidrs: ['10.0.0.0/16'] }) },
      reaches('list of subnets in repoint.json'),
    ],
    [
      'do not exist',
      { loadBalancer: known({ ...loadBalancer, securityGroupIds: [] }), balancerGroups: known([]) },
      ok(
        'The load balancer has no security group, so none limits its packets. A load balancer that was created without one can never get one.',
        sources.troubleshooting,
      ),
    ],
    [
      'allow nothing',
      outgoing(),
      missing('10.0.1.0/24 (eu-west-1a), 10.0.2.0/24 (eu-west-1b)', '10.0.1.0/24, 10.0.2.0/24', 'no source'),
    ],
    [
      'leave a subnet out',
      outgoing({ cidrs: ['10.0.1.0/24'] }, { groupIds: ['sg-other'] }),
      missing('10.0.2.0/24 (eu-west-1b)', '10.0.2.0/24', '10.0.1.0/24, sg-other'),
    ],
    [
      'allow another port alone',
      outgoing({ cidrs: ['10.0.0.0/16'], fromPort: 443, toPort: 443 }),
      missing('10.0.1.0/24 (eu-west-1a), 10.0.2.0/24 (eu-west-1b)', '10.0.1.0/24, 10.0.2.0/24', 'no source'),
    ],
    [
      'name prefix lists, each of which is named once',
      outgoing(
        { cidrs: ['10.0.1.0/24'] },
        { prefixListIds: ['pl-1', 'pl-2'] },
        { prefixListIds: ['pl-1'], fromPort: 1 },
      ),
      open('10.0.2.0/24', 'pl-1, pl-2'),
    ],
    ['name nothing but a prefix list', outgoing({ prefixListIds: ['pl-1'] }), open('10.0.1.0/24, 10.0.2.0/24', 'pl-1')],
    [
      'name a prefix list without need',
      outgoing({ cidrs: ['10.0.0.0/16'], prefixListIds: ['pl-1'] }),
      reaches('DB subnet group'),
    ],
  ])('%s', (_, changes, expected) => {
    expect(balancerGroup.judge(someFacts(changes))).toEqual([expected])
  })

  it('are named, all of them, where a rule has to be added', () => {
    const balancer = known({ ...loadBalancer, securityGroupIds: ['sg-lb', 'sg-2'] })
    const [found] = balancerGroup.judge(someFacts({ ...outgoing(), loadBalancer: balancer }))

    expect(found?.remedy).toContain(' in sg-lb, sg-2; ')
  })

  it.each(['database', 'loadBalancer', 'balancerGroups', 'databaseSubnets'] as const)(
    'are not judged where %s cannot be read',
    fact => {
      expect(balancerGroup.judge(someFacts({ [fact]: notKnown('Throttled.') }))).toEqual([unknown('Throttled.')])
    },
  )
})
