import { describe, expect, it } from 'vitest'
import { judgeConsumer } from '../../../cli/checks/client-path.ts'
import { findingsOf, type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { ClientPathFacts, EndpointNameFacts } from '../../../cli/facts/client-path.ts'
import { clientSees } from '../doctor-facts.ts'

const host = 'orders.abc.rds.amazonaws.com'
const ip = '10.1.0.7'
const at = (...ips: string[]): Pick<ClientPathFacts, 'addresses'> => ({ addresses: { kind: 'found', ips } })
const missing = { addresses: { kind: 'none', why: 'ENOTFOUND' } } as const
const endpoint = (name: string, ...ips: string[]): EndpointNameFacts => ({ name, ...at(...ips) })
const unresolved = (name: string): EndpointNameFacts => ({ name, ...missing })

/** What one check says of them. */
const found = (check: string, facts: Partial<ClientPathFacts>) =>
  judgeConsumer(clientSees(facts), 0).filter(finding => finding.check === check)

type Case = readonly [name: string, facts: Partial<ClientPathFacts>, expected: Judgement[]]

describe('the name', () => {
  it.each<Case>([
    ['resolves', at(ip, '10.1.1.7'), [ok(`${host} resolves to 10.1.0.7, 10.1.1.7.`)]],
    [
      'does not',
      missing,
      [
        problem(
          `${host} does not resolve here (ENOTFOUND).`,
          'Associate the private hosted zone with this VPC (peeredVpcIds: hosted zones do not reach over peering or a transit gateway), forward the name to an inbound resolver endpoint (inboundResolver), or use the endpoint’s own name vpce-….vpce.amazonaws.com, which resolves anywhere.',
          sources.hostedZones,
        ),
      ],
    ],
  ])('%s', (_, facts, expected) => {
    expect(found('consumer-name', facts)).toEqual(findingsOf('consumer-name', expected))
  })
})

describe('the addresses', () => {
  const isPublic = (addresses: string) =>
    problem(
      `${host} resolves to the public ${addresses} here: connections do not go over PrivateLink.`,
      'Create a private hosted zone with exactly the host’s name in this VPC, with an alias to the interface endpoint; turn the VPC’s DNS support and DNS hostnames on.',
      sources.vpcDns,
    )
  const isOpen = (ips: string) =>
    unknown(
      `${host} means ${ips} here. Whether these are the endpoint's addresses is not known: without a hosted zone RDS's own name means the writer's address, where networks overlap a stranger's host.`,
      'Name the endpoint with --endpoint vpce-….vpce.amazonaws.com (the console and describe-vpc-endpoints show it).',
    )
  const isSilent = (endpoints: string) =>
    unknown(
      `${host} means ${ip} here. Whether these are the endpoint's addresses is not known: ${endpoints} not resolve here.`,
      'Check the endpoint’s name, and whether this resolver asks public DNS.',
    )
  const isElsewhere = (ips: string, endpoints: string) =>
    problem(
      `${host} means ${ips} here, and not the endpoint ${endpoints}: connections do not go through it.`,
      'Associate the private hosted zone of exactly this name with this VPC. A peered VPC, or one behind a transit gateway, needs its own association (peeredVpcIds): hosted zones do not reach over them. A resolver of your own, or one on premises, has to forward the name to the VPC’s (inboundResolver).',
      sources.hostedZones,
    )
  const leads = (endpoint: string, ips = ip) => ok(`${host} means ${ips} here: the endpoint ${endpoint}.`)
  const nlb = 'vpce-1.vpce-svc-1.eu-west-1.vpce.amazonaws.com'
  const gateway = 'vpce-2.rcfg-1.4232ccc.vpc-lattice-rsc.eu-west-1.on.aws'

  it.each<Case>([
    ['are not judged where there are none', missing, []],
    ['are public', at('54.1.2.3'), [isPublic('address 54.1.2.3')]],
    ['are public, some of them', at('54.1.2.3', ip, '52.1.2.3'), [isPublic('addresses 54.1.2.3, 52.1.2.3')]],
    [
      'are public, whatever the endpoint is',
      { ...at('54.1.2.3'), endpoints: [endpoint('vpce-1', '54.1.2.3')] },
      [isPublic('address 54.1.2.3')],
    ],
    ['may be anybody’s where no endpoint is named', {}, [isOpen(ip)]],
    [
      'may be anybody’s where no endpoint is known',
      { ...at(ip, '10.1.1.7'), endpoints: [] },
      [isOpen('10.1.0.7, 10.1.1.7')],
    ],
    [
      'are an endpoint’s, some of them',
      { endpoints: [endpoint('vpce-0', '10.9.0.1'), endpoint('vpce-1', ip, '10.1.1.7')] },
      [leads('vpce-1')],
    ],
    [
      'are an endpoint’s, all of them',
      { ...at(ip, '10.1.1.7'), endpoints: [endpoint('vpce-1', '10.1.1.7', ip)] },
      [leads('vpce-1', '10.1.0.7, 10.1.1.7')],
    ],
    [
      'are an endpoint’s, and another one does not resolve',
      { endpoints: [unresolved('vpce-0'), endpoint('vpce-1', ip)] },
      [leads('vpce-1')],
    ],
    [
      'are on the path through the load balancer',
      { endpoints: [endpoint(nlb, ip)] },
      [leads(`${nlb}, the path through the load balancer`)],
    ],
    [
      'are on it in China',
      { endpoints: [endpoint(`${nlb}.cn`, ip)] },
      [leads(`${nlb}.cn, the path through the load balancer`)],
    ],
    [
      'are on the path through the gateway',
      { endpoints: [endpoint(gateway, ip)] },
      [leads(`${gateway}, the path through the gateway`)],
    ],
    [
      'are of names that only look like AWS’s',
      { endpoints: [endpoint('vpce-1.vpce.amazonaws.com.example.org', ip)] },
      [leads('vpce-1.vpce.amazonaws.com.example.org')],
    ],
    [
      'are of another name that only looks like AWS’s',
      { endpoints: [endpoint('vpc-lattice-rsc.example.org', ip)] },
      [leads('vpc-lattice-rsc.example.org')],
    ],
    [
      'are compared with an endpoint that does not resolve',
      { endpoints: [unresolved('vpce-1'), endpoint('vpce-2', '10.9.0.1')] },
      [isSilent('vpce-1 (ENOTFOUND) does')],
    ],
    [
      'are compared with two that do not',
      { endpoints: [unresolved('vpce-1'), unresolved('vpce-2')] },
      [isSilent('vpce-1 (ENOTFOUND), vpce-2 (ENOTFOUND) do')],
    ],
    ['are another host’s', { endpoints: [endpoint('vpce-1', '10.9.0.1')] }, [isElsewhere(ip, 'vpce-1 (10.9.0.1)')]],
    [
      'are not all the endpoint’s',
      { ...at(ip, '10.0.1.10'), endpoints: [endpoint('vpce-1', ip, '10.1.1.7'), endpoint('vpce-2', '10.9.0.1')] },
      [isElsewhere('10.1.0.7, 10.0.1.10', 'vpce-1 (10.1.0.7, 10.1.1.7) or vpce-2 (10.9.0.1)')],
    ],
  ])('%s', (_, facts, expected) => {
    expect(found('consumer-address', facts)).toEqual(findingsOf('consumer-address', expected))
  })

  it.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['9.255.255.255', false],
    ['11.0.0.0', false],
    ['100.64.0.1', true],
    ['100.127.255.255', true],
    ['100.63.255.255', false],
    ['100.128.0.0', false],
    ['172.16.0.1', true],
    ['172.31.255.255', true],
    ['172.15.255.255', false],
    ['172.32.0.0', false],
    ['192.168.0.1', true],
    ['192.169.0.0', false],
    ['127.0.0.1', true],
    ['169.254.1.1', true],
    ['169.255.0.0', false],
    ['::1', true],
    ['::12', false],
    ['fd00::7', true],
    ['FC00::7', true],
    ['fe80::7', true],
    ['2600:1f18::7', false],
    ['2600:fd00::7', false],
    ['2600:fe80::7', false],
    ['2600::1', false],
  ])('%s is private: %s', (address, isPrivate) => {
    const [{ severity } = {}] = found('consumer-address', at(address))

    expect(severity).toBe(isPrivate ? 'unknown' : 'problem')
  })
})

