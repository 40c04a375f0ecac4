import { expect, it } from 'vitest'
import {
  findingsOf,
  type Judgement,
  judgeAll,
  notice,
  ok,
  problem,
  unknown,
  warning,
} from '../../../cli/checks/finding.ts'
import { endpointService, privateLinkEnforcement, usesPrivateLink } from '../../../cli/checks/private-link.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import type { ConnectionFacts, EndpointServiceFacts } from '../../../cli/facts/endpoint-services.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { endpointService as aService, loadBalancer, rule, settingsOf, someFacts } from '../doctor-facts.ts'

const denied = notKnown('denied')
const noBalancer = none('There is no load balancer.')
const clients = settingsOf({ exposure: { clientCidrs: ['10.8.0.0/16', '10.9.0.0/16'] } })
const unwanted = settingsOf({ exposure: { endpointService: false, clientCidrs: ['10.8.0.0/16', '10.9.0.0/16'] } })

it.each<[string, Partial<DoctorFacts>, Gathered<boolean>]>([
  ['used where a service is there, whatever is wanted', { settings: unwanted }, known(true)],
  ['not used where no service is there, whatever is wanted', { endpointServices: known([]) }, known(false)],
  ['wanted before there is a load balancer', { endpointServices: noBalancer }, known(true)],
  ['not wanted before there is a load balancer', { endpointServices: noBalancer, settings: unwanted }, known(false)],
  ['not known where the services may not be read', { endpointServices: denied, settings: unwanted }, denied],
])('PrivateLink is %s', (_, changes, expected) => {
  expect(usesPrivateLink(someFacts(changes))).toEqual(expected)
})

const services = (...changes: Partial<EndpointServiceFacts>[]): Partial<DoctorFacts> => ({
  endpointServices: known(changes.map(it => ({ ...aService, ...it }))),
})
const connected = (...states: string[]): Gathered<readonly ConnectionFacts[]> =>
  known(states.map((state, index) => ({ endpointId: `vpce-${index + 1}`, owner: `${index + 1}`.repeat(12), state })))
const isAvailable = (endpoints: string) => ok(`com.amazonaws.vpce.eu-west-1.vpce-svc-1 is available with ${endpoints}.`)
const isFailed = problem(
  'The endpoint service vpce-svc-1 is Failed.',
  'Check it in the VPC console.',
  sources.endpointService,
)
const waits = (endpoint: string, account: string) =>
  warning(
    `The endpoint ${endpoint} of account ${account} waits to be accepted: its consumers cannot connect.`,
    `aws ec2 accept-vpc-endpoint-connections --service-id vpce-svc-1 --vpc-endpoint-ids ${endpoint}`,
    sources.endpointService,
  )
