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
import { databaseAdmitsBalancer, databaseAdmitsGateway } from '../../../cli/checks/security-group-database.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, hostname, loadBalancer, ofHostName, rule, settingsOf, someFacts } from '../doctor-facts.ts'
import { aDatabase, aGateway, type Changes, settingsWith, soundFacts, withoutGateway } from '../migrate-facts.ts'

const admitting = (...rules: object[]) => known([{ id: 'sg-db', incoming: rules.map(rule), outgoing: [] }])
const byGroup = admitting({ groupIds: ['sg-lb'] })
const byNothing = admitting()
const withBalancer = (changes: Partial<typeof loadBalancer>) => known({ ...loadBalancer, ...changes })
const enforcing = withBalancer({ enforcesOnPrivateLink: true })
const denied = notKnown('denied')
const lists = { prefixListIds: ['pl-1', 'pl-2'] }
const everyAddress = ok('The database admits every address of the load balancer (10.0.1.5, 10.0.2.5) on port 5432.')
const theGroup = ok("The database admits the load balancer's security group on port 5432.")

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  [
    'rules together name every address of its nodes',
    { databaseGroups: admitting({ cidrs: ['10.0.1.5/32'] }, { cidrs: ['10.0.2.0/24'] }) },
    [everyAddress],
  ],
  [
    'enforcement is on, and rules name the addresses, from which the probes come',
    { loadBalancer: enforcing, databaseGroups: admitting({ cidrs: ['10.0.0.0/16'] }) },
    [everyAddress],
  ],
  [
    'enforcement is off, and the group alone is admitted',
    { databaseGroups: byGroup },
    [
      problem(
        'The database does not admit 10.0.1.5, 10.0.2.5 of the load balancer on port 5432; PrivateLink enforcement is off, so a rule for its group covers the probes only: the target is healthy and consumers time out. They admit on port 5432: sg-lb.',
        'Allow TCP 5432 from 10.0.1.5/32, 10.0.2.5/32 (or the subnets) in sg-db.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'enforcement is off, and one of two addresses is admitted',
    {
      database: known({ ...database, securityGroupIds: ['sg-db', 'sg-more'] }),
      databaseGroups: admitting({ cidrs: ['10.0.1.0/24'] }),
    },
    [
      problem(
        'The database does not admit 10.0.2.5 of the load balancer on port 5432; PrivateLink enforcement is off. They admit on port 5432: 10.0.1.0/24.',
        'Allow TCP 5432 from 10.0.2.5/32 (or the subnets) in sg-db, sg-more.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'it has no group, and nothing is admitted: that PrivateLink is used or not does not matter',
    {
      loadBalancer: withBalancer({ securityGroupIds: [], enforcesOnPrivateLink: true }),
      endpointServices: denied,
      databaseGroups: byNothing,
    },
    [
      problem(
        'The database does not admit 10.0.1.5, 10.0.2.5 of the load balancer on port 5432; the load balancer has no security group. They admit on port 5432: no source.',
        'Allow TCP 5432 from 10.0.1.5/32, 10.0.2.5/32 (or the subnets) in sg-db.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'enforcement is on, and the group is admitted: that PrivateLink is used or not does not matter',
    { loadBalancer: enforcing, endpointServices: denied, databaseGroups: byGroup },
    [theGroup],
  ],
  [
    'enforcement is on, the group is admitted, and the addresses are not known',
    {
      loadBalancer: withBalancer({ enforcesOnPrivateLink: true, addresses: denied }),
      databaseGroups: byGroup,
    },
    [theGroup],
  ],
  [
    'nobody comes over PrivateLink, and the group is admitted',
    { endpointServices: known([]), databaseGroups: byGroup },
    [theGroup],
  ],
  [
    'whether anybody comes over PrivateLink is not known',
    { endpointServices: denied, databaseGroups: byGroup },
    [unknown('denied')],
  ],
  [
    'enforcement is on, and none of its groups is admitted',
    {
      loadBalancer: withBalancer({ enforcesOnPrivateLink: true, securityGroupIds: ['sg-lb', 'sg-lb-2'] }),
      database: known({ ...database, securityGroupIds: ['sg-db', 'sg-more'] }),
      databaseGroups: admitting({ groupIds: ['sg-app'] }),
    },
    [
      problem(
        "The database does not admit the load balancer's security group on port 5432: probes and connections are dropped. They admit on port 5432: sg-app.",
        'Allow TCP 5432 from sg-lb, sg-lb-2 in sg-db, sg-more.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'enforcement is on, the group is not admitted, and the addresses are not known',
    { loadBalancer: withBalancer({ enforcesOnPrivateLink: true, addresses: denied }), databaseGroups: byNothing },
    [
      problem(
        "The database does not admit the load balancer's security group on port 5432: probes and connections are dropped. They admit on port 5432: no source.",
        'Allow TCP 5432 from sg-lb in sg-db.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'its addresses have to be admitted, and there is none to see',
    { loadBalancer: withBalancer({ addresses: known([]) }) },
    [
      unknown(
        "The load balancer's private addresses are not known, and the database has to admit them. They admit on port 5432: sg-lb, 10.0.0.0/16.",
        'Check the network interfaces with the description “ELB net/…”.',
      ),
    ],
  ],
  [
    'its addresses have to be admitted, and may not be read',
    {
      loadBalancer: withBalancer({
        addresses: { kind: 'unknown', why: 'denied', action: 'ec2:DescribeNetworkInterfaces' },
      }),
    },
    [
      unknown(
        'denied',
        'Allow ec2:DescribeNetworkInterfaces to whoever runs this; it only reads. The other checks went on without it.',
      ),
    ],
  ],
  [
    'its addresses may be in prefix lists',
    { databaseGroups: admitting({ cidrs: ['10.0.1.0/24'] }, lists) },
    [
      warning(
        'Whether the database admits the load balancer depends on pl-1, pl-2, whose contents doctor does not read. They admit on port 5432: 10.0.1.0/24, pl-1, pl-2.',
        'Compare the prefix list with 10.0.1.5, 10.0.2.5.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'enforcement is on, and prefix lists, which hold no groups, may name the addresses',
    { loadBalancer: enforcing, databaseGroups: admitting(lists) },
    [
      warning(
        'Whether the database admits the load balancer depends on pl-1, pl-2, whose contents doctor does not read. They admit on port 5432: pl-1, pl-2.',
        'Compare the prefix list with 10.0.1.5, 10.0.2.5.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'enforcement is on, and prefix lists may name addresses that are not known',
    {
      loadBalancer: withBalancer({ enforcesOnPrivateLink: true, addresses: known([]) }),
      databaseGroups: admitting(lists),
    },
    [
      warning(
        'Whether the database admits the load balancer depends on pl-1, pl-2, whose contents doctor does not read. They admit on port 5432: pl-1, pl-2.',
        'Compare the prefix list with the private addresses of the load balancer.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'the database listens on another port than the settings have',
    { database: known({ ...database, port: 5433 }), databaseGroups: admitting({ cidrs: ['10.0.0.0/16'] }) },
    [
      problem(
        'The database does not admit 10.0.1.5, 10.0.2.5 of the load balancer on port 5433; PrivateLink enforcement is off. They admit on port 5433: no source.',
        'Allow TCP 5433 from 10.0.1.5/32, 10.0.2.5/32 (or the subnets) in sg-db.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'a host name has the port and the group of the settings',
    { ...ofHostName, loadBalancer: enforcing, databaseGroups: byNothing },
    [
      problem(
        "The database does not admit the load balancer's security group on port 5432: probes and connections are dropped. They admit on port 5432: no source.",
        'Allow TCP 5432 from sg-lb in sg-0a1b2c3d4e5f60718.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'a host name has no group in the settings',
    { ...ofHostName, settings: settingsOf(hostname), databaseGroups: byNothing },
    [
      problem(
        'The database does not admit 10.0.1.5, 10.0.2.5 of the load balancer on port 5432; PrivateLink enforcement is off. They admit on port 5432: no source.',
        'Allow TCP 5432 from 10.0.1.5/32, 10.0.2.5/32 (or the subnets) in the database’s security group.',
        sources.targetSecurityGroups,
      ),
    ],
  ],
  [
    'facts are missing, each said once',
    { database: none('no database'), databaseGroups: denied, loadBalancer: denied },
    [notice('no database'), unknown('denied')],
  ],
])('of a load balancer the database’s groups say where %s', (_, changes, expected) => {
  expect(judgeAll([databaseAdmitsBalancer], someFacts(changes))).toEqual(
    findingsOf('security-group-database', expected),
  )
})

const ofGateway = (changes: Partial<typeof aGateway>) => ({ gateway: known({ ...aGateway, ...changes }) })
const ofDatabase = (securityGroupIds: string[]) => ({
  ...withoutGateway,
  provider: { ...withoutGateway.provider, database: known({ ...aDatabase, securityGroupIds }) },
})
const byStack = ok('Stage shadow admits the gateway through sg-0a1b2c3d4e5f60718.')

it.each<[string, Changes, Judgement[]]>([
  ['the gateway’s group is admitted', {}, [ok("The database admits the gateway's security group on port 5432.")]],
  [
    'every subnet of it is admitted',
    { here: { databaseGroups: admitting({ cidrs: ['10.0.1.0/24'] }, { cidrs: ['10.0.2.0/23'] }) } },
    [ok('The database admits every subnet of the gateway on port 5432.')],
  ],
  [
    'one of two subnets is admitted',
    { here: { databaseGroups: admitting({ cidrs: ['10.0.1.0/24'] }) } },
    [
      problem(
        "The database does not admit the gateway's security group (sg-gateway) on port 5432: connections through the gateway hang until they time out. They admit on port 5432: 10.0.1.0/24.",
        'Allow TCP 5432 from sg-gateway in sg-db; gateway.databaseSecurityGroupId lets the stack do it.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'gateway and database have several groups',
    {
      database: settingsWith({ engine: 'mysql' }).database,
      provider: ofGateway({ securityGroupIds: ['sg-gateway', 'sg-egress'] }),
      here: {
        databaseGroups: known([
          { id: 'sg-1', incoming: [rule({ groupIds: ['sg-gateway'] })], outgoing: [] },
          { id: 'sg-2', incoming: [], outgoing: [] },
        ]),
      },
    },
    [
      problem(
        "The database does not admit the gateway's security group (sg-gateway, sg-egress) on port 3306: connections through the gateway hang until they time out. They admit on port 3306: no source.",
        'Allow TCP 3306 from sg-gateway, sg-egress in sg-1 or sg-2; gateway.databaseSecurityGroupId lets the stack do it.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'the gateway has no group',
    { provider: ofGateway({ securityGroupIds: [] }), here: { databaseGroups: byNothing } },
    [
      problem(
        "The database does not admit the gateway's security group (none) on port 5432: connections through the gateway hang until they time out. They admit on port 5432: no source.",
        'Allow TCP 5432 from 10.0.1.0/24, 10.0.2.0/24 in sg-db; gateway.databaseSecurityGroupId lets the stack do it.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'no subnet of the gateway was found, so that none is left out',
    { here: { databaseGroups: byNothing, gatewaySubnets: known([]) } },
    [
      problem(
        "The database does not admit the gateway's security group (sg-gateway) on port 5432: connections through the gateway hang until they time out. They admit on port 5432: no source.",
        'Allow TCP 5432 from sg-gateway in sg-db; gateway.databaseSecurityGroupId lets the stack do it.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'its subnets may be in prefix lists',
    {
      provider: ofGateway({ securityGroupIds: [] }),
      here: { databaseGroups: admitting(lists) },
    },
    [
      warning(
        'Whether the database admits the gateway depends on pl-1, pl-2, whose contents are not read. They admit on port 5432: pl-1, pl-2.',
        'Compare the prefix list with 10.0.1.0/24, 10.0.2.0/24.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'no group of the database was found',
    { here: { databaseGroups: known([]) } },
    [unknown('The database’s security groups are not known.')],
  ],
  [
    'facts are missing, each said once',
    { here: { databaseGroups: denied, gatewaySubnets: denied } },
    [unknown('denied')],
  ],
  ['there is no gateway, and the stack will let it in', withoutGateway, [byStack]],
  [
    'there is no gateway, and RDS has no database that could contradict the settings',
    { ...withoutGateway, provider: { ...withoutGateway.provider, database: none('A host name.') } },
    [byStack],
  ],
  [
    'there is no gateway, and the database may not be read',
    { ...withoutGateway, provider: { ...withoutGateway.provider, database: denied } },
    [unknown('denied')],
  ],
  [
    'there is no gateway, and the group of the settings is on another database',
    ofDatabase(['sg-1', 'sg-2']),
    [
      problem(
        'The stack would admit the gateway through sg-0a1b2c3d4e5f60718, which is not on the database; it has sg-1, sg-2.',
        'Name one of the database’s own groups in gateway.databaseSecurityGroupId.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'there is no gateway, and the database has no group',
    ofDatabase([]),
    [
      problem(
        'The stack would admit the gateway through sg-0a1b2c3d4e5f60718, which is not on the database; it has none.',
        'Name one of the database’s own groups in gateway.databaseSecurityGroupId.',
        sources.resourceGateway,
      ),
    ],
  ],
  [
    'there is no gateway, and the settings name no group',
    {
      ...withoutGateway,
      database: settingsWith({ gateway: { stage: 'shadow', databaseSecurityGroupId: false } }).database,
    },
    [
      warning(
        'The settings name no security group of the database: no rule will admit the gateway on port 5432, and connections through it will hang.',
        'Set gateway.databaseSecurityGroupId, so that the stack creates the rule; or create it yourself after shadow, for the gateway’s group.',
        sources.resourceGateway,
      ),
    ],
  ],
])('of a gateway the database’s groups say where %s', (_, changes, expected) => {
  expect(judgeAll([databaseAdmitsGateway], soundFacts(changes))).toEqual(
    findingsOf('security-group-database', expected),
  )
})
