import { type Place, placeOf } from '../facts/database.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Gathered, known } from '../facts/gathered.ts'
import type { LoadBalancerFacts } from '../facts/load-balancer.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import type { SecurityGroup } from '../facts/security-groups.ts'
import { type Check, type Judgement, missingFact, ok, problem, unknown, warning, whenKnown } from './finding.ts'
import { usesPrivateLink } from './private-link.ts'
import { forPort, namesGroup, notCovered, prefixLists, showSources } from './security-group-rules.ts'
import { sources } from './sources.ts'

/**
 * Where the packets come from decides which rule has to admit them:
 * - without groups on the load balancer: from the private addresses of its nodes;
 * - with groups, PrivateLink enforcement on: the load balancer's group;
 * - with groups, enforcement off: PrivateLink traffic from the nodes' addresses, the probes from the group. With a rule
 *   for the group alone the target is healthy, and no PrivateLink consumer can reach it.
 */
export const databaseAdmitsBalancer: Check<DoctorFacts> = {
  name: 'security-group-database',
  question: 'Do the database’s security groups admit the load balancer on the database’s port?',
  judge: facts =>
    whenKnown(
      [placeOf(facts.database, facts.settings), facts.databaseGroups, facts.loadBalancer],
      (database, groups, balancer) => {
        const needs: Gathered<boolean> =
          balancer.securityGroupIds.length === 0 ? known(true) : judgedByAddress(facts, balancer)
        return whenKnown([needs], needsAddresses =>
          judgeBalancer({ database, groups, balancer, needsAddresses, port: database.port ?? facts.settings.port }),
        )
      },
    ),
}

const judgedByAddress = (facts: DoctorFacts, { enforcesOnPrivateLink }: LoadBalancerFacts): Gathered<boolean> =>
  enforcesOnPrivateLink ? known(false) : usesPrivateLink(facts)

interface Admission {
  readonly database: Place
  readonly groups: readonly SecurityGroup[]
  readonly balancer: LoadBalancerFacts
  readonly needsAddresses: boolean
  readonly port: number
}

const judgeBalancer = ({ database, groups, balancer, needsAddresses, port }: Admission): readonly Judgement[] => {
  const rules = forPort(groups, 'incoming', port)
  const admitted = `They admit on port ${port}: ${showSources(rules)}.`
  const admitsGroup = namesGroup(rules, balancer.securityGroupIds)
  const nodes = balancer.addresses.kind === 'known' ? balancer.addresses.value : []
  const left = notCovered(rules, nodes)
  if (nodes.length > 0 && left.length === 0) {
    return [ok(`The database admits every address of the load balancer (${nodes.join(', ')}) on port ${port}.`)]
  }
  if (!needsAddresses && admitsGroup) {
    return [ok(`The database admits the load balancer's security group on port ${port}.`)]
  }
  if (needsAddresses && nodes.length === 0) {
    return [
      balancer.addresses.kind === 'unknown'
        ? missingFact(balancer.addresses)
        : unknown(
            `The load balancer's private addresses are not known, and the database has to admit them. ${admitted}`,
            'Check the network interfaces with the description “ELB net/…”.',
          ),
    ]
  }
  const lists = prefixLists(rules)
  if (lists.length > 0) {
    return [
      warning(
        `Whether the database admits the load balancer depends on ${lists.join(', ')}, whose contents doctor does not read. ${admitted}`,
        `Compare the prefix list with ${nodes.join(', ') || 'the private addresses of the load balancer'}.`,
        sources.targetSecurityGroups,
      ),
    ]
  }
  const into = database.securityGroupIds.join(', ') || 'the database’s security group'
  if (!needsAddresses) {
    return [
      problem(
        `The database does not admit the load balancer's security group on port ${port}: probes and connections are dropped. ${admitted}`,
        `Allow TCP ${port} from ${balancer.securityGroupIds.join(', ')} in ${into}.`,
        sources.targetSecurityGroups,
      ),
    ]
  }
  const why =
    balancer.securityGroupIds.length === 0
      ? 'the load balancer has no security group'
      : admitsGroup
        ? 'PrivateLink enforcement is off, so a rule for its group covers the probes only: the target is healthy and consumers time out'
        : 'PrivateLink enforcement is off'
  return [
    problem(
      `The database does not admit ${left.join(', ')} of the load balancer on port ${port}; ${why}. ${admitted}`,
      `Allow TCP ${port} from ${left.map(ip => `${ip}/32`).join(', ')} (or the subnets) in ${into}.`,
      sources.targetSecurityGroups,
    ),
  ]
}

/** The step that set-ups by hand most often miss: without the rule connections hang, and no message says why. */
export const databaseAdmitsGateway: Check<PreflightFacts> = {
  name: 'security-group-database',
  question: 'Do the database’s security groups admit the gateway on the database’s port?',
  judge: ({ provider, here, database }) => {
    if (provider.gateway.kind === 'none') return beforeTheGateway(database, provider.database)
    return whenKnown(
      [provider.gateway, here.databaseGroups, here.gatewaySubnets],
      ({ securityGroupIds }, groups, subnets) => {
        if (groups.length === 0) return [unknown('The database’s security groups are not known.')]
        const { port } = database
        const rules = forPort(groups, 'incoming', port)
        const left = notCovered(
          rules,
          subnets.map(it => it.cidr),
        )
        const admitted = `They admit on port ${port}: ${showSources(rules)}.`
        if (namesGroup(rules, securityGroupIds)) {
          return [ok(`The database admits the gateway's security group on port ${port}.`)]
        }
        if (subnets.length > 0 && left.length === 0) {
          return [ok(`The database admits every subnet of the gateway on port ${port}.`)]
        }
        const lists = prefixLists(rules)
        if (lists.length > 0) {
          return [
            warning(
              `Whether the database admits the gateway depends on ${lists.join(', ')}, whose contents are not read. ${admitted}`,
              `Compare the prefix list with ${left.join(', ')}.`,
              sources.resourceGateway,
            ),
          ]
        }
        const into = groups.map(it => it.id).join(' or ')
        return [
          problem(
            `The database does not admit the gateway's security group (${securityGroupIds.join(', ') || 'none'}) on port ${port}: connections through the gateway hang until they time out. ${admitted}`,
            `Allow TCP ${port} from ${securityGroupIds.join(', ') || left.join(', ')} in ${into}; gateway.databaseSecurityGroupId lets the stack do it.`,
            sources.resourceGateway,
          ),
        ]
      },
    )
  },
}

const beforeTheGateway = (
  { gateway, port }: PreflightFacts['database'],
  database: PreflightFacts['provider']['database'],
): readonly Judgement[] => {
  const into = gateway.databaseSecurityGroupId
  if (into === false) {
    return [
      warning(
        `The settings name no security group of the database: no rule will admit the gateway on port ${port}, and connections through it will hang.`,
        'Set gateway.databaseSecurityGroupId, so that the stack creates the rule; or create it yourself after shadow, for the gateway’s group.',
        sources.resourceGateway,
      ),
    ]
  }
  if (database.kind === 'none') return [ok(`Stage shadow admits the gateway through ${into}.`)]
  return whenKnown([database], ({ securityGroupIds }) => [
    securityGroupIds.includes(into)
      ? ok(`Stage shadow admits the gateway through ${into}.`)
      : problem(
          `The stack would admit the gateway through ${into}, which is not on the database; it has ${securityGroupIds.join(', ') || 'none'}.`,
          'Name one of the database’s own groups in gateway.databaseSecurityGroupId.',
          sources.resourceGateway,
        ),
  ])
}
