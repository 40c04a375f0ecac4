import { describe, expect, it } from 'vitest'
import { onTheWay, problemsOf } from './gateway-fixture.ts'
import { aCluster, anInstance, anInstanceBehindItsOwn, created, type Entry } from './settings-fixture.ts'

const arn = (kind: string, name: string) => `arn:aws:rds:eu-west-1:111122223333:${kind}:${name}`
const onTheShadow = (entry: Entry, more: Entry = {}): Entry => ({ ...entry, gateway: onTheWay('shadow', more) })
const proxy = anInstance({ id: 'pool', arn: arn('db-proxy', 'prx-0a1b2c3d4e5f60718') })
const publicly = anInstance({ publiclyAccessible: true, network: { mode: 'in-vpc' } })
const withoutLattice = { id: 'subnet-0a1b2c3d4e5f60713', zone: 'eu-west-1c', zoneId: 'euw1-az4' }
const named = (engine: string, more: Entry = {}) =>
  anInstance({ id: 'named', kind: 'hostname', arn: undefined, engine, ...more })
const redshift = { clusterIdentifier: 'sales', grants: [{ account: '444455556666' }] }

const guest = (more: Entry = {}) =>
  anInstance({
    arn: arn('db', 'billing'),
    endpoint: 'billing.abc123def456.eu-west-1.rds.amazonaws.com',
    network: { mode: 'isolated', endpoints: { securityGroupId: 'sg-0a1b2c3d4e5f60799' } },
    ...more,
  })

