import { networks } from '../../functions/reconciler/config.ts'
import type { AttemptFacts, ClientPathFacts } from '../facts/client-path.ts'
import { type Finding, findingsOf, type Judgement, ok, problem } from './finding.ts'
import { sources } from './sources.ts'
import { judgeTls } from './tls.ts'

const privateNetworks = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
]

/**
 * What a consumer's machine found, in the order of the path. `nowMs` is epoch milliseconds; `command` is the one that
 * remedies name.
 */
export const judgeConsumer = (
  facts: ClientPathFacts,
  nowMs: number,
  command = 'repoint doctor --consumer',
): readonly Finding[] => [
  ...findingsOf('consumer-name', judgeName(facts)),
  ...findingsOf('consumer-address', judgeAddresses(facts)),
  ...findingsOf(
    'consumer-tcp',
    facts.attempts.map(attempt => judgeTcp(facts, attempt)),
  ),
  ...findingsOf('consumer-tls', judgeTls(facts, { nowMs, command })),
]

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
  if (outside.length === 0) return [ok(`${host} resolves to private addresses only.`)]
  return [
    problem(
      `${host} resolves to the public address ${outside.join(', ')} here: connections do not go over PrivateLink.`,
      'Create a private hosted zone with exactly the host’s name in this VPC, with an alias to the interface endpoint; turn the VPC’s DNS support and DNS hostnames on.',
      sources.vpcDns,
    ),
  ]
}

const judgeTcp = ({ port }: ClientPathFacts, { ip, tcp }: AttemptFacts): Judgement => {
  if (tcp.kind === 'connected') return ok(`${ip}:${port} accepts a connection (${tcp.ms} ms).`)
  if (tcp.code === 'ETIMEDOUT') {
    return problem(
      `${ip}:${port} does not answer: the packets are dropped on the path.`,
      'Allow the clients in the interface endpoint’s security group; then check the provider’s side: the endpoint accepted, PrivateLink enforcement, the database’s security group, a healthy target (repoint doctor there).',
      sources.endpointService,
    )
  }
  if (tcp.code === 'ECONNREFUSED' || tcp.code === 'ECONNRESET') {
    return problem(
      `${ip}:${port} refuses the connection (${tcp.code}): the load balancer or the database answered with a reset.`,
      'Check the port. On the provider’s side no target is usable, or a failover is in progress: repoint status there.',
      sources.healthChecks,
    )
  }
  return problem(
    `${ip}:${port} cannot be reached (${tcp.code}).`,
    'Check the route from here to the interface endpoint’s subnets.',
  )
}