const noPrincipal = (id: string) =>
  warning(
    `The endpoint service ${id} allows no principal: only this account can create endpoints to it.`,
    'Name the consumers in exposure.allowedPrincipals and deploy.',
    sources.endpointService,
  )

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  ['one endpoint is connected', {}, [isAvailable('1 connected endpoint')]],
  [
    'several are',
    services({ connections: connected('available', 'available') }),
    [isAvailable('2 connected endpoints')],
  ],
  ['none is', services({ connections: connected() }), [isAvailable('0 connected endpoints')]],
  [
    'only one of them is still connected',
    services({ connections: connected('deleting', 'available', 'deleted') }),
    [isAvailable('1 connected endpoint')],
  ],
  ['there is no load balancer', { endpointServices: noBalancer }, [notice('There is no load balancer.')]],
  [
    'none is there, and one is wanted',
    { endpointServices: known([]) },
    [
      warning(
        'No endpoint service is before the load balancer: no consumer reaches it over PrivateLink.',
        'Deploy the stack, or set exposure.endpointService to false if that is intended.',
        sources.endpointService,
      ),
    ],
  ],
  [
    'none is there, and none is wanted',
    { endpointServices: known([]), settings: unwanted },
    [ok('No endpoint service is wanted, and there is none.')],
  ],
  ['it failed', services({ state: 'Failed' }), [isFailed]],
  [
    'its private DNS name is verified',
    services({ privateDnsName: 'db.example.com', privateDnsState: 'verified' }),
    [isAvailable('1 connected endpoint')],
  ],
  [
    'its private DNS name waits for its verification',
    services({ privateDnsName: 'db.example.com', privateDnsState: 'pendingVerification' }),
    [
      warning(
        'The ownership of the private DNS name db.example.com is pendingVerification: consumers cannot use it.',
        'Create the TXT record from the stack’s outputs, then start the verification.',
        sources.privateDnsName,
      ),
    ],
  ],
  [
    'its private DNS name has no state',
    services({ privateDnsName: 'db.example.com' }),
    [
      warning(
        'The ownership of the private DNS name db.example.com is not verified: consumers cannot use it.',
        'Create the TXT record from the stack’s outputs, then start the verification.',
        sources.privateDnsName,
      ),
    ],
  ],
  [
    'endpoints wait, and others came to nothing',
    services({
      connections: connected('rejected', 'pendingAcceptance', 'failed', 'available', 'expired', 'pendingAcceptance'),
    }),
    [
      waits('vpce-2', '222222222222'),
      waits('vpce-6', '666666666666'),
      notice(
        'The endpoint vpce-1 of account 111111111111 is rejected.',
        'Its owner can create a new one, if it is wanted.',
      ),
      notice(
        'The endpoint vpce-3 of account 333333333333 is failed.',
        'Its owner can create a new one, if it is wanted.',
      ),
      notice(
        'The endpoint vpce-5 of account 555555555555 is expired.',
        'Its owner can create a new one, if it is wanted.',
      ),
    ],
  ],
  [
    'anybody may connect, once accepted',
    services({ allowedPrincipals: known(['*']), acceptanceRequired: true }),
    [isAvailable('1 connected endpoint')],
  ],
  [
    'anybody may connect, unasked',
    services({ allowedPrincipals: known(['arn:aws:iam::444455556666:root', '*']), acceptanceRequired: false }),
    [
      warning(
        'The endpoint service vpce-svc-1 admits every AWS account without acceptance.',
        'Name the consumers in exposure.allowedPrincipals, or set exposure.acceptanceRequired, and deploy.',
        sources.endpointService,
      ),
    ],
  ],
  [
    'those that are named may connect, unasked',
    services({ acceptanceRequired: false }),
    [isAvailable('1 connected endpoint')],
  ],
  ['nobody else may connect', services({ allowedPrincipals: known([]) }), [noPrincipal('vpce-svc-1')]],
  [
    'nobody else may connect, and would not be asked',
    services({ allowedPrincipals: known([]), acceptanceRequired: false }),
    [noPrincipal('vpce-svc-1')],
  ],
  [
    'much is wrong with it',
    services({
      state: 'Failed',
      privateDnsName: 'db.example.com',
      privateDnsState: 'failed',
      connections: connected('pendingAcceptance'),
      allowedPrincipals: known([]),
    }),
    [
      isFailed,
      warning(
        'The ownership of the private DNS name db.example.com is failed: consumers cannot use it.',
        'Create the TXT record from the stack’s outputs, then start the verification.',
        sources.privateDnsName,
      ),
      waits('vpce-1', '111111111111'),
      noPrincipal('vpce-svc-1'),
    ],
  ],
  [
    'there are two, and something is wrong with the second',
    services({}, { id: 'vpce-svc-2', allowedPrincipals: known([]) }),
    [isAvailable('1 connected endpoint'), noPrincipal('vpce-svc-2')],
  ],
  ['services may not be read', { endpointServices: denied }, [unknown('denied')]],
  ['connections may not be read', services({ connections: denied }), [unknown('denied')]],
  ['principals may not be read', services({ allowedPrincipals: denied }), [unknown('denied')]],
])('of the endpoint service it is said where %s', (_, changes, expected) => {
  expect(judgeAll([endpointService], someFacts(changes))).toEqual(findingsOf('endpoint-service', expected))
})

const admitting = (...cidrs: string[]) =>
  known([{ id: 'sg-lb', incoming: cidrs.map(cidr => rule({ cidrs: [cidr] })), outgoing: [] }])
const enforcing = known({ ...loadBalancer, enforcesOnPrivateLink: true })
const onPorts = (...ports: number[]) =>
  known(ports.map(port => ({ arn: 'l', port, protocol: 'TCP', targetGroupArns: [], idleTimeoutSeconds: 350 })))
const notJudged = notice(
  'PrivateLink enforcement is off: the load balancer’s security groups do not judge PrivateLink consumers. Accepted endpoints, allowed principals and the consumer’s own endpoint group decide who can connect.',
  undefined,
  sources.setSecurityGroups,
)
const judged = (admitted: string) =>
  warning(
    `PrivateLink enforcement is on: consumers are judged by their own addresses, which may overlap with yours and change. On port 5432 its groups admit: ${admitted}.`,
    'Compare with the consumers’ subnets, or turn it off (exposure.enforceSecurityGroup: false).',
    sources.endpointService,
  )