describe('an endpoint', () => {
  const single = (fact: string) =>
    warning(
      `vpce-1 ${fact}: when that zone is down, nobody comes through it.`,
      'Give the endpoint a subnet in a second zone that the service has too: subnets of the consumer in repoint.json, and deploy. If the name is that of one zone (…-eu-west-1a.…), pass the regional one.',
      sources.endpointService,
    )
  const inTwo = (name: string) => ok(`${name} has 2 network interfaces, one in each of its zones.`)
  const inTheOne = ok('vpce-1 has one network interface, in the one zone of the service.')

  it.each<Case>([
    ['is not judged where none is named', {}, []],
    ['is not judged where it does not resolve', { endpoints: [unresolved('vpce-1')] }, []],
    [
      'is in two zones, each of two',
      { endpoints: [endpoint('vpce-1', ip, '10.1.1.7'), endpoint('vpce-2', ip, '10.1.1.7')] },
      [inTwo('vpce-1'), inTwo('vpce-2')],
    ],
    [
      'is in as many as AWS shows, and not as DNS does',
      { endpoints: [{ ...endpoint('vpce-1', ip), interfaces: 2 }] },
      [inTwo('vpce-1')],
    ],
    [
      'is in two where the service is in one',
      { serviceZones: 1, endpoints: [endpoint('vpce-1', ip, '10.1.1.7')] },
      [inTwo('vpce-1')],
    ],
    [
      'is in two as AWS shows, and does not resolve',
      { endpoints: [{ ...unresolved('vpce-1'), interfaces: 2 }] },
      [inTwo('vpce-1')],
    ],
    ['is in the one zone of the service', { serviceZones: 1, endpoints: [endpoint('vpce-1', ip)] }, [inTheOne]],
    [
      'is in one zone, by its address',
      { endpoints: [endpoint('vpce-1', ip)] },
      [single('has one address, so one network interface in one Availability Zone')],
    ],
    [
      'is in one zone, as AWS shows, of two',
      { serviceZones: 2, endpoints: [{ ...endpoint('vpce-1', ip), interfaces: 1 }] },
      [single('has one network interface in one Availability Zone (the service is in 2)')],
    ],
    [
      'is in no zone',
      { serviceZones: 1, endpoints: [{ ...unresolved('vpce-1'), interfaces: 0 }] },
      [
        problem(
          'vpce-1 has no network interface: nobody comes through it.',
          'Give the endpoint subnets in two zones that the service has too: subnets of the consumer in repoint.json, and deploy.',
          sources.endpointService,
        ),
      ],
    ],
  ])('%s', (_, facts, expected) => {
    expect(found('consumer-endpoint-zones', facts)).toEqual(findingsOf('consumer-endpoint-zones', expected))
  })
})

