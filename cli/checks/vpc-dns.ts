import { placeOf } from '../facts/database.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const databaseVpcDns: Check<DoctorFacts> = {
  name: 'vpc-dns',
  question: 'Do the DNS settings of the database’s VPC let its name resolve to its private address?',
  judge: ({ vpcDns, database, settings }) =>
    whenKnown([vpcDns, placeOf(database, settings)], (dns, { isPubliclyAccessible }) => {
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
        // The names of AWS's APIs are all that an isolated function has.
        const judge = isInVpc && (isPubliclyAccessible || settings.network.mode === 'isolated') ? problem : warning
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

/**
 * A function in a VPC is said to ask the servers of the VPC's DHCP options, as its machines do: AWS's own troubleshooting of
 * functions in a VPC says to check them, and people have measured it
 * (https://dev.classmethod.jp/articles/vpc-lambda-dhcp-option-sets/); Lambda's manual says nothing.
 */
export const dhcpDns: Check<DoctorFacts> = {
  name: 'dhcp-dns',
  question: 'Do DNS servers of the VPC’s DHCP options stand between the function and the names it needs?',
  judge: ({ vpcDnsServers, settings: { network, dnsServers } }) =>
    whenKnown([vpcDnsServers], found => {
      const own = found.filter(it => it !== 'AmazonProvidedDNS')
      if (own.length === 0) return [ok('The VPC’s DHCP options name the VPC’s own resolver.')]
      const named = `The VPC's DHCP options name ${own.join(', ')}`
      if (network.mode === 'outside-vpc') {
        return [
          notice(
            `${named}. The function is outside the VPC and does not ask them; clients inside do, and private hosted zones are seen only through the VPC's own resolver.`,
            'Let these servers forward the database’s name to the VPC’s resolver.',
            sources.dhcpOptions,
          ),
        ]
      }
      const closed = own.filter(it => !dnsServers.some(server => server.split(':')[0] === it))
      if (closed.length === 0)
        return [ok(`${named}, and dnsServers too: the function's security group lets it ask them.`)]
      return [
        warning(
          `${named}: a function in the VPC asks them (UNCONFIRMED: reported, not in Lambda's manual), and its security group lets nothing out to ${closed.join(', ')} on port 53. Then no name resolves, AWS's own included.`,
          `Add ${closed.join(', ')} to dnsServers and deploy: the security group is opened to them. They have to answer for the database's name.`,
          sources.dhcpOptions,
        ),
      ]
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
