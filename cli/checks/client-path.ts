import { networks } from '../../functions/reconciler/config.ts'
import type { AttemptFacts, ClientPathFacts, TlsFacts } from '../facts/client-path.ts'
import { protocolOf } from '../facts/tls-protocols.ts'
import { type Finding, type Judgement, notice, ok, problem, warning } from './finding.ts'
import { sources } from './sources.ts'

const privateNetworks = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
]
const dayMs = 86_400_000

/**
 * What a consumer's machine found, in the order of the way. `nowMs` is epoch milliseconds; `command` is the one that cures
 * name.
 */
export const judgeConsumer = (
  facts: ClientPathFacts,
  nowMs: number,
  command = 'repoint doctor --consumer',
): readonly Finding[] => [
  ...as('consumer-name', judgeName(facts)),
  ...as('consumer-address', judgeAddresses(facts)),
  ...as(
    'consumer-tcp',
    facts.attempts.map(attempt => judgeTcp(facts, attempt)),
  ),
  ...as('consumer-tls', judgeTls(facts, { nowMs, command })),
]

const as = (check: string, judgements: readonly Judgement[]): Finding[] =>
  judgements.map(judgement => ({ check, ...judgement }))

const judgeName = ({ host, addresses }: ClientPathFacts): Judgement[] => {
  if (addresses.kind === 'found') return [ok(`${host} resolves to ${addresses.ips.join(', ')}.`)]
  return [
    problem(
      `${host} does not resolve here (${addresses.why}).`,
      'Associate the private hosted zone with this VPC (hosted zones do not reach over peering or a transit gateway), or use the endpoint’s own name vpce-….vpce.amazonaws.com, which resolves anywhere.',
      sources.hostedZones,
    ),
  ]
}

const judgeAddresses = ({ host, addresses }: ClientPathFacts): Judgement[] => {
  if (addresses.kind === 'none') return []
  const isPrivate = networks(privateNetworks)
  const outside = addresses.ips.filter(ip => (ip.includes(':') ? !/^(::1$|f[cd]|fe80:)/i.test(ip) : !isPrivate(ip)))
  if (outside.length === 0) return [ok(`${host} means private addresses only.`)]
  return [
    problem(
      `${host} means the public address ${outside.join(', ')} here: connections do not go over PrivateLink.`,
      'Make the private hosted zone named exactly as the host in this VPC, with an alias to the interface endpoint; switch the VPC’s DNS support and DNS hostnames on.',
      sources.vpcDns,
    ),
  ]
}

const judgeTcp = ({ port }: ClientPathFacts, { ip, tcp }: AttemptFacts): Judgement => {
  if (tcp.kind === 'connected') return ok(`${ip}:${port} accepts a connection (${tcp.ms} ms).`)
  if (tcp.code === 'ETIMEDOUT') {
    return problem(
      `${ip}:${port} does not answer: the packets are dropped on the way.`,
      'Let the clients into the interface endpoint’s security group; then look at the provider’s side: the endpoint accepted, PrivateLink enforcement, the database’s security group, a healthy target (repoint doctor there).',
      sources.endpointService,
    )
  }
  if (tcp.code === 'ECONNREFUSED' || tcp.code === 'ECONNRESET') {
    return problem(
      `${ip}:${port} refuses the connection (${tcp.code}): the load balancer or the database answered with a reset.`,
      'Check the port; on the provider’s side no target is usable, or a failover is going on: repoint status there.',
      sources.healthChecks,
    )
  }
  return problem(
    `${ip}:${port} cannot be reached (${tcp.code}).`,
    'Check the route from here to the interface endpoint’s subnets.',
  )
}

interface Judging {
  readonly nowMs: number
  readonly command: string
}

const judgeTls = (facts: ClientPathFacts, judging: Judging): Judgement[] => {
  const connected = facts.attempts.filter(({ tcp }) => tcp.kind === 'connected')
  if (connected.length > 0 && protocolOf(facts.engine) === undefined) {
    return [notice(`TLS of ${facts.engine} is not checked: doctor speaks PostgreSQL's and MySQL's way into it only.`)]
  }
  return alike(connected).flatMap(each => judgeAlike(facts, { ...each, ...judging }))
}

/** Addresses where the same was found: it is said once. */
interface Alike {
  readonly ips: readonly string[]
  readonly tls: TlsFacts
}

