import { describe, expect, it } from 'vitest'
import { admits } from '../../cli/checks/account-hosts.ts'
import { judgePreflight, preflightChecks } from '../../cli/checks/preflight.ts'
import { aboutOf } from '../../cli/facts/about.ts'
import { known, none } from '../../cli/facts/gathered.ts'
import { preflightOutcome, preflightStep } from '../../cli/migrate/recorded-steps.ts'
import { rule } from './doctor-facts.ts'
import {
  aConfiguration,
  aDatabase,
  aGateway,
  aZone,
  type Changes,
  consumer,
  endpointSubnets,
  gatewayPath,
  gatewaySubnets,
  nlbPath,
  settingsWith,
  soundFacts,
  withoutGateway,
} from './migrate-facts.ts'

const found = (changes: Changes) => judgePreflight(soundFacts(changes)).filter(({ severity }) => severity !== 'ok')

/** What preflight says beside what it says of the sound facts. */
const new_ = (changes: Changes) => {
  const usual = found({}).map(({ fact }) => fact)
  return found(changes).filter(({ fact }) => !usual.includes(fact))
}

const mysql = { engine: 'mysql', port: 3306 }
const otherAccount = { account: '444455556666', region: 'eu-west-1' }
// Settings that say so are refused; a consumer has a file of its own, which does not know of the database's principals.
const unshared = { consumer: { ...settingsWith().consumer, env: otherAccount, account: otherAccount.account } }

