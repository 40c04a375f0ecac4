import type { AttemptFacts, ClientPathFacts, TlsFacts } from '../facts/client-path.ts'
import { protocolOf } from '../facts/tls-protocols.ts'
import { type Judgement, notice, ok, problem, unknown, warning } from './finding.ts'
import { sources } from './sources.ts'

const dayMs = 86_400_000

export interface Judging {
  readonly nowMs: number
  readonly command: string
}

/** What the TLS handshakes of a client's path showed, said once for addresses where it was the same. */
export const judgeTls = (facts: ClientPathFacts, judging: Judging): Judgement[] => {
  const connected = facts.attempts.filter(({ tcp }) => tcp.kind === 'connected')
  if (connected.length > 0 && protocolOf(facts.engine) === undefined) {
    if (facts.engine === '') return [notice('TLS is not checked: pass --engine, which the settings do not say.')]
    return [
      notice(
        `TLS of engine ${facts.engine} is not checked: only PostgreSQL's and MySQL's upgrade to TLS is known here.`,
      ),
    ]
  }
  return alike(connected).flatMap(each => judgeAlike(facts, { ...each, ...judging }))
}

/** Addresses with the same result: one finding. */
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
        `${where} offer${s} no TLS: clients with sslmode=require or stricter cannot connect, the others send everything unencrypted.`,
        'RDS offers TLS always, so this is not the database: check which server answers at this address.',
        sources.rdsTls,
      ),
    ]
  }
  if (tls.kind === 'turned-away') {
    const isBlocked = tls.code === 1129
    return [
      problem(
        `${where} refuse${s} clients: ${tls.message} (${tls.code}).`,
        isBlocked
          ? `The load balancer’s probes caused the block: on the provider’s side ${facts.engine === 'mariadb' ? 'FLUSH HOSTS' : 'TRUNCATE performance_schema.host_cache'} now, and skip_name_resolve=1 permanently (mysql-host-blocking).`
          : 'Find the code in the server’s manual.',
        isBlocked ? sources.hostCache : undefined,
      ),
    ]
  }
  if (tls.kind === 'failed') {
    return [
      problem(
        `${where} accept${s} connections, and the TLS handshake fails: ${tls.why}.`,
        'The load balancer accepted and no server behind it answered (a failover, no healthy target), or another protocol listens there; check --engine and repoint status on the provider’s side.',
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
        'Connect by the RDS endpoint’s own name: create a private hosted zone of exactly that name in the consumer’s VPC (the consumer stack does), or use verify-ca.',
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
        `The certificate at ${where} is not signed by the authorities given with --ca (${tls.whyNotTrusted ?? 'unknown'}).`,
        'Use the current bundle of the Region, or find out which server answers at this address.',
        sources.rdsTls,
      ),
    )
  } else if (!tls.isTrusted) {
    judgements.push(
      notice(
        `The issuer of the certificate at ${where} was not checked (${tls.whyNotTrusted ?? 'unknown'}): the authorities of RDS are in no system's store.`,
        `Give AWS’s bundle: ${command} --ca global-bundle.pem.`,
        sources.rdsTls,
      ),
    )
  }
  if (!Number.isFinite(tls.validUntilMs)) {
    judgements.push(unknown(`The certificate at ${where} shows no day on which it ends.`))
  }
  if (tls.validUntilMs >= nowMs && tls.validUntilMs - nowMs < 30 * dayMs) {
    judgements.push(
      warning(
        `The certificate at ${where} ends on ${day(tls.validUntilMs)}.`,
        'RDS rotates it; make sure that the clients trust the new authority by then.',
        sources.rdsTls,
      ),
    )
  }
  const isSound = judgements.every(({ severity }) => severity === 'notice' || severity === 'warning')
  if (isSound) {
    judgements.unshift(
      ok(
        `${where} use${ips.length === 1 ? 's' : ''} ${tls.protocol} with a certificate for ${host}${tls.isTrusted ? ' from a trusted authority' : ''}, until ${day(tls.validUntilMs)}.`,
      ),
    )
  }
  return judgements
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
