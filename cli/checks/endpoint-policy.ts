import type { DoctorFacts, VpcEndpointFacts } from '../facts/facts.ts'
import { neededActions } from '../facts/needed-actions.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { judgePolicy } from './policy.ts'
import { forPort, namesGroup, notCovered } from './security-group-rules.ts'
import { sources } from './sources.ts'

/** Interface endpoints are the only way out of isolated subnets, and judge what passes. */
export const endpointPolicy: Check<DoctorFacts> = {
  name: 'endpoint-policy',
  question: 'Do the function’s VPC endpoints exist, answer, and let its calls pass?',
  judge: facts =>
    whenKnown([facts.lambda, facts.vpcEndpoints], (lambda, endpoints) => {
      if (lambda.vpc === undefined) return [ok('The function runs outside a VPC and needs no endpoint.')]
      const services = [...new Set(neededActions(facts.settings).map(({ service }) => service))]
      const judgements = services.flatMap(service =>
        judgeService(facts, endpoints, service, lambda.vpc?.securityGroupIds ?? []),
      )
      return judgements.length > 0
        ? judgements
        : [ok(`The VPC endpoints for ${services.join(', ')} let the function's calls pass.`)]
    }),
}

const judgeService = (
  facts: DoctorFacts,
  endpoints: readonly VpcEndpointFacts[],
  service: string,
  functionGroups: readonly string[],
): Judgement[] => {
  const found = endpoints.find(endpoint => endpoint.service.endsWith(`.${service}`))
  if (found === undefined) {
    if (facts.settings.network.mode !== 'isolated') {
      return [
        notice(`The VPC has no endpoint for ${service}: the function's calls need a NAT gateway or another way out.`),
      ]
    }
    return [
      problem(
        `The VPC has no interface endpoint for ${service}: an isolated function's calls end in timeouts.`,
        'Set network.endpoints to create and deploy, or make the endpoint with private DNS on.',
        sources.endpointPolicy,
      ),
    ]
  }
  const judgements: Judgement[] = []
  if (found.state.toLowerCase() !== 'available') {
    judgements.push(
      problem(`The endpoint ${found.id} for ${service} is ${found.state}.`, 'Look at it in the VPC console.'),
    )
  }
  if (!found.hasPrivateDns) {
    judgements.push(
      problem(
        `The endpoint ${found.id} for ${service} has no private DNS: the SDK asks the public name and never reaches it.`,
        'Enable private DNS names on the endpoint.',
        sources.endpointPolicy,
      ),
    )
  }
  const rules = forPort(found.groups, 'incoming', 443)
  const subnets = facts.databaseSubnets.kind === 'known' ? facts.databaseSubnets.value.map(({ cidr }) => cidr) : []
  const admits = namesGroup(rules, functionGroups) || (subnets.length > 0 && notCovered(rules, subnets).length === 0)
  if (found.groups.length > 0 && !admits) {
    judgements.push(
      problem(
        `The endpoint ${found.id} for ${service} does not admit the function's security group on port 443.`,
        `Allow TCP 443 from ${functionGroups.join(', ')} in ${found.groups.map(({ id }) => id).join(', ')}.`,
        sources.endpointPolicy,
      ),
    )
  }
  const account = facts.lambda.kind === 'known' ? (facts.lambda.value.arn.split(':')[4] ?? '') : ''
  for (const { action, resource } of neededActions(facts.settings).filter(it => it.service === service)) {
    const verdict = judgePolicy(found.policy, { action, resource, account })
    if (verdict === 'denied') {
      judgements.push(
        problem(
          `The policy of endpoint ${found.id} does not let ${action} on ${resource} pass.`,
          'Add it to the endpoint’s policy, or use the default policy.',
          sources.endpointPolicy,
        ),
      )
    } else if (verdict === 'conditional') {
      judgements.push(
        warning(
          `Whether the policy of endpoint ${found.id} lets ${action} pass depends on a condition that doctor does not evaluate.`,
          'Compare the condition with the function’s role.',
          sources.endpointPolicy,
        ),
      )
    }
  }
  return judgements
}
