import { blocksHosts, type Engine } from '../../infra/app/settings/engines.ts'
import { dialectOf } from '../facts/client/credentials.ts'
import { type GrantFacts, grantsStatement } from '../facts/client/mysql-accounts.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { ParameterFacts, Parameters } from '../facts/parameters.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import type { SubnetFacts } from '../facts/vpc.ts'
import { admits, edgesOf } from './account-hosts.ts'
import { type Check, type Judgement, notice, ok, problem, unknown, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** MySQL's default of max_connect_errors. */
const defaultErrors = 100

const highErrors = 1_000_000

/**
 * Each TCP probe is an unfinished handshake. After max_connect_errors of them in a row without a login the server
 * answers error 1129 to that node of the load balancer, and so to every consumer behind it, while the TCP check stays
 * healthy. With skip_name_resolve there is no host to block.
 */
export const mysqlHostBlocking: Check<DoctorFacts> = {
  name: 'mysql-host-blocking',
  question: 'Can MySQL or MariaDB block the load balancer’s addresses?',
  judge: facts => {
    if (!blocksHosts(facts.settings.engine)) return []
    return whenKnown([facts.parameters], parameters => judgeBlocking(facts, parameters))
  },
}

const judgeBlocking = (facts: DoctorFacts, parameters: Parameters): readonly Judgement[] => {
  const skip = parameters.skip_name_resolve
  const errors = parameters.max_connect_errors
  if (isOn(skip)) {
    if (skip?.isPending) {
      return [
        warning(
          `skip_name_resolve=1 is set in ${skip.group} and waits for a reboot: until then the server can block the load balancer.`,
          'Reboot the database (repoint drill reboots it with failover, and times it).',
          sources.hostCache,
        ),
      ]
    }
    return [ok(`skip_name_resolve is on (${skip?.group}): no host is ever blocked.`)]
  }
  const cache = parameters.host_cache_size
  if (cache?.value === '0') return [judgeWithoutCache(facts, cache)]
  const limit = errors?.value === undefined ? defaultErrors : Number(errors.value)
  if (!Number.isFinite(limit)) {
    return [
      ...judgeTable(facts, parameters),
      unknown(
        `max_connect_errors is ${errors?.value} in ${errors?.group}, which is no number: after how many probes without a login the server blocks the load balancer is not known.`,
        'Read it from the server: SELECT @@max_connect_errors.',
      ),
    ]
  }
  if (limit >= highErrors) {
    return [
      notice(
        `max_connect_errors is ${limit}: the server blocks the load balancer only after that many probes in a row without a login.`,
        'skip_name_resolve=1 removes the blocking altogether.',
        sources.hostCache,
      ),
    ]
  }
  return [
    ...judgeTable(facts, parameters),
    problem(
      `max_connect_errors is ${limit}${errors?.value === undefined ? ' (the engine’s default; RDS’s is unconfirmed)' : ''} and skip_name_resolve is ${skip?.value === undefined ? 'not set' : 'off'}: ${blockedAfter(facts, limit)} the server answers every consumer behind that node of the load balancer with “Host is blocked” (1129).`,
      remedyFor(skip, errors),
      sources.hostCache,
    ),
    ...(skip === undefined
      ? [
          notice(
            'The parameter group has no skip_name_resolve: whether RDS lets you set it for this engine version is unconfirmed.',
            'Read it from the server: SELECT @@skip_name_resolve, @@max_connect_errors; on MySQL also SELECT ip, sum_connect_errors FROM performance_schema.host_cache (an empty table proves nothing: with performance_schema off, MariaDB’s default, it is always empty).',
          ),
        ]
      : []),
  ]
}

/** Measured on MariaDB 10.11: without a cache nobody is blocked. MySQL's manual says only what it does to look-ups. */
const judgeWithoutCache = ({ settings }: DoctorFacts, { group }: ParameterFacts): Judgement =>
  settings.engine === 'mariadb'
    ? ok(`host_cache_size is 0 (${group}): no host is ever blocked.`)
    : notice(
        `host_cache_size is 0 (${group}): no connection errors are kept to block a host by. UNCONFIRMED on RDS.`,
        'skip_name_resolve=1 removes the blocking for certain.',
        sources.hostCache,
      )

/** Where one would look for blocked hosts there may be nothing to see. */
const judgeTable = ({ settings }: DoctorFacts, { performance_schema: schema }: Parameters): readonly Judgement[] =>
  settings.engine === 'mariadb' && !isOn(schema)
    ? [
        notice(
          `performance_schema is ${schema?.value === undefined ? 'not set, and off by MariaDB’s default' : 'off'}: performance_schema.host_cache is empty there whatever is blocked, and TRUNCATE of it unblocks nobody.`,
          'To unblock on MariaDB: FLUSH HOSTS.',
          sources.mariadbHosts,
        ),
      ]
    : []

const isOn = (parameter: ParameterFacts | undefined): boolean =>
  ['1', 'ON', 'TRUE'].includes((parameter?.value ?? '').toUpperCase())

const blockedAfter = ({ targetGroup }: DoctorFacts, limit: number): string => {
  if (targetGroup.kind !== 'known') return `after ${limit} probes without a login`
  const seconds = limit * targetGroup.value.healthCheck.intervalSeconds
  const minutes = Math.max(1, Math.round(seconds / 60))
  return `after ${minutes} minute${minutes === 1 ? '' : 's'} or less without a login`
}

const remedyFor = (skip: ParameterFacts | undefined, errors: ParameterFacts | undefined): string => {
  if (skip?.isModifiable) {
    return `Set skip_name_resolve=1 in ${skip.group} (grants must then name addresses or %)${skip.applyType === 'static' ? ' and reboot' : ''}; then set mysqlHostBlocking.`
  }
  const where = errors?.group ?? 'the parameter group'
  return `Raise max_connect_errors to ${highErrors} or more in ${where}${errors?.applyType === 'dynamic' ? ' (no reboot)' : ''}; then set mysqlHostBlocking.`
}

/** Connections come from the gateway's addresses, as they came from the load balancer's, and never from the client's. */
export const grants: Check<PreflightFacts> = {
  name: 'grants',
  question: 'Do accounts that are bound to addresses admit the gateway’s?',
  judge: ({ database, here, grants: found }) => {
    const dialect = dialectOf(database.engine)
    const from = cidrsOf(here.gatewaySubnets.kind === 'known' ? here.gatewaySubnets.value : [])
    const sees = `The database sees connections come from the gateway's subnets${from === '' ? '' : ` (${from})`}`
    if (dialect === 'postgres') {
      return [
        ok(
          `${sees}; nothing on RDS for PostgreSQL binds a user to addresses (pg_hba.conf is AWS’s). Your own audit rules may.`,
        ),
      ]
    }
    if (dialect === undefined) {
      return [
        notice(
          `${sees}: rules of ${database.engine} that go by the client's address have to admit them.`,
          'Check for such rules (logon triggers, firewalls, audit).',
          sources.resourceGateway,
        ),
      ]
    }
    if (found === undefined) {
      return [
        notice(
          `${sees}: an account such as 'app'@'10.1.%' that does not cover them is refused (1045, 1130).`,
          `Run: ${grantsStatement(database.engine)}; — or give preflight credentials (--secret, --iam-user), and it compares.`,
          sources.accountNames,
        ),
      ]
    }
    return whenKnown([found, here.gatewaySubnets], (all, subnets) =>
      judgeGrants(all, { subnets, engine: database.engine }),
    )
  },
}

const cidrsOf = (subnets: readonly SubnetFacts[]): string => subnets.map(it => it.cidr).join(', ')

interface Seeing {
  readonly subnets: readonly SubnetFacts[]
  readonly engine: Engine
}

const judgeGrants = (all: readonly GrantFacts[], { subnets, engine }: Seeing): readonly Judgement[] => {
  const anywhere = new Set(all.filter(it => it.host === '%').map(it => it.user))
  // By whichever of its hosts a user gets in.
  const users = [...new Set(all.map(it => it.user))].filter(user => !anywhere.has(user))
  const left = users.filter(user => {
    const hosts = all.filter(it => it.user === user).map(it => it.host)
    return !subnets.every(({ cidr }) => edgesOf(cidr).every(ip => hosts.some(host => admits(host, ip, engine))))
  })
  if (left.length === 0) {
    return [
      ok(
        users.length === 0
          ? 'No account is bound to addresses.'
          : `Every account that is bound to addresses admits ${cidrsOf(subnets)}.`,
      ),
    ]
  }
  const network = engine === 'mariadb' ? 'network/netmask' : 'network'
  return left.map(user => {
    const hosts = all.filter(it => it.user === user).map(it => `'${user}'@'${it.host}'`)
    return warning(
      `${hosts.join(', ')} does not admit all of the gateway's subnets (${cidrsOf(subnets)}): through the gateway it is refused (1045, 1130).`,
      `If it comes through PrivateLink: CREATE USER '${user}'@'<${network} of the gateway's subnets>' with the same grants, or RENAME USER to '${user}'@'%'.`,
      sources.accountNames,
    )
  })
}
