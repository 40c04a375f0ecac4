import { placeOf, subnetsNameOf } from '../facts/database.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, ok, problem, warning, whenKnown } from './finding.ts'
import { forPort, namesGroup, notCovered, prefixLists, showSources } from './security-group-rules.ts'
import { sources } from './sources.ts'

/** The other direction: the writer may be in any subnet of the DB subnet group tomorrow. */
export const balancerGroup: Check<DoctorFacts> = {
  name: 'security-group-load-balancer',
  question: 'Do the load balancer’s security groups let it reach every subnet of the DB subnet group?',
  judge: facts =>
    whenKnown(
      [placeOf(facts.database, facts.settings), facts.loadBalancer, facts.balancerGroups, facts.databaseSubnets],
      (database, balancer, groups, subnets) => {
        if (balancer.securityGroupIds.length === 0) {
          return [
            ok(
              'The load balancer has no security group, so none limits its packets. A load balancer that was created without one can never get one.',
              sources.troubleshooting,
            ),
          ]
        }
        const port = database.port ?? facts.settings.port
        const rules = forPort(groups, 'outgoing', port)
        const reaches = namesGroup(rules, database.securityGroupIds)
        const out = notCovered(
          rules,
          subnets.map(({ cidr }) => cidr),
        )
        if (reaches || out.length === 0) {
          return [
            ok(`The load balancer may send to every subnet of the ${subnetsNameOf(facts.settings)} on port ${port}.`),
          ]
        }
        const lists = prefixLists(rules)
        if (lists.length > 0) {
          return [
            warning(
              `Whether the load balancer may send to ${out.join(', ')} depends on ${lists.join(', ')}, whose contents doctor does not read.`,
              'Compare the prefix list with the subnets.',
            ),
          ]
        }
        const names = subnets.filter(({ cidr }) => out.includes(cidr)).map(({ cidr, zone }) => `${cidr} (${zone})`)
        return [
          problem(
            `The load balancer may not send to ${names.join(', ')} on port ${port}: a writer there is unhealthy and unreachable. Its rules allow: ${showSources(rules)}.`,
            `Allow outgoing TCP ${port} to ${out.join(', ')} in ${balancer.securityGroupIds.join(', ')}; allowedCidrs in repoint.json is where the stack takes it from.`,
            sources.targetSecurityGroups,
          ),
        ]
      },
    ),
}