const broken: readonly [name: string, check: string, severity: string, changes: Changes, fact: RegExp][] = [
  [
    'the provider is between stages',
    'stages',
    'problem',
    { provider: { configuration: none('none') } },
    /its resource configuration is not/,
  ],
  [
    'weights were moved by hand',
    'stages',
    'warning',
    { consumerSide: { zone: known(aZone({ nlb: 90, gateway: 10 })) } },
    /shift, 10 %/,
  ],
  ['the consumer is in another Region', 'region', 'problem', { there: { region: 'us-east-1' } }, /us-east-1/],
  [
    'the service is in another Region',
    'region',
    'problem',
    { consumer: { ...consumer, serviceRegion: 'us-east-1' } },
    /another Region/,
  ],
  [
    'the database is public',
    'publicly-accessible',
    'problem',
    { provider: { database: known({ ...aDatabase, isPubliclyAccessible: true }) } },
    /AWS refuses/,
  ],
  [
    'SQL Server has a UDP service beside it',
    'tcp-only',
    'notice',
    { database: settingsWith({ engine: 'sqlserver' }).database },
    /UDP 1434/,
  ],
  [
    'the load balancer listens on another port',
    'port',
    'problem',
    { consumer: { ...consumer, port: 6432 } },
    /port 6432/,
  ],
  [
    'a subnet has no room for the gateway',
    'gateway-addresses',
    'problem',
    { ...withoutGateway, here: { gatewaySubnets: known(gatewaySubnets.map(it => ({ ...it, freeAddresses: 3 }))) } },
    /3 free addresses/,
  ],
  [
    'a subnet may have no consecutive room',
    'gateway-addresses',
    'warning',
    { ...withoutGateway, here: { gatewaySubnets: known(gatewaySubnets.map(it => ({ ...it, freeAddresses: 10 }))) } },
    /UNCONFIRMED/,
  ],
  [
    'a zone is without Lattice',
    'zones-with-lattice',
    'problem',
    {
      here: {
        gatewaySubnets: known(gatewaySubnets.map((it, index) => (index === 1 ? { ...it, zoneId: 'euw1-az4' } : it))),
      },
    },
    /euw1-az4/,
  ],
  [
    'the gateway failed',
    'gateway',
    'problem',
    { provider: { gateway: known({ ...aGateway, status: 'CREATE_FAILED' }) } },
    /CREATE_FAILED/,
  ],
  [
    'the gateway is another than the settings say',
    'gateway',
    'warning',
    { provider: { gateway: known({ ...aGateway, isOther: true }) } },
    /another name/,
  ],
  [
    'the gateway resolves in its VPC',
    'dns-mode',
    'problem',
    { provider: { gateway: known({ ...aGateway, dnsResolution: 'IN_VPC' }) } },
    /IN_VPC/,
  ],
  [
    'the configuration failed',
    'resource-configuration',
    'problem',
    { provider: { configuration: known({ ...aConfiguration, status: 'CREATE_FAILED', failure: 'no such database' }) } },
    /no such database/,
  ],
  [
    'the configuration names another database',
    'resource-configuration',
    'problem',
    {
      provider: { configuration: known({ ...aConfiguration, target: 'arn:aws:rds:eu-west-1:111122223333:db:other' }) },
    },
    /db:other/,
  ],
  [
    'the access log goes nowhere',
    'access-log',
    'problem',
    { provider: { accessLog: none('It goes to no log group.') } },
    /no log group/,
  ],
  [
    'the database does not admit the gateway',
    'security-group-database',
    'problem',
    { here: { databaseGroups: known([{ id: 'sg-db', incoming: [rule({ groupIds: ['sg-lb'] })], outgoing: [] }]) } },
    /hang until they time out/,
  ],
  [
    'the rule is for another port',
    'security-group-database',
    'problem',
    {
      here: {
        databaseGroups: known([
          { id: 'sg-db', incoming: [rule({ groupIds: ['sg-gateway'], fromPort: 1, toPort: 2 })], outgoing: [] },
        ]),
      },
    },
    /hang until they time out/,
  ],
  [
    'nobody will let the gateway in',
    'security-group-database',
    'warning',
    {
      ...withoutGateway,
      database: settingsWith({ gateway: { stage: 'shadow', databaseSecurityGroupId: false } }).database,
    },
    /name no security group/,
  ],
  [
    'the group of the settings is not the database’s',
    'security-group-database',
    'problem',
    {
      ...withoutGateway,
      provider: {
        ...withoutGateway.provider,
        database: known({ ...aDatabase, securityGroupIds: ['sg-0fedcba9876543210'] }),
      },
    },
    /not on the database/,
  ],
  [
    'the gateway may not send to the database',
    'security-group-gateway',
    'problem',
    {
      here: {
        gatewayGroups: known([{ id: 'sg-gateway', incoming: [], outgoing: [rule({ cidrs: ['10.9.0.0/16'] })] }]),
      },
    },
    /may not send/,
  ],
  [
    'the endpoint does not admit the clients',
    'security-group-endpoint',
    'problem',
    {
      there: {
        endpointGroups: known([{ id: 'sg-endpoint', incoming: [rule({ cidrs: ['10.1.1.0/24'] })], outgoing: [] }]),
      },
    },
    /does not admit 10\.1\.0\.0\/16/,
  ],
  [
    'a MySQL account is bound to addresses',
    'grants',
    'warning',
    { database: settingsWith(mysql).database, grants: known([{ user: 'app', host: '10.0.1.%' }]) },
    /'app'@'10\.0\.1\.%'/,
  ],
  [
    'nobody has looked at MySQL’s accounts',
    'grants',
    'notice',
    { database: settingsWith(mysql).database },
    /refused \(1045, 1130\)/,
  ],
  [
    'a zone on the database’s VPC shadows its name',
    'provider-zones',
    'problem',
    { here: { hostedZones: known([{ id: 'Z9', name: `${consumer.hostname}.`, owner: '111122223333' }]) } },
    /is a circle/,
  ],
  [
    'the consumer’s account is not among the principals',
    'share',
    'problem',
    {
      ...withoutGateway,
      consumer: { ...unshared.consumer, gateway: { stage: 'nlb', from: 'nlb' } },
      there: { ...withoutGateway.there, account: known('444455556666') },
    },
    /not among gateway\.principals/,
  ],
  ['the share was not accepted', 'share', 'problem', { there: { shared: none('Not found.') } }, /does not see/],
  [
    'the consumer names another configuration',
    'share',
    'problem',
    { provider: { configuration: known({ ...aConfiguration, arn: `${aConfiguration.arn.slice(0, -1)}1` }) } },
    /settings name the resource configuration/,
  ],
  [
    'the credentials are of another account',
    'share',
    'problem',
    { consumer: unshared.consumer },
    /was not really read/,
  ],
  [
    'gateway and endpoint have no zone in common',
    'zone-overlap',
    'problem',
    { there: { endpointSubnets: known(endpointSubnets.map(it => ({ ...it, zoneId: 'euw1-az3' }))) } },
    /no zone in common/,
  ],
  [
    'they have one zone in common',
    'zone-overlap',
    'warning',
    { there: { endpointSubnets: known(endpointSubnets.slice(0, 1)) } },
    /only euw1-az1/,
  ],
  [
    'a subnet has no room for the endpoint',
    'endpoint-addresses',
    'problem',
    {
      ...withoutGateway,
      there: {
        ...withoutGateway.there,
        endpointSubnets: known(endpointSubnets.map(it => ({ ...it, freeAddresses: 0 }))),
      },
    },
    /no free address/,
  ],
  [
    'the endpoint has private DNS on',
    'private-dns',
    'problem',
    { consumerSide: { gateway: known({ ...gatewayPath, hasPrivateDns: true }) } },
    /whatever the weights are/,
  ],
  [
    'DNS hostnames are off in the consumer’s VPC',
    'vpc-dns',
    'problem',
    { there: { vpcDns: known({ support: true, hostnames: false }) } },
    /enableDnsHostnames/,
  ],
  [
    'AWS manages a zone of the same name',
    'consumer-zones',
    'problem',
    { there: { hostedZones: known([{ id: 'Z8', name: `${consumer.hostname}.`, owner: 'vpce.amazonaws.com' }]) } },
    /ConflictingDomainExists/,
  ],
  [
    'somebody else’s zone has the same name',
    'consumer-zones',
    'problem',
    { there: { hostedZones: known([{ id: 'Z8', name: `${consumer.hostname}.`, owner: '999988887777' }]) } },
    /not the stack’s/,
  ],
  [
    'the gateway’s record leads to the load balancer’s endpoint',
    'zone-records',
    'problem',
    { consumerSide: { gateway: known({ ...gatewayPath, leads: false }) } },
    /repoint-gateway \(weight 0\) leads to vpce-gateway/,
  ],
  [
    'the load balancer’s record leads elsewhere',
    'zone-records',
    'problem',
    { consumerSide: { nlb: known({ ...nlbPath, leads: false }) } },
    /repoint-nlb \(weight 100\)/,
  ],
  [
    'tokens are signed for a name of one’s own',
    'iam-authentication',
    'problem',
    {
      provider: { database: known({ ...aDatabase, hasIamAuthentication: true }) },
      consumer: { ...consumer, dnsName: 'db.example.com' },
    },
    /is refused/,
  ],
  [
    'readers have no name on the gateway’s way',
    'readers',
    'warning',
    { database: { ...settingsWith().database, kind: 'cluster' }, consumer: { ...consumer, readerPort: 5433 } },
    /the settings have none for them/,
  ],
  [
    'readers move by name and port',
    'readers',
    'notice',
    {
      database: { ...settingsWith().database, kind: 'cluster' },
      consumer: {
        ...consumer,
        readerPort: 5433,
        gateway: { ...consumer.gateway, readerHostname: 'orders.cluster-ro-abc123.eu-west-1.rds.amazonaws.com' },
      },
    },
    /do not move them/,
  ],
  ['keepalives come too late', 'idle-timeout', 'problem', { clientKeepaliveSeconds: 7200 }, /after 7200 s/],
]

