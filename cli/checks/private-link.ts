import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { EndpointServiceFacts } from '../facts/endpoint-services.ts'
import { type Gathered, known } from '../facts/gathered.ts'
import type { Permission } from '../facts/security-groups.ts'
import { type Check, type Judgement, notice, ok, onlyOnce, problem, warning, whenKnown } from './finding.ts'
import { forPort, notCovered, showSources } from './security-group-rules.ts'
import { sources } from './sources.ts'

/** By what is deployed; before there is a load balancer, by what is wanted. */
export const usesPrivateLink = ({ endpointServices, settings }: DoctorFacts): Gathered<boolean> => {
  if (endpointServices.kind === 'unknown') return endpointServices
  return known(
    endpointServices.kind === 'known' ? endpointServices.value.length > 0 : settings.exposure.endpointService,
  )
}

export const endpointService: Check<DoctorFacts> = {
  name: 'endpoint-service',
  question: 'Is there an endpoint service before the load balancer, and can its consumers connect?',
  judge: ({ endpointServices, settings }) =>
    whenKnown([endpointServices], services => {
      if (services.length > 0) return services.flatMap(judgeService)
      if (!settings.exposure.endpointService) return [ok('No endpoint service is wanted, and there is none.')]
      return [
        warning(
          'No endpoint service is before the load balancer: no consumer reaches it over PrivateLink.',
          'Deploy the stack, or set exposure.endpointService to false if that is intended.',
          sources.endpointService,
        ),
      ]
    }),
}

const judgeService = (service: EndpointServiceFacts): readonly Judgement[] => {
  const judgements = [
    ...(service.state === 'Available'
      ? []
      : [
          problem(
            `The endpoint service ${service.id} is ${service.state}.`,
            'Check it in the VPC console.',
            sources.endpointService,
          ),
        ]),
    ...(service.privateDnsName === undefined || service.privateDnsState === 'verified'
      ? []
      : [
          warning(
            `The ownership of the private DNS name ${service.privateDnsName} is ${service.privateDnsState ?? 'not verified'}: consumers cannot use it.`,
            'Create the TXT record from the stack’s outputs, then start the verification.',
            sources.privateDnsName,
          ),
        ]),
    ...judgeConnections(service),
    ...judgePrincipals(service),
  ]
  if (judgements.length > 0) return judgements
  return whenKnown([service.connections], all => {
    const { length } = all.filter(({ state }) => state === 'available')
    return [ok(`${service.name} is available with ${length} connected endpoint${length === 1 ? '' : 's'}.`)]
  })
}

const judgeConnections = ({ id, connections }: EndpointServiceFacts): readonly Judgement[] =>
  whenKnown([connections], all => [
    ...all
      .filter(({ state }) => state === 'pendingAcceptance')
      .map(({ endpointId, owner }) =>
        warning(
          `The endpoint ${endpointId} of account ${owner} waits to be accepted: its consumers cannot connect.`,
          `aws ec2 accept-vpc-endpoint-connections --service-id ${id} --vpc-endpoint-ids ${endpointId}`,
          sources.endpointService,
        ),
      ),
    ...all
      .filter(({ state }) => ['rejected', 'failed', 'expired'].includes(state))
      .map(({ endpointId, owner, state }) =>
        notice(
          `The endpoint ${endpointId} of account ${owner} is ${state}.`,
          'Its owner can create a new one, if it is wanted.',
        ),
      ),
  ])

const judgePrincipals = ({ id, allowedPrincipals, acceptanceRequired }: EndpointServiceFacts): readonly Judgement[] =>
  whenKnown([allowedPrincipals], principals => {
    if (principals.includes('*') && !acceptanceRequired) {
      return [
        warning(
          `The endpoint service ${id} admits every AWS account without acceptance.`,
          'Name the consumers in exposure.allowedPrincipals, or set exposure.acceptanceRequired, and deploy.',
          sources.endpointService,
        ),
      ]
    }
    if (principals.length > 0) return []
    return [
      warning(
        `The endpoint service ${id} allows no principal: only this account can create endpoints to it.`,
        'Name the consumers in exposure.allowedPrincipals and deploy.',
        sources.endpointService,
      ),
    ]
  })

/** Which clients the load balancer's own groups admit. AWS's default is that they judge PrivateLink traffic too. */
export const privateLinkEnforcement: Check<DoctorFacts> = {
  name: 'privatelink-enforcement',
  question: 'Do the load balancer’s security groups admit the consumers?',
  judge: facts =>
    whenKnown([facts.loadBalancer, facts.balancerGroups, facts.listeners], (balancer, groups, listeners) => {
      const { securityGroupIds, enforcesOnPrivateLink } = balancer
      if (securityGroupIds.length === 0) {
        return [
          ok('The load balancer has no security group: it admits every client that reaches it, over PrivateLink too.'),
        ]
      }
      return whenKnown([usesPrivateLink(facts)], isUsed =>
        onlyOnce(
          listeners.flatMap(({ port }) =>
            judgeListener({
              port,
              rules: forPort(groups, 'incoming', port),
              into: securityGroupIds.join(', '),
              clientCidrs: facts.settings.exposure.clientCidrs,
              enforcement: isUsed ? (enforcesOnPrivateLink ? 'on' : 'off') : 'not used',
            }),
          ),
        ),
      )
    }),
}

interface ListenerRules {
  readonly port: number
  readonly rules: readonly Permission[]
  readonly into: string
  readonly clientCidrs: readonly string[]
  readonly enforcement: 'on' | 'off' | 'not used'
}

const judgeListener = ({ port, rules, into, clientCidrs, enforcement }: ListenerRules): readonly Judgement[] => {
  const admitted = `On port ${port} its groups admit: ${showSources(rules)}.`
  const lacking = notCovered(rules, clientCidrs).join(', ')
  const forClients =
    lacking === ''
      ? []
      : [
          problem(
            `The load balancer does not admit the client networks ${lacking} of repoint.json. ${admitted}`,
            `Allow TCP ${port} from them in ${into}, or deploy the stack again.`,
          ),
        ]
  if (enforcement === 'off') {
    return [
      ...forClients,
      notice(
        'PrivateLink enforcement is off: the load balancer’s security groups do not judge PrivateLink consumers. Accepted endpoints, allowed principals and the consumer’s own endpoint group decide who can connect.',
        undefined,
        sources.setSecurityGroups,
      ),
    ]
  }
  if (enforcement === 'not used') {
    if (forClients.length > 0) return forClients
    if (rules.length > 0) return [ok(admitted)]
    return [
      problem(
        `The load balancer's security groups admit no client on port ${port}.`,
        `Allow TCP ${port} from the clients' networks: exposure.clientCidrs in repoint.json.`,
      ),
    ]
  }
  if (rules.length === 0) {
    return [
      problem(
        `PrivateLink enforcement is on and the load balancer's groups admit no client on port ${port}: every consumer's connection is dropped without an answer.`,
        'Turn it off (exposure.enforceSecurityGroup: false), or admit the consumers’ own addresses in exposure.clientCidrs.',
        sources.endpointService,
      ),
    ]
  }
  return [
    ...forClients,
    warning(
      `PrivateLink enforcement is on: consumers are judged by their own addresses, which may overlap with yours and change. ${admitted}`,
      'Compare with the consumers’ subnets, or turn it off (exposure.enforceSecurityGroup: false).',
      sources.endpointService,
    ),
  ]
}
