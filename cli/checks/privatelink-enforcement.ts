import type { DoctorFacts, LoadBalancerFacts } from '../facts/facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { forPort, notCovered, type Permission, showSources } from './security-group-rules.ts'
import { sources } from './sources.ts'
import { usesPrivateLink } from './uses-private-link.ts'

/** Whom the load balancer's own groups judge. AWS's default is on. */
export const privateLinkEnforcement: Check<DoctorFacts> = {
  name: 'privatelink-enforcement',
  question: 'Do the load balancer’s security groups let consumers in?',
  judge: facts =>
    whenKnown([facts.loadBalancer, facts.balancerGroups, facts.listeners], (balancer, groups, listeners) => {
      if (balancer.securityGroupIds.length === 0) {
        return [ok('The load balancer has no security group: everybody who reaches it gets in, over PrivateLink too.')]
      }
      return listeners.flatMap(({ port }) => judgeListener(facts, balancer, port, forPort(groups, 'incoming', port)))
    }),
}

const judgeListener = (
  facts: DoctorFacts,
  balancer: LoadBalancerFacts,
  port: number,
  rules: readonly Permission[],
): Judgement[] => {
  const admitted = `On port ${port} its groups admit: ${showSources(rules)}.`
  const lacking = notCovered(rules, facts.settings.exposure.clientCidrs)
  const forClients =
    lacking.length === 0
      ? []
      : [
          problem(
            `The load balancer does not admit the client networks ${lacking.join(', ')} of repoint.json. ${admitted}`,
            `Allow TCP ${port} from them in ${balancer.securityGroupIds.join(', ')}, or deploy the stack again.`,
          ),
        ]
  if (!usesPrivateLink(facts)) {
    if (rules.length > 0 || forClients.length > 0) return forClients.length > 0 ? forClients : [ok(admitted)]
    return [
      problem(
        `Nobody may connect to the load balancer on port ${port}.`,
        `Allow TCP ${port} from the clients' networks: exposure.clientCidrs in repoint.json.`,
      ),
    ]
  }
  if (!balancer.enforcesOnPrivateLink) {
    return [
      ...forClients,
      notice(
        'PrivateLink enforcement is off: the load balancer’s security groups do not judge PrivateLink consumers; who gets in is decided by accepting endpoints, by allowed principals and by the consumer’s own endpoint group.',
        undefined,
        sources.setSecurityGroups,
      ),
    ]
  }
  if (rules.length === 0) {
    return [
      problem(
        `PrivateLink enforcement is on and the load balancer's groups admit nobody on port ${port}: every consumer's connection is dropped without an answer.`,
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