const lacking = (networks: string, admitted: string, into = 'sg-lb') =>
  problem(
    `The load balancer does not admit the client networks ${networks} of repoint.json. On port 5432 its groups admit: ${admitted}.`,
    `Allow TCP 5432 from them in ${into}, or deploy the stack again.`,
  )
const notUsed = { endpointServices: known([]), settings: unwanted }

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  [
    'it has none',
    { loadBalancer: known({ ...loadBalancer, securityGroupIds: [] }), endpointServices: denied },
    [ok('The load balancer has no security group: it admits every client that reaches it, over PrivateLink too.')],
  ],
  ['enforcement is off', {}, [notJudged]],
  ['enforcement is off, which is said once for two listeners', { listeners: onPorts(5432, 6432) }, [notJudged]],
  [
    'enforcement is off, and every client network is admitted',
    { settings: clients, balancerGroups: admitting('10.8.0.0/15') },
    [notJudged],
  ],
  [
    'enforcement is off, and a client network is not admitted',
    { settings: clients, balancerGroups: admitting('10.8.0.0/16') },
    [lacking('10.9.0.0/16', '10.8.0.0/16'), notJudged],
  ],
  ['enforcement is on', { loadBalancer: enforcing, balancerGroups: admitting('10.1.0.0/16') }, [judged('10.1.0.0/16')]],
  [
    'enforcement is on, and client networks are not admitted by any of its groups',
    {
      settings: clients,
      loadBalancer: known({ ...loadBalancer, enforcesOnPrivateLink: true, securityGroupIds: ['sg-lb', 'sg-lb-2'] }),
      balancerGroups: admitting('10.1.0.0/16', '10.2.0.0/16'),
    },
    [
      lacking('10.8.0.0/16, 10.9.0.0/16', '10.1.0.0/16, 10.2.0.0/16', 'sg-lb, sg-lb-2'),
      judged('10.1.0.0/16, 10.2.0.0/16'),
    ],
  ],
  [
    'enforcement is on, and nobody is admitted',
    { loadBalancer: enforcing },
    [
      problem(
        "PrivateLink enforcement is on and the load balancer's groups admit no client on port 5432: every consumer's connection is dropped without an answer.",
        'Turn it off (exposure.enforceSecurityGroup: false), or admit the consumers’ own addresses in exposure.clientCidrs.',
        sources.endpointService,
      ),
    ],
  ],
  [
    'nobody comes over PrivateLink, and the clients are admitted',
    { ...notUsed, balancerGroups: admitting('10.8.0.0/16', '10.9.0.0/16') },
    [ok('On port 5432 its groups admit: 10.8.0.0/16, 10.9.0.0/16.')],
  ],
  [
    'nobody comes over PrivateLink, and enforcement is on without a meaning',
    { ...notUsed, loadBalancer: enforcing, balancerGroups: admitting('10.8.0.0/15') },
    [ok('On port 5432 its groups admit: 10.8.0.0/15.')],
  ],
  [
    'nobody comes over PrivateLink, and a client network is not admitted',
    { ...notUsed, balancerGroups: admitting('10.9.0.0/16') },
    [lacking('10.8.0.0/16', '10.9.0.0/16')],
  ],
  [
    'nobody comes over PrivateLink, and nobody is admitted',
    { endpointServices: known([]) },
    [
      problem(
        "The load balancer's security groups admit no client on port 5432.",
        "Allow TCP 5432 from the clients' networks: exposure.clientCidrs in repoint.json.",
      ),
    ],
  ],
  [
    'two listeners are judged, each by the rules for its port',
    { ...notUsed, listeners: onPorts(5432, 6432), balancerGroups: admitting('10.8.0.0/15') },
    [
      ok('On port 5432 its groups admit: 10.8.0.0/15.'),
      problem(
        'The load balancer does not admit the client networks 10.8.0.0/16, 10.9.0.0/16 of repoint.json. On port 6432 its groups admit: no source.',
        'Allow TCP 6432 from them in sg-lb, or deploy the stack again.',
      ),
    ],
  ],
  ['whether PrivateLink is used is not known', { endpointServices: denied }, [unknown('denied')]],
  [
    'facts are missing, each said once',
    { loadBalancer: noBalancer, balancerGroups: denied, listeners: denied },
    [notice('There is no load balancer.'), unknown('denied')],
  ],
])('of the load balancer’s groups and its consumers it is said where %s', (_, changes, expected) => {
  expect(judgeAll([privateLinkEnforcement], someFacts(changes))).toEqual(
    findingsOf('privatelink-enforcement', expected),
  )
})
