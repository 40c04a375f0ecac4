import type { DatabaseFacts, DoctorFacts, LoadBalancerFacts } from '../facts/facts.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { forPort, namesGroup, notCovered, prefixLists, showSources } from './security-group-rules.ts'
import { sources } from './sources.ts'
import { usesPrivateLink } from './uses-private-link.ts'

/**
 * Where the packets come from decides which rule has to admit them:
 * - without groups on the load balancer: from the private addresses of its nodes;
 * - with groups, PrivateLink enforcement on: the load balancer's group;
 * - with groups, enforcement off: PrivateLink traffic from the nodes' addresses, the probes from the group. A rule for
 *   the group alone shows a healthy target that no PrivateLink consumer can reach.
 */
export const databaseGroup: Check<DoctorFacts> = {
  name: 'security-group-database',
  question: 'Do the database’s security groups admit the load balancer on the database’s port?',
  judge: facts =>
    whenKnown([facts.database, facts.databaseGroups, facts.loadBalancer], (database, groups, balancer) => {
      const port = database.port ?? facts.settings.port
      const rules = forPort(groups, 'incoming', port)
      const byAddress = notCovered(rules, balancer.addresses)
      const admitsAddresses = byAddress.length === 0 && balancer.addresses.length > 0
      const admitsGroup = namesGroup(rules, balancer.securityGroupIds)
      const admitted = `They admit on port ${port}: ${showSources(rules)}.`
      if (admitsAddresses)
        return [
          ok(
            `The database admits every address of the load balancer (${balancer.addresses.join(', ')}) on port ${port}.`,
          ),
        ]
      const needsAddresses =
        balancer.securityGroupIds.length === 0 || (usesPrivateLink(facts) && !balancer.enforcesOnPrivateLink)
      if (!needsAddresses && admitsGroup) {
        return [ok(`The database admits the load balancer's security group on port ${port}.`)]
      }
      if (balancer.addresses.length === 0 && needsAddresses) {
        return [
          {
            severity: 'unknown',
            fact: `The load balancer's private addresses are not known, and the database has to admit them. ${admitted}`,
            remedy: 'Look at the network interfaces with the description “ELB net/…”.',
          },
        ]
      }
      const lists = prefixLists(rules)
      if (lists.length > 0) {
        return [
          warning(
            `Whether the database admits the load balancer depends on ${lists.join(', ')}, which doctor does not look into. ${admitted}`,
            `Compare the prefix list with ${(needsAddresses ? balancer.addresses : balancer.securityGroupIds).join(', ')}.`,
            sources.targetSecurityGroups,
          ),
        ]
      }
      return [missing({ balancer, database, port, byAddress, admitsGroup, needsAddresses, admitted })]
    }),
}

const missing = (found: {
  balancer: LoadBalancerFacts
  database: DatabaseFacts
  port: number
  byAddress: readonly string[]
  admitsGroup: boolean
  needsAddresses: boolean
  admitted: string
}): Judgement => {
  const { balancer, database, port, byAddress, admitsGroup, needsAddresses, admitted } = found
  const into = database.securityGroupIds.join(', ') || 'the database’s security group'
  if (!needsAddresses) {
    return problem(
      `The database does not admit the load balancer's security group on port ${port}: probes and connections are dropped. ${admitted}`,
      `Allow TCP ${port} from ${balancer.securityGroupIds.join(', ')} in ${into}.`,
      sources.targetSecurityGroups,
    )
  }
  const why =
    balancer.securityGroupIds.length === 0
      ? 'the load balancer has no security group'
      : admitsGroup
        ? 'PrivateLink enforcement is off, so a rule for its group covers the probes only: the target is healthy and consumers time out'
        : 'PrivateLink enforcement is off'
  return problem(
    `The database does not admit ${byAddress.join(', ')} of the load balancer on port ${port}; ${why}. ${admitted}`,
    `Allow TCP ${port} from ${byAddress.map(ip => `${ip}/32`).join(', ')} (or the subnets) in ${into}.`,
    sources.targetSecurityGroups,
  )
}