const alike = (attempts: readonly AttemptFacts[]): Alike[] => {
  const found = new Map<string, { ips: string[]; tls: TlsFacts }>()
  for (const { ip, tls } of attempts) {
    if (tls === undefined) continue
    const key = JSON.stringify(tls)
    const same = found.get(key)
    if (same) same.ips.push(ip)
    else found.set(key, { ips: [ip], tls })
  }
  return [...found.values()]
}

const judgeAlike = (facts: ClientPathFacts, { ips, tls, ...judging }: Alike & Judging): Judgement[] => {
  const where = ips.join(' and ')
  const s = ips.length === 1 ? 's' : ''
  if (tls.kind === 'not-offered') {
    return [
      problem(
        `${where} offer${s} no TLS: clients with sslmode=require or stricter cannot connect, the others send everything in the clear.`,
        'RDS offers TLS always, so this is not the database: check what answers at this address.',
        sources.rdsTls,
      ),
    ]
  }
  if (tls.kind === 'turned-away') {
    const isBlocked = tls.code === 1129
    return [
      problem(
        `${where} turn${s} clients away: ${tls.message} (${tls.code}).`,
        isBlocked
          ? 'The load balancer’s probes got it blocked: on the provider’s side FLUSH HOSTS or TRUNCATE performance_schema.host_cache now, and skip_name_resolve=1 for good (mysql-host-blocking).'
          : 'Look the code up in the server’s manual.',
        isBlocked ? sources.hostCache : undefined,
      ),
    ]
  }
  if (tls.kind === 'failed') {
    return [
      problem(
        `${where} accept${s} connections, and no TLS comes about: ${tls.why}.`,
        'The load balancer accepted and nobody behind it answered (a failover, no healthy target), or another protocol listens there; check --engine and repoint status on the provider’s side.',
      ),
    ]
  }
  return judgeCertificate(facts, { ips, tls, ...judging })
}

const judgeCertificate = (
  { host, hasAuthorities }: ClientPathFacts,
  { ips, tls, nowMs, command }: Alike & Judging & { readonly tls: { readonly kind: 'shaken' } },
): Judgement[] => {
  const where = ips.join(' and ')
  const judgements: Judgement[] = []
  if (tls.nameMismatch !== undefined) {
    judgements.push(
      problem(
        `The certificate at ${where} is for ${tls.names.join(', ') || 'no name'}, not for ${host}: sslmode=verify-full and VERIFY_IDENTITY fail.`,
        'Connect by the RDS endpoint’s own name: make a private hosted zone of exactly that name in the consumer’s VPC (the consumer stack does), or settle for verify-ca.',
        sources.rdsTls,
      ),
    )
  }
  if (tls.validUntilMs < nowMs) {
    judgements.push(
      problem(
        `The certificate at ${where} ended on ${day(tls.validUntilMs)}.`,
        'Rotate it on the provider’s side.',
        sources.rdsTls,
      ),
    )
  } else if (!tls.isTrusted && hasAuthorities) {
    judgements.push(
      problem(
        `The certificate at ${where} does not lead to the authorities given with --ca (${tls.whyNotTrusted ?? 'unknown'}).`,
        'Use the current bundle of the Region, or find out what answers at this address.',
        sources.rdsTls,
      ),
    )
  } else if (!tls.isTrusted) {
    judgements.push(
      notice(
        `Who issued the certificate at ${where} was not judged (${tls.whyNotTrusted ?? 'unknown'}): the authorities of RDS are in no system's store.`,
        `Give AWS’s bundle: ${command} --ca global-bundle.pem.`,
        sources.rdsTls,
      ),
    )
  }
  if (tls.validUntilMs >= nowMs && tls.validUntilMs - nowMs < 30 * dayMs) {
    judgements.push(
      warning(
        `The certificate at ${where} ends on ${day(tls.validUntilMs)}.`,
        'RDS rotates it; see that the clients trust the new authority by then.',
        sources.rdsTls,
      ),
    )
  }
  const isSound = judgements.every(({ severity }) => severity === 'notice' || severity === 'warning')
  if (isSound) {
    judgements.unshift(
      ok(
        `${where} speak${ips.length === 1 ? 's' : ''} ${tls.protocol} with a certificate for ${host}${tls.isTrusted ? ' that leads to a trusted authority' : ''}, until ${day(tls.validUntilMs)}.`,
      ),
    )
  }
  return judgements
}

const day = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : 'an unknown day')