/** Each with the one line that it is refused with. */
const refused: [string, Entry, string][] = [
  [
    'no VPC',
    onTheShadow(anInstanceBehindItsOwn({ subnets: anInstance().subnets })),
    'vpcId: missing, expected the database’s VPC: its resource gateway stands there',
  ],
  [
    'no subnets',
    onTheShadow(anInstanceBehindItsOwn({ vpcId: anInstance().vpcId })),
    'subnets: missing, expected subnets for the resource gateway, one in every zone that consumers use',
  ],
  [
    'nothing about the database’s security group',
    onTheShadow(anInstance(), { databaseSecurityGroupId: undefined }),
    'gateway.databaseSecurityGroupId: missing, expected the database’s security group, or false where you let the gateway in yourself: without that rule every connection hangs, and it is the step that most set-ups miss',
  ],
  [
    'a proxy by ARN',
    onTheShadow(proxy, { target: 'arn' }),
    'gateway.target: got "arn", expected dns: only an RDS instance or cluster has a resource configuration by ARN',
  ],
  [
    'a host name by ARN, in stage nlb too',
    { ...named('postgres'), gateway: { stage: 'nlb', target: 'arn' } },
    'gateway.target: got "arn", expected dns: only an RDS instance or cluster has a resource configuration by ARN',
  ],
  [
    'an ARN with resolution in the VPC',
    onTheShadow(anInstance(), { dnsResolution: 'in-vpc' }),
    'gateway.dnsResolution: got "in-vpc", expected public, or target dns: a gateway that resolves in the VPC takes no resource configuration by ARN',
  ],
  [
    'a publicly accessible database by ARN',
    onTheShadow(publicly),
    'publiclyAccessible: got true, expected false: a resource configuration cannot name a publicly accessible database: make it private first',
  ],
  [
    'a publicly accessible database by its public name',
    onTheShadow(publicly, { target: 'dns' }),
    'gateway.dnsResolution: missing, expected in-vpc: elsewhere a publicly accessible database’s name gives its public address',
  ],
  [
    'a subnet of somewhere else',
    onTheShadow(anInstance(), { subnetIds: ['subnet-0a1b2c3d4e5f60799'] }),
    'gateway.subnetIds: got ["subnet-0a1b2c3d4e5f60799"], expected ids that stand in subnets too',
  ],
  [
    'a subnet twice',
    onTheShadow(anInstance(), { subnetIds: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60711'] }),
    'gateway.subnetIds: got ["subnet-0a1b2c3d4e5f60711","subnet-0a1b2c3d4e5f60711"], expected each subnet once',
  ],
  [
    'only zones that VPC Lattice does not have',
    onTheShadow(anInstance({ subnets: [withoutLattice] })),
    'subnets: got ["subnet-0a1b2c3d4e5f60713"], expected a subnet in another zone than euw1-az4: VPC Lattice is not offered there',
  ],
  [
    'a chosen subnet in a zone that VPC Lattice does not have',
    onTheShadow(anInstance({ subnets: [...(anInstance().subnets as Entry[]), withoutLattice] }), {
      subnetIds: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60713'],
    }),
    'gateway.subnetIds: got ["subnet-0a1b2c3d4e5f60711","subnet-0a1b2c3d4e5f60713"], expected a subnet in another zone than euw1-az4: VPC Lattice is not offered there',
  ],
  [
    'readers that would lose their way',
    { ...aCluster({ readers: {} }), gateway: onTheWay('retired', { target: 'dns' }) },
    'readers: got {"writerWhenAlone":false}, expected nothing, or gateway.target arn: retired takes the readers’ port away, and by name the gateway leads to the writer alone',
  ],
  [
    'grants of Redshift for another engine',
    anInstance({ redshift }),
    'redshift: got {"clusterIdentifier":"sales","grants":[{"account":"444455556666"}]}, expected nothing: only engine redshift has managed endpoints',
  ],
  [
    'an RDS ARN for Redshift',
    anInstance({ engine: 'redshift' }),
    'kind: missing, expected hostname: Redshift is reached by its name, and has no RDS ARN',
  ],
  [
    'two grants of Redshift for one account',
    named('redshift', { redshift: { ...redshift, grants: [...redshift.grants, ...redshift.grants] } }),
    'redshift.grants: got [{"account":"444455556666"},{"account":"444455556666"}], expected one grant for each account',
  ],
]

describe('settings of the way to a gateway', () => {
  it.each(refused)('are refused with %s', (_, entry, problem) => {
    expect(problemsOf(entry)).toEqual([`databases.0.${problem}`])
  })

  const accepted: [string, Entry][] = [
    ['an instance', onTheShadow(anInstance())],
    ['a proxy', onTheShadow(proxy)],
    ['Redshift with grants', onTheShadow(named('redshift', { redshift }))],
    [
      'a publicly accessible database, by name in the VPC',
      onTheShadow(publicly, { target: 'dns', dnsResolution: 'in-vpc' }),
    ],
    ['a rule that is made elsewhere', onTheShadow(anInstance(), { databaseSecurityGroupId: false })],
    [
      'the front door’s word about the security group',
      onTheShadow(anInstance({ frontDoor: created('swap', { databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' }) }), {
        databaseSecurityGroupId: undefined,
      }),
    ],
    ['stage nlb, whatever the gateway would still need', { ...anInstanceBehindItsOwn(), gateway: { stage: 'nlb' } }],
    ['readers of a cluster, retired by ARN', { ...aCluster({ readers: {} }), gateway: onTheWay('retired') }],
    [
      'a target group that was there before',
      onTheShadow(anInstance({ frontDoor: anInstanceBehindItsOwn().frontDoor })),
    ],
  ]

  it.each(accepted)('are accepted with %s', (_, entry) => {
    expect(problemsOf(entry)).toEqual([])
  })

  it('are told beside everything else that is wrong', () => {
    const entry = onTheShadow(anInstance({ port: 0, prot: 1 }), { databaseSecurityGroupId: undefined })
    expect(problemsOf(entry).map(it => it.split(':')[0])).toEqual([
      'databases.0.port',
      'databases.0.prot',
      'databases.0.gateway.databaseSecurityGroupId',
    ])
  })

  it('that are not well-formed themselves are told first', () => {
    expect(problemsOf({ ...anInstance(), gateway: { stage: 'shadwo' } })).toEqual([
      'databases.0.gateway.stage: got "shadwo", expected one of nlb, shadow, shift, gateway, retired',
    ])
  })
})

describe('the interface endpoints that isolated functions share', () => {
  const creator = (from: string, more: Entry = {}) => ({
    ...anInstance({ network: { mode: 'isolated' }, ...more }),
    gateway: onTheWay('retired', { from }),
  })
  const retired = { gateway: onTheWay('retired') }

  it('go last: their creator does not retire before a database that uses them', () => {
    expect(problemsOf(creator('gateway'), guest())).toEqual([
      'databases.0.gateway.stage: got "retired", expected gateway, as long as another database’s function reaches AWS over the interface endpoints of this stack: billing (nlb); their creator retires last',
    ])
  })

  it.each<[string, Entry, Entry]>([
    ['has retired too', creator('gateway'), guest(retired)],
    ['is in another VPC', creator('gateway'), guest({ vpcId: 'vpc-0a1b2c3d4e5f60799' })],
    ['is not isolated', creator('gateway'), guest({ network: { mode: 'in-vpc' } })],
    ['came after the creator had gone', creator('retired'), guest()],
    ['shares those that somebody else made', creator('gateway', { network: guest().network }), guest()],
  ])('keep nobody who %s', (_, first, second) => {
    expect(problemsOf(first, second)).toEqual([])
  })
})