describe('a connection', () => {
  const failed = (code: string) => ({ attempts: [{ ip, tcp: { kind: 'failed', code } as const }] })
  const reset = (code: string) =>
    problem(
      `10.1.0.7:5432 refuses the connection (${code}): the load balancer or the database answered with a reset.`,
      'Check the port. On the provider’s side no target is usable, or a failover is in progress: repoint status there.',
      sources.healthChecks,
    )

  it.each<Case>([
    ['is not tried without an address', {}, []],
    [
      'is accepted at one address and times out at another',
      {
        attempts: [
          { ip, tcp: { kind: 'connected', ms: 3 } },
          { ip: '10.1.1.7', tcp: { kind: 'failed', code: 'ETIMEDOUT' } },
        ],
      },
      [
        ok('10.1.0.7:5432 accepts a connection (3 ms).'),
        problem(
          '10.1.1.7:5432 does not answer: the packets are dropped on the path.',
          'Allow the clients in the interface endpoint’s security group; then check the provider’s side: the endpoint accepted, PrivateLink enforcement, the database’s security group, a healthy target (repoint doctor there).',
          sources.endpointService,
        ),
      ],
    ],
    ['is refused', failed('ECONNREFUSED'), [reset('ECONNREFUSED')]],
    ['is reset', failed('ECONNRESET'), [reset('ECONNRESET')]],
    [
      'has no route',
      failed('EHOSTUNREACH'),
      [
        problem(
          '10.1.0.7:5432 cannot be reached (EHOSTUNREACH).',
          'Check the route from here to the interface endpoint’s subnets.',
        ),
      ],
    ],
  ])('%s', (_, facts, expected) => {
    expect(found('consumer-tcp', facts)).toEqual(findingsOf('consumer-tcp', expected))
  })
})

describe('the whole path', () => {
  const nowMs = Date.parse('2026-11-21T00:00:00Z')
  const facts = clientSees({
    hasAuthorities: false,
    endpoints: [endpoint('vpce-1', ip, '10.1.1.7')],
    attempts: [
      {
        ip,
        tcp: { kind: 'connected', ms: 3 },
        tls: {
          kind: 'shaken',
          protocol: 'TLSv1.3',
          isTrusted: false,
          whyNotTrusted: 'SELF_SIGNED_CERT_IN_CHAIN',
          names: [host],
          validUntilMs: Date.parse('2027-11-21T00:00:00Z'),
        },
      },
    ],
  })

  it.each([
    ['repoint doctor --consumer', judgeConsumer(facts, nowMs)],
    ['repoint doctor analytics', judgeConsumer(facts, nowMs, 'repoint doctor analytics')],
  ])('is judged from the name to TLS; remedies name %s', (command, findings) => {
    expect(findings).toEqual([
      ...findingsOf('consumer-name', [ok(`${host} resolves to 10.1.0.7.`)]),
      ...findingsOf('consumer-address', [ok(`${host} means 10.1.0.7 here: the endpoint vpce-1.`)]),
      ...findingsOf('consumer-endpoint-zones', [ok('vpce-1 has 2 network interfaces, one in each of its zones.')]),
      ...findingsOf('consumer-tcp', [ok('10.1.0.7:5432 accepts a connection (3 ms).')]),
      ...findingsOf('consumer-tls', [
        ok(`10.1.0.7 uses TLSv1.3 with a certificate for ${host}, until 2027-11-21.`),
        notice(
          "The issuer of the certificate at 10.1.0.7 was not checked (SELF_SIGNED_CERT_IN_CHAIN): the authorities of RDS are in no system's store.",
          `Give AWS’s bundle: ${command} --ca global-bundle.pem.`,
          sources.rdsTls,
        ),
      ]),
    ])
  })
})
