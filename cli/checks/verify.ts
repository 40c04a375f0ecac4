import type { AttemptFacts } from '../facts/client-path.ts'
import type { Lookups } from '../facts/name-lookups.ts'
import type { SeenPath } from '../facts/path-facts.ts'
import type { WriterNow } from '../facts/writer-now.ts'
import { pathTitles } from '../text/path-titles.ts'
import { sentence, showProof } from '../text/proof-sentence.ts'
import { type Finding, findingsOf, type Judgement, notice, ok, problem, warning } from './finding.ts'
import { judgeLookups } from './hosted-name.ts'
import type { Proof } from './log-proof.ts'
import { sources } from './sources.ts'
import { judgeTls } from './tls.ts'

/** Everything that a verification has found. */
export interface Verified {
  readonly paths: readonly SeenPath[]
  readonly lookups: Lookups
  readonly weights: { readonly nlb?: number; readonly gateway?: number } | undefined
  /** Of a path that there should be, and that could not be looked at. */
  readonly unseen?: readonly Judgement[]
  /** Absent where there is no path through a gateway. */
  readonly writer?: WriterNow
  readonly proof?: Proof
}

/** `waiting`: nothing is wrong as far as could be seen, and something could not, or the access log proves nothing yet. */
export type VerifyOutcome = 'passed' | 'failed' | 'waiting'

export const outcomeOf = ({ proof }: Pick<Verified, 'proof'>, findings: readonly Finding[]): VerifyOutcome => {
  if (findings.some(({ severity }) => severity === 'problem')) return 'failed'
  if (findings.some(({ severity }) => severity === 'unknown')) return 'waiting'
  return proof?.kind === 'proved' ? 'passed' : 'waiting'
}

/** What a verification found, judged in the order of the path. `nowMs` is epoch milliseconds. */
export const judgeVerified = (verified: Verified, nowMs: number): readonly Finding[] => {
  const { paths, lookups, weights, unseen = [] } = verified
  const isPathUnseen = unseen.some(({ severity }) => severity === 'unknown')
  return [
    ...paths.flatMap(look => judgePath(look, nowMs)),
    ...findingsOf('nlb-path', unseen),
    ...findingsOf('same-server', judgeSame(paths)),
    ...findingsOf('hosted-zone', judgeLookups(lookups, weights, isPathUnseen)),
    ...findingsOf('gateway-log', judgeLog(verified)),
  ]
}

const judgePath = (look: SeenPath, nowMs: number): Finding[] => {
  const { path, host, client } = look
  const name =
    client.addresses.kind === 'found'
      ? ok(`The ${pathTitles[path]}'s endpoint ${look.endpointId} is ${client.addresses.ips.join(', ')}.`)
      : problem(
          `${host} does not resolve here (${client.addresses.why}).`,
          'The name of an endpoint resolves anywhere once the endpoint is available: see its state, and that the resolver here may ask public names.',
        )
  return [
    ...findingsOf(`${path}-name`, [name]),
    ...findingsOf(`${path}-tcp`, judgeTcp(look)),
    ...findingsOf(`${path}-tls`, judgeHandshakes(look, nowMs)),
    ...findingsOf(`${path}-sql`, judgeSql(look)),
  ]
}

/** The step that most set-ups of a gateway miss, and what stands between a client and the database on each path. */
const pathRemedy = ({ path, securityGroupIds, port, endpointId }: SeenPath): string => {
  const groups = securityGroupIds.join(', ') || 'its security group'
  const own = `Let the clients into ${groups} of ${endpointId} on ${port}`
  return path === 'gateway'
    ? `${own}; on the provider's side the database's security group has to let in the gateway's on the database's port (the rule most often forgotten: \`repoint migrate preflight\` looks at it), and the gateway's has to let it out there.`
    : `${own}; on the provider's side \`repoint doctor\` walks the rest: PrivateLink enforcement, the database's security group, a healthy target.`
}

const judgeTcp = (look: SeenPath): Judgement[] => {
  const { attempts } = look.client
  const codes = [...new Set(attempts.flatMap(({ tcp }) => (tcp.kind === 'failed' ? [tcp.code] : [])))]
  return [
    ...attempts.flatMap(({ ip, tcp }) =>
      tcp.kind === 'connected' ? [ok(`${ip}:${look.port} accepts a connection (${tcp.ms} ms).`)] : [],
    ),
    ...codes.map(code => judgeFailed(look, code)),
  ]
}

