import type { DoctorFacts, EndpointServiceFacts } from '../facts/facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const endpointService: Check<DoctorFacts> = {
  name: 'endpoint-service',
  question: 'Is there an endpoint service before the load balancer, and do its consumers get in?',
  judge: facts =>
    whenKnown([facts.endpointServices], services => {
      if (services.length === 0) {
        if (!facts.settings.exposure.endpointService) return [ok('No endpoint service is wanted, and there is none.')]
        const judge = facts.settings.network.mode === undefined ? notice : warning
        return [
          judge(
            'No endpoint service is before the load balancer: nobody reaches it over PrivateLink.',
            'Deploy the stack, or set exposure.endpointService to false if that is meant.',
            sources.endpointService,
          ),
        ]
      }
      return services.flatMap(judgeService)
    }),
}

const judgeService = (service: EndpointServiceFacts): readonly Judgement[] => {
  const judgements: Judgement[] = []
  if (service.state !== 'Available') {
    judgements.push(
      problem(
        `The endpoint service ${service.id} is ${service.state}.`,
        'Look at it in the VPC console.',
        sources.endpointService,
      ),
    )
  }
  if (service.privateDnsName !== undefined && service.privateDnsState !== 'verified') {
    judgements.push(
      warning(
        `The ownership of the private DNS name ${service.privateDnsName} is ${service.privateDnsState ?? 'not verified'}: consumers cannot use it.`,
        'Create the TXT record that the stack puts out, then start the verification.',
        sources.privateDnsName,
      ),
    )
  }
  judgements.push(
    ...whenKnown([service.connections], connections => {
      const waiting = connections.filter(({ state }) => state === 'pendingAcceptance')
      const bad = connections.filter(({ state }) => ['rejected', 'failed', 'expired'].includes(state))
      return [
        ...waiting.map(({ endpointId, owner }) =>
          warning(
            `The endpoint ${endpointId} of account ${owner} waits to be accepted: its consumers cannot connect.`,
            `aws ec2 accept-vpc-endpoint-connections --service-id ${service.id} --vpc-endpoint-ids ${endpointId}`,
            sources.endpointService,
          ),
        ),
        ...bad.map(({ endpointId, owner, state }) =>
          notice(
            `The endpoint ${endpointId} of account ${owner} is ${state}.`,
            'Let its owner make a new one, if it is wanted.',
          ),
        ),
      ]
    }),
    ...whenKnown([service.allowedPrincipals], principals =>
      principals.includes('*') && !service.acceptanceRequired
        ? [
            warning(
              `The endpoint service ${service.id} lets in every AWS account, unasked.`,
              'Name the consumers in exposure.allowedPrincipals, or set exposure.acceptanceRequired, and deploy.',
              sources.endpointService,
            ),
          ]
        : principals.length > 0
          ? []
          : [
              warning(
                `The endpoint service ${service.id} allows no principal: only this account can make endpoints to it.`,
                'Name the consumers in exposure.allowedPrincipals and deploy.',
                sources.endpointService,
              ),
            ],
    ),
  )
  if (judgements.length > 0) return judgements
  const available = service.connections.kind === 'known' ? service.connections.value.length : 0
  return [ok(`${service.name} is available with ${available} connected endpoint${available === 1 ? '' : 's'}.`)]
}
