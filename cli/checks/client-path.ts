import { networks } from '../../functions/reconciler/config/values.ts'
import type { AttemptFacts, ClientPathFacts } from '../facts/client-path.ts'
import { type Finding, findingsOf, type Judgement, ok, problem, unknown, warning } from './finding.ts'
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
  ...findingsOf('consumer-endpoint-zones', judgeEndpointZones(facts)),
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
      'Associate the private hosted zone with this VPC (peeredVpcIds: hosted zones do not reach over peering or a transit gateway), forward the name to an inbound resolver endpoint (inboundResolver), or use the endpoint’s own name vpce-….vpce.amazonaws.com, which resolves anywhere.',
      sources.hostedZones,
    ),
  ]
}

const judgeAddresses = (facts: ClientPathFacts): Judgement[] => {
  const { host, addresses } = facts
  if (addresses.kind === 'none') return []
  const isPrivate = networks(privateNetworks)
  const outside = addresses.ips.filter(ip => (ip.includes(':') ? !/^(::1$|f[cd]|fe80:)/i.test(ip) : !isPrivate(ip)))
  if (outside.length === 0) return [judgePath(facts, addresses.ips)]
  return [
    problem(
      `${host} resolves to the public address${outside.length === 1 ? '' : 'es'} ${outside.join(', ')} here: connections do not go over PrivateLink.`,
      'Create a private hosted zone with exactly the host’s name in this VPC, with an alias to the interface endpoint; turn the VPC’s DNS support and DNS hostnames on.',
      sources.vpcDns,
    ),
  ]
}

/**
 * A private address is no endpoint's yet. RDS's names are public: outside the VPC's hosted zone they mean the writer's own
 * address, which in a network that overlaps may be a stranger's host.
 */
const judgePath = ({ host, endpoints = [] }: ClientPathFacts, ips: readonly string[]): Judgement => {
  const means = `${host} means ${ips.join(', ')} here`
  const leadsTo = endpoints.find(
    ({ addresses }) => addresses.kind === 'found' && ips.every(ip => addresses.ips.includes(ip)),
  )
  if (leadsTo !== undefined) return ok(`${means}: the endpoint ${leadsTo.name}${pathOf(leadsTo.name)}.`)
  if (endpoints.length === 0) {
    return unknown(
      `${means}. Whether these are the endpoint's addresses is not known: without a hosted zone RDS's own name means the writer's address, where networks overlap a stranger's host.`,
      'Name the endpoint with --endpoint vpce-….vpce.amazonaws.com (the console and describe-vpc-endpoints show it).',
    )
  }
  const silent = endpoints.flatMap(({ name, addresses }) =>
    addresses.kind === 'none' ? [`${name} (${addresses.why})`] : [],
  )
  if (silent.length > 0) {
    return unknown(
      `${means}. Whether these are the endpoint's addresses is not known: ${silent.join(', ')} ${silent.length === 1 ? 'does' : 'do'} not resolve here.`,
      'Check the endpoint’s name, and whether this resolver asks public DNS.',
    )
  }
  const own = endpoints.map(
    ({ name, addresses }) => `${name} (${addresses.kind === 'found' ? addresses.ips.join(', ') : ''})`,
  )
  return problem(
    `${means}, and not the endpoint ${own.join(' or ')}: connections do not go through it.`,
    'Associate the private hosted zone of exactly this name with this VPC. A peered VPC, or one behind a transit gateway, needs its own association (peeredVpcIds): hosted zones do not reach over them. A resolver of your own, or one on premises, has to forward the name to the VPC’s (inboundResolver).',
    sources.hostedZones,
  )
}

/** AWS's names tell the kind of the endpoint, and so the path. */
const pathOf = (name: string): string => {
  if (/\.vpc-lattice-rsc\./.test(name)) return ', the path through the gateway'
  return /\.vpce\.amazonaws\.com(\.cn)?$/.test(name) ? ', the path through the load balancer' : ''
}

/** Of the regional name public DNS gives an address for each interface, and so for each zone of the endpoint. */
const judgeEndpointZones = ({ endpoints = [], serviceZones }: ClientPathFacts): Judgement[] =>
  endpoints.flatMap(({ name, interfaces, addresses }) => {
    const found = interfaces ?? (addresses.kind === 'found' ? addresses.ips.length : undefined)
    if (found === undefined) return []
    if (found === 0) {
      return [
        problem(
          `${name} has no network interface: nobody comes through it.`,
          'Give the endpoint subnets in two zones that the service has too: subnets of the consumer in repoint.json, and deploy.',
          sources.endpointService,
        ),
      ]
    }
    if (found > 1) return [ok(`${name} has ${found} network interfaces, one in each of its zones.`)]
    if (serviceZones === 1) return [ok(`${name} has one network interface, in the one zone of the service.`)]
    const service = serviceZones === undefined ? '' : ` (the service is in ${serviceZones})`
    const one = interfaces === undefined ? 'has one address, so one network interface' : 'has one network interface'
    return [
      warning(
        `${name} ${one} in one Availability Zone${service}: when that zone is down, nobody comes through it.`,
        'Give the endpoint a subnet in a second zone that the service has too: subnets of the consumer in repoint.json, and deploy. If the name is that of one zone (…-eu-west-1a.…), pass the regional one.',
        sources.endpointService,
      ),
    ]
  })

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