/** Addresses that fail alike are said at once. */
const judgeFailed = (look: SeenPath, code: string): Judgement => {
  const { port, path } = look
  const failed = look.client.attempts.filter(({ tcp }) => tcp.kind === 'failed' && tcp.code === code)
  const where = `${failed.map(({ ip }) => `${ip}:${port}`).join(' and ')} (${pathTitles[path]})`
  if (code === 'ETIMEDOUT') {
    return problem(
      `No answer from ${where}: the packets are dropped on the path.`,
      pathRemedy(look),
      path === 'gateway' ? sources.resourceGateway : sources.endpointService,
    )
  }
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') {
    return problem(
      `The connection to ${where} is refused (${code}).`,
      path === 'gateway'
        ? 'The gateway reached an address where no database listens: check the port and the name that the resource configuration has; a failover may be going on.'
        : 'No target is usable, or a failover is going on: `repoint status` says which.',
    )
  }
  return problem(`${where} cannot be reached (${code}).`, "Check the route from here to the endpoint's subnets.")
}

/** Connected and then silence, or an end, is what a forgotten rule behind the endpoint looks like. */
const judgeHandshakes = (look: SeenPath, nowMs: number): readonly Judgement[] => {
  const { client } = look
  const isCut = ({ tls }: AttemptFacts): boolean => tls?.kind === 'failed'
  const judge = (attempts: readonly AttemptFacts[]) =>
    judgeTls({ ...client, attempts }, { nowMs, command: 'repoint migrate verify' })
  return [
    ...judge(client.attempts.filter(it => !isCut(it))),
    ...judge(client.attempts.filter(isCut)).map(judgement => ({ ...judgement, remedy: pathRemedy(look) })),
  ]
}

const judgeSql = (look: SeenPath): Judgement[] => {
  const { path, sql } = look
  const title = pathTitles[path]
  if (sql === undefined) return []
  if (sql.kind === 'answered') {
    const who = sql.server === undefined ? '' : ` (${sql.server})`
    if (sql.isWriter) return [ok(`Through the ${title} a login reaches a node that takes writes${who}.`)]
    return [
      problem(
        `Through the ${title} a login reaches a node that does not take writes${who}.`,
        path === 'gateway'
          ? "Check which endpoint the resource configuration names: a cluster's writer has its own child configuration."
          : '`repoint status` says where the load balancer points; `repoint resync` fixes it.',
      ),
    ]
  }
  if (sql.error === 'timeout') {
    return [problem(`Through the ${title} a login gets no answer (${sql.why}).`, pathRemedy(look))]
  }
  if (sql.error === 'login refused') {
    return [
      problem(
        `Through the ${title} the database refuses the login (${sql.why}).`,
        path === 'gateway'
          ? "Where the same login works through the load balancer, the engine grants by the client's address: it now sees the gateway's subnets, and grants such as 'app'@'10.1.%' have to have them."
          : 'Check the user, the password and the grants.',
      ),
    ]
  }
  return [problem(`Through the ${title} a login fails: ${sql.why}.`, 'Look at TCP and TLS of this path first.')]
}

const judgeSame = (paths: readonly SeenPath[]): Judgement[] => {
  const told = paths.flatMap(({ path, sql }) =>
    sql?.kind === 'answered' && sql.server ? [{ path, server: sql.server }] : [],
  )
  const [one, other] = told
  if (one === undefined || other === undefined) return []
  if (one.server === other.server) return [ok(`Both paths end at the same server, ${one.server}.`)]
  return [
    problem(
      `The ${pathTitles[one.path]} ends at ${one.server}, the ${pathTitles[other.path]} at ${other.server}.`,
      'One of them is not the writer: `repoint status` says where the load balancer points, the access log where the gateway does. Verify again when no failover is going on.',
    ),
  ]
}

const judgeLog = ({ proof, writer }: Verified): Judgement[] => {
  if (proof === undefined) return []
  const says = showProof(proof)
  if (proof.kind === 'proved') return [ok(sentence(`${says}${writer?.kind === 'settled' ? ` (${writer.by})` : ''}`))]
  if (proof.kind === 'disproved') {
    return [
      problem(
        sentence(says),
        'Check the name or ARN that the resource configuration has. After a failover: verify again in a minute; if it stays, the gateway does not follow, and clients have to stay on the load balancer (repoint migrate rollback).',
        sources.accessLog,
      ),
    ]
  }
  if (proof.kind === 'not-tried') return [warning(`Nothing is proved: ${says}.`, 'Fix that, then verify again.')]
  return [notice(`Not proved yet: ${says}.`, undefined, sources.accessLog)]
}
