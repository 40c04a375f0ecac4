import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { FunctionFacts } from '../facts/function.ts'
import { type NeededAction, neededActions } from '../facts/needed-actions.ts'
import type { VpcEndpointFacts } from '../facts/vpc-endpoints.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { judgePolicy } from './policy.ts'
import { forPort, namesGroup, notCovered, prefixLists } from './security-group-rules.ts'
import { sources } from './sources.ts'

/** Interface endpoints are the only way out of isolated subnets, and their policies decide what passes. */
export const endpointPolicy: Check<DoctorFacts> = {
  name: 'endpoint-policy',
  question: 'Do the function’s VPC endpoints exist, answer, and let its calls pass?',
  judge: facts =>
    whenKnown([facts.lambda, facts.vpcEndpoints], (lambda, endpoints) => {
      const { vpc } = lambda
      if (vpc === undefined) return [ok('The function runs outside a VPC and needs no endpoint.')]
      const needed = neededActions(facts.settings)
      const services = [...new Set(needed.map(({ service }) => service))]
      const judgements = services.flatMap(service => {
        const found = endpoints.find(endpoint => endpoint.service.endsWith(`.${service}`))
        if (found === undefined) return [judgeMissing(service, facts.settings.network.mode)]
        return [
          ...judgeState(found, service),
          ...judgeAdmission(found, { service, facts, groups: vpc.securityGroupIds }),
          ...needed.filter(it => it.service === service).flatMap(it => judgeAction(found, it, lambda)),
        ]
      })
      return judgements.length > 0
        ? judgements
        : [ok(`The VPC endpoints for ${services.join(', ')} let the function's calls pass.`)]
    }),
}

const judgeMissing = (service: string, mode: string | undefined): Judgement =>
  mode === 'isolated'
    ? problem(
        `The VPC has no interface endpoint for ${service}: an isolated function's calls end in timeouts.`,
        'Set network.endpoints to create and deploy, or create the endpoint with private DNS on.',
        sources.endpointPolicy,
      )
    : notice(`The VPC has no endpoint for ${service}: the function's calls need a NAT gateway or another route out.`)

const judgeState = ({ id, state, hasPrivateDns }: VpcEndpointFacts, service: string): readonly Judgement[] => [
  ...(state.toLowerCase() === 'available'
    ? []
    : [problem(`The endpoint ${id} for ${service} is ${state}.`, 'Check it in the VPC console.')]),
  ...(hasPrivateDns
    ? []
    : [
        problem(
          `The endpoint ${id} for ${service} has no private DNS: the SDK uses the public name and never reaches it.`,
          'Enable private DNS names on the endpoint.',
          sources.endpointPolicy,
        ),
      ]),
]

interface Caller {
  readonly service: string
  readonly facts: DoctorFacts
  /** The function's. */
  readonly groups: readonly string[]
}

const judgeAdmission = (endpoint: VpcEndpointFacts, { service, facts, groups }: Caller): readonly Judgement[] => {
  const rules = forPort(endpoint.groups, 'incoming', 443)
  if (endpoint.groups.length === 0 || namesGroup(rules, groups)) return []
  return whenKnown([facts.functionSubnets], subnets => {
    const cidrs = subnets.map(({ cidr }) => cidr)
    const left = notCovered(rules, cidrs)
    if (cidrs.length > 0 && left.length === 0) return []
    const lists = prefixLists(rules)
    if (lists.length > 0) {
      return [
        warning(
          `Whether the endpoint ${endpoint.id} for ${service} admits the function depends on ${lists.join(', ')}, whose contents doctor does not read.`,
          `Compare the prefix list with ${left.join(', ')}.`,
          sources.endpointPolicy,
        ),
      ]
    }
    return [
      problem(
        `The endpoint ${endpoint.id} for ${service} admits neither the function's security group nor its subnets (${left.join(', ')}) on port 443.`,
        `Allow TCP 443 from ${groups.join(', ')} in ${endpoint.groups.map(({ id }) => id).join(', ')}.`,
        sources.endpointPolicy,
      ),
    ]
  })
}

/** As it goes into the document: the function's role is asked by its own policy. */
const statementFor = (action: string, resource: string): string =>
  JSON.stringify({ Effect: 'Allow', Principal: '*', Action: [action], Resource: [resource] })

const judgeAction = (
  { id, policy }: VpcEndpointFacts,
  { action, resource }: NeededAction,
  { arn }: FunctionFacts,
): readonly Judgement[] => {
  const verdict = judgePolicy(policy, { action, resource, account: arn.split(':')[4] ?? '' })
  if (verdict === 'denied') {
    return [
      problem(
        `The policy of endpoint ${id} does not let ${action} on ${resource} pass.`,
        `Add this statement to the endpoint’s policy, or use the default policy: ${statementFor(action, resource)}`,
        sources.endpointPolicy,
      ),
    ]
  }
  if (verdict === 'allowed') return []
  return [
    warning(
      `Whether the policy of endpoint ${id} lets ${action} pass depends on a condition that doctor does not evaluate.`,
      'Compare the condition with the function’s role.',
      sources.endpointPolicy,
    ),
  ]
}