describe('preflight', () => {
  it('finds no problem and nothing to warn of where both sides are sound', () => {
    expect(found({}).filter(({ severity }) => severity !== 'notice')).toEqual([])
  })

  it('finds none before there is a gateway, either', () => {
    expect(
      found(withoutGateway).filter(({ severity }) => ['problem', 'warning', 'unknown'].includes(severity)),
    ).toEqual([])
  })

  it.each(broken)('says that %s', (_name, check, severity, changes, fact) => {
    const finding = new_(changes).find(it => it.check === check && fact.test(it.fact))

    expect(finding).toMatchObject({ check, severity, remedy: expect.any(String) })
  })

  it('has every check in this table, or its own test', () => {
    const shown = new Set(broken.map(([, check]) => check))

    expect(preflightChecks.map(it => it.name).filter(name => !shown.has(name))).toEqual([])
  })

  it('warns of the idle timeout where the clients’ keepalive is not known, and tells today’s', () => {
    const { clientKeepaliveSeconds: _, ...facts } = soundFacts({
      provider: {
        listeners: known([
          { arn: 'arn:l', port: 5432, protocol: 'TCP', targetGroupArns: [], idleTimeoutSeconds: 6000 },
        ]),
      },
    })

    const findings = judgePreflight(facts).filter(({ check }) => check === 'idle-timeout')

    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'notice'])
    expect(findings[1]?.fact).toContain('6000 s today')
  })

  it('says which permission is missing, and judges the rest', () => {
    const denied = { kind: 'unknown', why: 'Not allowed: ec2:DescribeSubnets.', action: 'ec2:DescribeSubnets' } as const

    const findings = found({ here: { gatewaySubnets: denied } })

    expect(findings.filter(({ severity }) => severity === 'unknown').map(({ check }) => check)).toContain(
      'zone-overlap',
    )
    expect(findings.find(({ check }) => check === 'zone-overlap')?.remedy).toContain('Allow ec2:DescribeSubnets')
    expect(findings.some(({ check }) => check === 'dns-mode')).toBe(false)
  })

  it('has not passed where anything could not be read, and says what', () => {
    const denied = { kind: 'unknown', why: 'Not allowed: ec2:DescribeSubnets.', action: 'ec2:DescribeSubnets' } as const
    const findings = judgePreflight(soundFacts({ here: { gatewaySubnets: denied } }))

    expect(findings.some(({ severity }) => severity === 'problem')).toBe(false)
    expect(preflightOutcome(findings)).toBe('failed')
    expect(preflightStep(findings, {})).toMatchObject({
      outcome: 'failed',
      summary: expect.stringMatching(/^\d+ could not be judged: gateway-addresses, /),
      evidence: { findings: expect.arrayContaining([expect.objectContaining({ check: 'zone-overlap' })]) },
    })
  })

  it('passes where there are notices and warnings alone: of MySQL’s accounts nobody could know without credentials', () => {
    const findings = judgePreflight(soundFacts({ database: settingsWith(mysql).database }))

    expect(findings.find(({ check }) => check === 'grants')?.severity).toBe('notice')
    expect(findings.some(({ severity }) => severity === 'unknown')).toBe(false)
  })

  it('does not know where a record leads to while AWS gives no name of the endpoint', () => {
    const nameless = known({ ...gatewayPath, dnsName: '', leads: false })

    expect(new_({ consumerSide: { gateway: nameless } })).toMatchObject([
      { check: 'zone-records', severity: 'unknown', fact: expect.stringContaining('gives no name of it yet') },
    ])
  })

  it('says in the record what it was about; before the gateway there is none', () => {
    expect(preflightStep([], aboutOf(soundFacts())).evidence).toMatchObject({
      about: {
        endpointId: gatewayPath.endpointId,
        nlbEndpointId: nlbPath.endpointId,
        configurationId: aConfiguration.id,
        gatewayId: aGateway.id,
      },
    })
    expect(aboutOf(soundFacts(withoutGateway))).toEqual({ nlbEndpointId: nlbPath.endpointId })
  })

  it('takes a readers’ zone for the stack’s where its record leads to the resource endpoint', () => {
    const readerHostname = 'orders.cluster-ro-abc123.eu-west-1.rds.amazonaws.com'
    const dnsName = 'vpce-gateway.rcfg-1.4232ccc.vpc-lattice-rsc.eu-west-1.on.aws'
    const record = {
      name: `${readerHostname}.`,
      type: 'A',
      alias: { dnsName: `${dnsName}.`, hostedZoneId: 'Z1', evaluatesHealth: false },
    }
    const sound = soundFacts()
    const zones = sound.there?.hostedZones.kind === 'known' ? sound.there.hostedZones.value : []
    const withZone = (records: readonly (typeof record)[]) =>
      soundFacts({
        consumer: { ...consumer, gateway: { ...consumer.gateway, readerHostname } },
        consumerSide: {
          gateway: known({ ...gatewayPath, reader: { dnsName, port: 5432 } }),
          readerZone: known({ id: 'ZREADERS', name: readerHostname, weights: {}, records }),
        },
        there: {
          hostedZones: known([...zones, { id: 'ZREADERS', name: `${readerHostname}.`, owner: '111122223333' }]),
        },
      })
    const severities = (records: readonly (typeof record)[]) =>
      judgePreflight(withZone(records)).flatMap(it => (it.check === 'consumer-zones' ? [it.severity] : []))

    expect(severities([record])).toEqual(['ok', 'ok'])
    expect(severities([])).toEqual(['ok', 'problem'])
  })

  it('is content with an account of MySQL that covers every subnet of the gateway', () => {
    const facts = soundFacts({
      database: settingsWith(mysql).database,
      grants: known([
        { user: 'app', host: '10.0.1.%' },
        { user: 'app', host: '10.0.2.0/255.255.255.0' },
        { user: 'report', host: '10.0.0.0/16' },
      ]),
    })

    expect(judgePreflight(facts).filter(({ check }) => check === 'grants')).toMatchObject([{ severity: 'ok' }])
  })

  it.each([
    ['10.0.%', '10.0.1.255', true],
    ['10.0.1.%', '10.0.2.0', false],
    ['10.0.0.0/255.255.0.0', '10.0.9.1', true],
    ['10.0.0.0/23', '10.0.2.1', false],
    ['10.0.1._', '10.0.1.25', false],
    ['%.example.com', '10.0.1.1', false],
    ['app.example.com/24', '10.0.1.1', false],
    ['10.0/8', '10.0.1.1', false],
    ['999.0.0.0/8', '10.0.1.1', false],
    ['10.0.0.0/', '10.0.1.1', false],
    ['10%_%', '10.0.1.1', true],
    ['%10.0.1.1__', '10.0.1.1', false],
    [`${'%_'.repeat(127)}x`, '10.0.1.1', false],
    [`${'%'.repeat(40)}x`, '10.100.100.100', false],
  ])('the host %s of an account, asked about %s: %s', (host, ip, is) => {
    expect(admits(host, ip, 'mysql')).toBe(is)
  })

  it.each([
    ['10.0.0.0/16', 'mysql', true],
    ['10.0.0.0/16', 'mariadb', false],
    ['10.0.0.0/255.255.0.0', 'mysql', true],
    ['10.0.0.0/255.255.0.0', 'mariadb', true],
  ] as const)('a network %s of an account on %s admits its addresses: %s', (host, engine, is) => {
    expect(admits(host, '10.0.9.1', engine)).toBe(is)
  })

  it('asks nothing more of a user that comes from anywhere, whatever other hosts it has', () => {
    const facts = soundFacts({
      database: settingsWith(mysql).database,
      grants: known([
        { user: 'app', host: '10.9.%' },
        { user: 'app', host: '%' },
      ]),
    })

    expect(judgePreflight(facts).filter(({ check }) => check === 'grants')).toMatchObject([
      { severity: 'ok', fact: 'No account is bound to addresses.' },
    ])
  })
})
