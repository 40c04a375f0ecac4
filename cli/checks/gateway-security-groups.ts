import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './gateway-sources.ts'
import { forPort, namesGroup, notCovered, prefixLists, showSources } from './security-group-rules.ts'

/** The step that set-ups by hand miss most: without the rule connections hang, and nothing says why. */
export const databaseGroup: Check<PreflightFacts> = {
  name: 'security-group-database',
  question: 'Do the database’s security groups admit the gateway on the database’s port?',
  judge: ({ provider, here, database }) => {
    if (provider.gateway.kind === 'none') return beforeTheGateway(database, provider.database)
    return whenKnown(
      [provider.gateway, here.databaseGroups, here.gatewaySubnets],
      ({ securityGroupIds }, groups, subnets) => {
        if (groups.length === 0) return [{ severity: 'unknown', fact: 'The database’s security groups are not known.' }]
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
              `Whether the database admits the gateway depends on ${lists.join(', ')}, which is not looked into. ${admitted}`,
              `Compare the prefix list with ${left.join(', ')}.`,
              sources.gateway,
            ),
          ]
        }
        const into = groups.map(it => it.id).join(' or ')
        return [
          problem(
            `The database does not admit the gateway's security group (${securityGroupIds.join(', ') || 'none'}) on port ${port}: connections through the gateway hang until they time out. ${admitted}`,
            `Allow TCP ${port} from ${securityGroupIds.join(', ') || left.join(', ')} in ${into}; gateway.databaseSecurityGroupId lets the stack do it.`,
            sources.gateway,
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
        `The settings name no security group of the database: nobody lets the gateway in on port ${port}, and connections through it will hang.`,
        'Say gateway.databaseSecurityGroupId, so that the stack makes the rule; or make it yourself after shadow, from the gateway’s group.',
        sources.gateway,
      ),
    ]
  }
  if (database.kind === 'known' && !database.value.securityGroupIds.includes(into)) {
    return [
      problem(
        `The stack would let the gateway in through ${into}, which is not on the database; it has ${database.value.securityGroupIds.join(', ') || 'none'}.`,
        'Name one of the database’s own groups in gateway.databaseSecurityGroupId.',
        sources.gateway,
      ),
    ]
  }
  return [ok(`Stage shadow lets the gateway in through ${into}.`)]
}

export const gatewayGroup: Check<PreflightFacts> = {
  name: 'security-group-gateway',
  question: 'Do the gateway’s security groups let it reach the database?',
  judge: ({ provider, here, database }) => {
    if (provider.gateway.kind === 'none') return []
    return whenKnown(
      [provider.gateway, here.gatewayGroups, provider.database, here.databaseSubnets],
      ({ id, securityGroupIds }, groups, { securityGroupIds: ofDatabase }, subnets) => {
        const { port } = database
        const rules = forPort(groups, 'outgoing', port)
        const left = notCovered(
          rules,
          subnets.map(it => it.cidr),
        )
        if (namesGroup(rules, ofDatabase) || left.length === 0) {
          return [ok(`The gateway may send to the database on port ${port}.`)]
        }
        return [
          problem(
            `The gateway ${id} may not send to ${left.join(', ')} on port ${port}: its rules allow ${showSources(rules)}.`,
            `Allow outgoing TCP ${port} to ${ofDatabase.join(', ') || left.join(', ')} in ${securityGroupIds.join(', ') || 'the gateway’s security group'}.`,
            sources.gateway,
          ),
        ]
      },
    )
  },
}

export const endpointGroup: Check<PreflightFacts> = {
  name: 'security-group-endpoint',
  question: 'Does the resource endpoint admit the clients that the settings name?',
  judge: ({ consumer, consumerSide, there }) => {
    if (consumer === undefined || there === undefined || consumerSide?.gateway.kind === 'none') return []
    return whenKnown([there.endpointGroups], groups => {
      const { port, clientCidrs, clientSecurityGroupIds } = consumer
      const rules = forPort(groups, 'incoming', port)
      const left = [...notCovered(rules, clientCidrs), ...clientSecurityGroupIds.filter(id => !namesGroup(rules, [id]))]
      if (left.length === 0) return [ok(`The resource endpoint admits the clients on port ${port}.`)]
      const lists = prefixLists(rules)
      if (lists.length > 0) {
        return [
          notice(
            `Whether ${left.join(', ')} reach the resource endpoint depends on ${lists.join(', ')}.`,
            'Compare the prefix list.',
          ),
        ]
      }
      return [
        problem(
          `The resource endpoint does not admit ${left.join(', ')} on port ${port}: it admits ${showSources(rules)}.`,
          `Allow TCP ${port} from ${left.join(', ')} in ${groups.map(it => it.id).join(' or ') || 'its security group'}; deploying the consumer’s stack does.`,
          sources.endpoint,
        ),
      ]
    })
  },
}
