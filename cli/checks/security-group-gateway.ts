import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { forPort, namesGroup, notCovered, prefixLists, showSources } from './security-group-rules.ts'
import { sources } from './sources.ts'

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
        const lists = prefixLists(rules)
        if (lists.length > 0) {
          return [
            warning(
              `Whether the gateway ${id} may send to ${left.join(', ')} depends on ${lists.join(', ')}, whose contents are not read.`,
              `Compare the prefix list with ${left.join(', ')}.`,
              sources.resourceGateway,
            ),
          ]
        }
        return [
          problem(
            `The gateway ${id} may not send to ${left.join(', ')} on port ${port}: its rules allow ${showSources(rules)}.`,
            `Allow outgoing TCP ${port} to ${ofDatabase.join(', ') || left.join(', ')} in ${securityGroupIds.join(', ') || 'the gateway’s security group'}.`,
            sources.resourceGateway,
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
            `Whether the resource endpoint admits ${left.join(', ')} depends on ${lists.join(', ')}.`,
            'Compare the prefix list.',
          ),
        ]
      }
      return [
        problem(
          `The resource endpoint does not admit ${left.join(', ')} on port ${port}: it admits ${showSources(rules)}.`,
          `Allow TCP ${port} from ${left.join(', ')} in ${groups.map(it => it.id).join(' or ') || 'its security group'}; deploying the consumer’s stack does.`,
          sources.resourceEndpoint,
        ),
      ]
    })
  },
}
