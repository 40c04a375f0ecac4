import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const databaseVpcDns: Check<DoctorFacts> = {
  name: 'vpc-dns',
  question: 'Do the DNS settings of the database’s VPC let its name resolve to its private address?',
  judge: ({ vpcDns, database, settings }) =>
    whenKnown([vpcDns, database], (dns, { isPubliclyAccessible }) => {
      const isInVpc = settings.network.mode !== 'outside-vpc'
      const judgements: Judgement[] = []
      if (!dns.support) {
        const judge = isInVpc ? problem : warning
        judgements.push(
          judge(
            `DNS support is off: the VPC's resolver answers no query${isInVpc ? ', not even the function’s' : ''}.`,
            'Set enableDnsSupport on the VPC.',
            sources.vpcDns,
          ),
        )
      }
      if (!dns.hostnames) {
        const judge = isPubliclyAccessible && isInVpc ? problem : warning
        judgements.push(
          judge(
            isPubliclyAccessible
              ? 'DNS hostnames are off: the name of a publicly accessible database gives its public address even inside the VPC.'
              : 'DNS hostnames are off: neither private DNS of interface endpoints nor private hosted zones work.',
            'Set enableDnsHostnames on the VPC.',
            sources.vpcDns,
          ),
        )
      }
      return judgements.length > 0 ? judgements : [ok('DNS support and DNS hostnames of the VPC are on.')]
    }),
}

export const consumerVpcDns: Check<PreflightFacts> = {
  name: 'vpc-dns',
  question: 'Do private hosted zones work in the consumer’s VPC?',
  judge: ({ there, consumer }) =>
    there === undefined
      ? []
      : whenKnown([there.vpcDns], ({ support, hostnames }) => {
          const off = [...(support ? [] : ['enableDnsSupport']), ...(hostnames ? [] : ['enableDnsHostnames'])]
          if (off.length === 0) return [ok('DNS support and DNS hostnames of the consumer’s VPC are on.')]
          return [
            problem(
              `${off.join(' and ')} of ${consumer?.vpcId} ${off.length > 1 ? 'are' : 'is'} off: private hosted zones do not work there, so weights move no client.`,
              `Set ${off.join(' and ')} on the VPC.`,
              sources.vpcDns,
            ),
          ]
        }),
}

export const privateDns: Check<PreflightFacts> = {
  name: 'private-dns',
  question: 'Is the resource endpoint’s private DNS off?',
  judge: ({ consumerSide }) =>
    consumerSide === undefined || consumerSide.gateway.kind === 'none'
      ? []
      : whenKnown([consumerSide.gateway], ({ endpointId, hasPrivateDns }) =>
          hasPrivateDns
            ? [
                problem(
                  `${endpointId} has private DNS on: the database's name leads to it in the whole VPC, whatever the weights are.`,
                  'Replace the endpoint by one with PrivateDnsEnabled false: it cannot be changed.',
                  sources.resourceEndpoint,
                ),
              ]
            : [
                ok(`${endpointId} has private DNS off.`),
                notice(
                  'UNCONFIRMED in AWS: that an endpoint to an RDS ARN keeps private DNS off when it is created so.',
                  `In the consumer’s VPC: aws ec2 describe-vpc-endpoint-associations --vpc-endpoint-ids ${endpointId} --query 'VpcEndpointAssociations[].PrivateDnsEntry'`,
                  sources.configuration,
                ),
              ],
        ),
}
