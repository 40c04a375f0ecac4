import { BlockList } from 'node:net'
import { dialectOf } from '../facts/client/credentials.ts'
import type { SubnetFacts } from '../facts/facts.ts'
import type { GrantFacts, PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, warning, whenKnown } from './finding.ts'
import { sources } from './gateway-sources.ts'

export const grantsStatement = "SELECT user, host FROM mysql.user WHERE host NOT IN ('%', 'localhost')"

/** The database sees the gateway's addresses, as it saw the load balancer's, and never the client's. */
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
          'Look for such rules (logon triggers, firewalls, audit).',
          sources.gateway,
        ),
      ]
    }
    if (found === undefined) {
      return [
        notice(
          `${sees}: an account such as 'app'@'10.1.%' that does not cover them is refused (1045, 1130).`,
          `Run: ${grantsStatement}; — or give preflight credentials (--secret, --iam-user), and it compares.`,
          sources.accountNames,
        ),
      ]
    }
    return whenKnown([found, here.gatewaySubnets], (all, subnets) => judge(all, subnets))
  },
}

const cidrsOf = (subnets: readonly SubnetFacts[]): string => subnets.map(it => it.cidr).join(', ')

const judge = (all: readonly GrantFacts[], subnets: readonly SubnetFacts[]): readonly Judgement[] => {
  const users = [...new Set(all.map(it => it.user))]
  const left = users.filter(user => {
    const hosts = all.filter(it => it.user === user).map(it => it.host)
    return !subnets.every(({ cidr }) => edgesOf(cidr).every(ip => hosts.some(host => admits(host, ip))))
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
  return left.map(user => {
    const hosts = all.filter(it => it.user === user).map(it => `'${user}'@'${it.host}'`)
    return warning(
      `${hosts.join(', ')} does not admit all of the gateway's subnets (${cidrsOf(subnets)}): through the gateway it is refused (1045, 1130).`,
      `If it comes through PrivateLink: CREATE USER '${user}'@'<network of the gateway's subnets>' with the same grants, or RENAME USER to '${user}'@'%'.`,
      sources.accountNames,
    )
  })
}

/** First and last address of a network: patterns of MySQL cover neither, both, or cut it. */
const edgesOf = (cidr: string): readonly string[] => {
  const [ip = '0.0.0.0', bits = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const first = Math.floor(toNumber(ip) / size) * size
  return [toText(first), toText(first + size - 1)]
}

const toNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const toText = (value: number): string => [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')

/** MySQL's host of an account: wildcards, `network/mask`, `network/bits`, or one address. Host names admit nobody here. */
export const admits = (host: string, ip: string): boolean => {
  const [network = '', mask] = host.split('/')
  if (mask !== undefined) {
    const bits = mask.includes('.') ? bitsOf(mask) : Number(mask)
    if (!/^[\d.]+$/.test(network) || bits === undefined || !(bits >= 0 && bits <= 32)) return false
    const list = new BlockList()
    list.addSubnet(network, bits, 'ipv4')
    return list.check(ip, 'ipv4')
  }
  const pattern = host
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
  return new RegExp(`^${pattern}$`).test(ip)
}

const bitsOf = (mask: string): number | undefined => {
  const binary = toNumber(mask).toString(2).padStart(32, '0')
  return /^1*0*$/.test(binary) ? (binary.indexOf('0') === -1 ? 32 : binary.indexOf('0')) : undefined
}
