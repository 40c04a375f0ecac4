import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { grants, mysqlHostBlocking } from '../../../cli/checks/mysql-hosts.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { ParameterFacts, Parameters } from '../../../cli/facts/parameters.ts'
import { settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'
import { type Changes, gatewaySubnets, settingsWith, soundFacts } from '../migrate-facts.ts'

const aParameter = (value?: string, changes: Partial<ParameterFacts> = {}): ParameterFacts => ({
  ...(value === undefined ? {} : { value }),
  group: 'orders-mysql8',
  isModifiable: true,
  isPending: false,
  ...changes,
})
const fixed = { isModifiable: false }
const probedEvery = (intervalSeconds: number) =>
  known({ ...targetGroup, healthCheck: { ...targetGroup.healthCheck, intervalSeconds } })

const blocked = (state: string, after = '17 minutes or less without a login') =>
  `${state}: after ${after} the server answers every consumer behind that node of the load balancer with “Host is blocked” (1129).`
const setSkip =
  'Set skip_name_resolve=1 in orders-mysql8 (grants must then name addresses or %); then set mysqlHostBlocking.'
const raise = (where: string) => `Raise max_connect_errors to 1000000 or more in ${where}; then set mysqlHostBlocking.`
const notOffered = notice(
  'The parameter group has no skip_name_resolve: whether RDS lets you set it for this engine version is unconfirmed.',
  'Read it from the server: SELECT @@skip_name_resolve, @@max_connect_errors; on MySQL also SELECT ip, sum_connect_errors FROM performance_schema.host_cache (an empty table proves nothing: with performance_schema off, MariaDB’s default, it is always empty).',
)
const emptyTable = (state: string) =>
  notice(
    `performance_schema is ${state}: performance_schema.host_cache is empty there whatever is blocked, and TRUNCATE of it unblocks nobody.`,
    'To unblock on MariaDB: FLUSH HOSTS.',
    sources.mariadbHosts,
  )
const raised = (limit: number) =>
  notice(
    `max_connect_errors is ${limit}: the server blocks the load balancer only after that many probes in a row without a login.`,
    'skip_name_resolve=1 removes the blocking altogether.',
    sources.hostCache,
  )
const byDefault = 'max_connect_errors is 100 (the engine’s default; RDS’s is unconfirmed)'

describe('blocked hosts', () => {
  const judge = (engine: string, parameters: Parameters, targetGroup = probedEvery(10)) =>
    mysqlHostBlocking.judge(someFacts({ settings: settingsOf({ engine }), parameters: known(parameters), targetGroup }))

  it.each<[name: string, parameters: Parameters, expected: Judgement[]]>([
    [
      'skip_name_resolve rules them out',
      { skip_name_resolve: aParameter('1') },
      [ok('skip_name_resolve is on (orders-mysql8): no host is ever blocked.')],
    ],
    [
      'it does so whatever max_connect_errors is',
      { skip_name_resolve: aParameter('1'), max_connect_errors: aParameter('100') },
      [ok('skip_name_resolve is on (orders-mysql8): no host is ever blocked.')],
    ],
    [
      'nobody knows from a max_connect_errors that is no number',
      { skip_name_resolve: aParameter('0'), max_connect_errors: aParameter('{DBInstanceClassMemory/1}') },
      [
        unknown(
          'max_connect_errors is {DBInstanceClassMemory/1} in orders-mysql8, which is no number: after how many probes without a login the server blocks the load balancer is not known.',
          'Read it from the server: SELECT @@max_connect_errors.',
        ),
      ],
    ],
    [
      'skip_name_resolve that waits for a reboot does not rule them out yet',
      { skip_name_resolve: aParameter('ON', { isPending: true }) },
      [
        warning(
          'skip_name_resolve=1 is set in orders-mysql8 and waits for a reboot: until then the server can block the load balancer.',
          'Reboot the database (repoint drill reboots it with failover, and times it).',
          sources.hostCache,
        ),
      ],
    ],
    [
      'of parameters that are not set the engine’s default counts',
      { skip_name_resolve: aParameter(), max_connect_errors: aParameter() },
      [problem(blocked(`${byDefault} and skip_name_resolve is not set`), setSkip, sources.hostCache)],
    ],
    [
      'a limit that is set is said without the doubt about the default',
      { skip_name_resolve: aParameter('0'), max_connect_errors: aParameter('100') },
      [problem(blocked('max_connect_errors is 100 and skip_name_resolve is off'), setSkip, sources.hostCache)],
    ],
    [
      'a static parameter needs a reboot',
      { skip_name_resolve: aParameter('OFF', { applyType: 'static' }), max_connect_errors: aParameter('100') },
      [
        problem(
          blocked('max_connect_errors is 100 and skip_name_resolve is off'),
          'Set skip_name_resolve=1 in orders-mysql8 (grants must then name addresses or %) and reboot; then set mysqlHostBlocking.',
          sources.hostCache,
        ),
      ],
    ],
    [
      'a dynamic skip_name_resolve needs none',
      { skip_name_resolve: aParameter('0', { applyType: 'dynamic' }), max_connect_errors: aParameter('100') },
      [problem(blocked('max_connect_errors is 100 and skip_name_resolve is off'), setSkip, sources.hostCache)],
    ],
    [
      'where skip_name_resolve cannot be set, the limit is raised, in its own group',
      {
        skip_name_resolve: aParameter('0', fixed),
        max_connect_errors: aParameter('100', { group: 'orders-cluster', applyType: 'dynamic' }),
      },
      [
        problem(
          blocked('max_connect_errors is 100 and skip_name_resolve is off'),
          raise('orders-cluster (no reboot)'),
          sources.hostCache,
        ),
      ],
    ],
    [
      'a static limit is not said to need no reboot',
      {
        skip_name_resolve: aParameter('0', fixed),
        max_connect_errors: aParameter('100', { applyType: 'static' }),
      },
      [
        problem(
          blocked('max_connect_errors is 100 and skip_name_resolve is off'),
          raise('orders-mysql8'),
          sources.hostCache,
        ),
      ],
    ],
    [
      'where the group has neither, it says so',
      {},
      [
        problem(
          blocked(`${byDefault} and skip_name_resolve is not set`),
          raise('the parameter group'),
          sources.hostCache,
        ),
        notOffered,
      ],
    ],
    ['a limit of a million probes is high', { max_connect_errors: aParameter('1000000') }, [raised(1_000_000)]],
    ['a higher one, too', { max_connect_errors: aParameter('2000000') }, [raised(2_000_000)]],
    [
      'one less is not, and takes as long as it takes',
      { skip_name_resolve: aParameter('0'), max_connect_errors: aParameter('999999') },
      [
        problem(
          blocked(
            'max_connect_errors is 999999 and skip_name_resolve is off',
            '166667 minutes or less without a login',
          ),
          setSkip,
          sources.hostCache,
        ),
      ],
    ],
    [
      'MySQL keeps no errors without a host cache, which nobody confirmed on RDS',
      { skip_name_resolve: aParameter('0'), host_cache_size: aParameter('0') },
      [
        notice(
          'host_cache_size is 0 (orders-mysql8): no connection errors are kept to block a host by. UNCONFIRMED on RDS.',
          'skip_name_resolve=1 removes the blocking for certain.',
          sources.hostCache,
        ),
      ],
    ],
    [
      'a host cache with room changes nothing',
      {
        skip_name_resolve: aParameter('0'),
        max_connect_errors: aParameter('100'),
        host_cache_size: aParameter('128'),
      },
      [problem(blocked('max_connect_errors is 100 and skip_name_resolve is off'), setSkip, sources.hostCache)],
    ],
  ])('of MySQL: %s', (_, parameters, expected) => {
    expect(judge('mysql', parameters)).toEqual(expected)
  })

  it.each(['1', 'ON', 'on', 'TRUE', 'true'])('are ruled out by skip_name_resolve %s', value => {
    expect(judge('mysql', { skip_name_resolve: aParameter(value) })).toMatchObject([{ severity: 'ok' }])
  })

  it.each<[name: string, schema: Parameters, notices: Judgement[]]>([
    ['performance_schema is on, which shows them', { performance_schema: aParameter('1') }, []],
    ['performance_schema is not there', {}, [emptyTable('not set, and off by MariaDB’s default')]],
    [
      'performance_schema is not set',
      { performance_schema: aParameter() },
      [emptyTable('not set, and off by MariaDB’s default')],
    ],
    ['performance_schema is off', { performance_schema: aParameter('0') }, [emptyTable('off')]],
  ])('of MariaDB where %s', (_, schema, notices) => {
    const limits = { skip_name_resolve: aParameter('0'), max_connect_errors: aParameter('100') }

    expect(judge('mariadb', { ...limits, ...schema })).toEqual([
      ...notices,
      problem(blocked('max_connect_errors is 100 and skip_name_resolve is off'), setSkip, sources.hostCache),
    ])
  })

  it('do not exist on MariaDB without a host cache', () => {
    expect(judge('mariadb', { host_cache_size: aParameter('0') })).toEqual([
      ok('host_cache_size is 0 (orders-mysql8): no host is ever blocked.'),
    ])
  })

  it.each([
    ['10', 100, '17 minutes or less without a login'],
    ['5', 100, '8 minutes or less without a login'],
    ['6', 15, '2 minutes or less without a login'],
    ['5', 12, '1 minute or less without a login'],
    ['5', 1, '1 minute or less without a login'],
  ])('are there, with a probe every %s s and a limit of %i, after %s', (seconds, limit, after) => {
    const parameters = { skip_name_resolve: aParameter('0'), max_connect_errors: aParameter(String(limit)) }
    const fact = blocked(`max_connect_errors is ${limit} and skip_name_resolve is off`, after)

    expect(judge('aurora-mysql', parameters, probedEvery(Number(seconds)))).toEqual([
      problem(fact, setSkip, sources.hostCache),
    ])
  })

  it('come after so many probes where the interval is not known', () => {
    const parameters = { skip_name_resolve: aParameter('0'), max_connect_errors: aParameter('100') }
    const fact = blocked('max_connect_errors is 100 and skip_name_resolve is off', '100 probes without a login')

    for (const targetGroup of [notKnown('denied'), none('gone')]) {
      const settings = settingsOf({ engine: 'mysql' })
      expect(mysqlHostBlocking.judge(someFacts({ settings, parameters: known(parameters), targetGroup }))).toEqual([
        problem(fact, setSkip, sources.hostCache),
      ])
    }
  })

  it.each<[engine: string, expected: Judgement[]]>([
    ['postgres', []],
    ['sqlserver', []],
    ['mysql', [unknown('denied')]],
    ['aurora-mysql', [unknown('denied')]],
    ['mariadb', [unknown('denied')]],
  ])('of %s, where the parameters cannot be read', (engine, expected) => {
    const facts = someFacts({ settings: settingsOf({ engine }), parameters: notKnown('denied') })

    expect(mysqlHostBlocking.judge(facts)).toEqual(expected)
  })
})

describe('accounts that are bound to addresses', () => {
  const network = '10.0.1.0/24, 10.0.2.0/24'
  const sees = `The database sees connections come from the gateway's subnets (${network})`
  const unread = { gatewaySubnets: notKnown('Not allowed: ec2:DescribeSubnets.') }
  const of = (engine: string) => settingsWith({ engine }).database
  const bound = (...hosts: [user: string, host: string][]): Changes => ({
    database: of('mysql'),
    grants: known(hosts.map(([user, host]) => ({ user, host }))),
  })
  const refused = (accounts: string, user: string, name = 'network') =>
    warning(
      `${accounts} does not admit all of the gateway's subnets (${network}): through the gateway it is refused (1045, 1130).`,
      `If it comes through PrivateLink: CREATE USER '${user}'@'<${name} of the gateway's subnets>' with the same grants, or RENAME USER to '${user}'@'%'.`,
      sources.accountNames,
    )
  const admitted = ok(`Every account that is bound to addresses admits ${network}.`)
  const unbound = ok('No account is bound to addresses.')
  const notAsked = (where: string, statement: string) =>
    notice(
      `${where}: an account such as 'app'@'10.1.%' that does not cover them is refused (1045, 1130).`,
      `Run: ${statement}; — or give preflight credentials (--secret, --iam-user), and it compares.`,
      sources.accountNames,
    )
  const onMysql = "SELECT User AS `user`, Host AS `host` FROM mysql.user WHERE account_locked = 'N'"
  const onMariadb = "SELECT User AS `user`, Host AS `host` FROM mysql.user WHERE is_role = 'N'"
  const nothingBinds =
    'nothing on RDS for PostgreSQL binds a user to addresses (pg_hba.conf is AWS’s). Your own audit rules may.'

  it.each<[name: string, changes: Changes, expected: Judgement[]]>([
    ['PostgreSQL has none', { database: of('postgres') }, [ok(`${sees}; ${nothingBinds}`)]],
    [
      'PostgreSQL has none wherever the gateway is',
      { database: of('aurora-postgresql'), here: unread },
      [ok(`The database sees connections come from the gateway's subnets; ${nothingBinds}`)],
    ],
    [
      'of another engine the rules are its owner’s',
      { database: of('sqlserver') },
      [
        notice(
          `${sees}: rules of sqlserver that go by the client's address have to admit them.`,
          'Check for such rules (logon triggers, firewalls, audit).',
          sources.resourceGateway,
        ),
      ],
    ],
    ['MySQL was not asked', { database: of('mysql') }, [notAsked(sees, onMysql)]],
    ['MariaDB was not asked', { database: of('mariadb') }, [notAsked(sees, onMariadb)]],
    [
      'nobody was asked, and the subnets are not known',
      { database: of('mysql'), here: unread },
      [notAsked("The database sees connections come from the gateway's subnets", onMysql)],
    ],
    [
      'the accounts could not be read',
      { database: of('mysql'), grants: notKnown('Access denied.') },
      [unknown('Access denied.')],
    ],
    [
      'the subnets could not be read',
      { ...bound(['app', '10.9.%']), here: unread },
      [unknown('Not allowed: ec2:DescribeSubnets.')],
    ],
    ['there is no account', bound(), [unbound]],
    ['an account comes from anywhere', bound(['app', '%'], ['app', '10.9.%']), [unbound]],
    ['an account covers every subnet', bound(['app', '10.0.%']), [admitted]],
    ['two hosts of one user cover one subnet each', bound(['app', '10.0.1.%'], ['app', '10.0.2.%']), [admitted]],
    ['an account covers one subnet of two', bound(['app', '10.0.1.%']), [refused("'app'@'10.0.1.%'", 'app')]],
    [
      'an account covers the first address of each subnet alone',
      bound(['app', '10.0.1.0'], ['app', '10.0.2.0']),
      [refused("'app'@'10.0.1.0', 'app'@'10.0.2.0'", 'app')],
    ],
    [
      'the hosts of another user are no help',
      bound(['app', '10.0.1.%'], ['report', '10.0.%']),
      [refused("'app'@'10.0.1.%'", 'app')],
    ],
    [
      'each user that is refused is named once',
      bound(['app', '10.9.%'], ['report', '10.8.%'], ['app', '10.7.%'], ['all', '%']),
      [refused("'app'@'10.9.%', 'app'@'10.7.%'", 'app'), refused("'report'@'10.8.%'", 'report')],
    ],
    [
      'MariaDB takes a network with its mask alone',
      { ...bound(['app', '10.0.0.0/16']), database: of('mariadb') },
      [refused("'app'@'10.0.0.0/16'", 'app', 'network/netmask')],
    ],
    [
      'one subnet is compared alone',
      { ...bound(['app', '10.0.1.%']), here: { gatewaySubnets: known(gatewaySubnets.slice(0, 1)) } },
      [ok('Every account that is bound to addresses admits 10.0.1.0/24.')],
    ],
  ])('where %s', (_, changes, expected) => {
    expect(grants.judge(soundFacts(changes))).toEqual(expected)
  })
})
