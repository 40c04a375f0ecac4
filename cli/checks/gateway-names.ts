import { plain } from '../facts/dns-name.ts'
import type { HostedZoneFacts } from '../facts/facts.ts'
import type { ConsumerFacts } from '../facts/migration-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, whenKnown } from './finding.ts'
import { sources } from './gateway-sources.ts'

const covers = (zone: HostedZoneFacts, name: string): boolean =>
  plain(name) === plain(zone.name) || plain(name).endsWith(`.${plain(zone.name)}`)

export const consumerDns: Check<PreflightFacts> = {
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
              `${off.join(' and ')} of ${consumer?.vpcId} ${off.length > 1 ? 'are' : 'is'} off: private hosted zones do not work there, so no weight moves anybody.`,
              `Set ${off.join(' and ')} on the VPC.`,
              sources.vpcDns,
            ),
          ]
        }),
}

/** The stack's zone and one that AWS makes for private DNS have the same name: a VPC takes one of them. */
export const consumerZones: Check<PreflightFacts> = {
  name: 'consumer-zones',
  question: 'Is the stack’s hosted zone the only one of its name in the consumer’s VPC?',
  judge: ({ there, consumer, consumerSide }) =>
    there === undefined || consumer === undefined
      ? []
      : whenKnown([there.hostedZones], zones => {
          const { readerHostname } = consumer.gateway
          const names = [
            consumer.dnsName ?? consumer.hostname,
            ...(readerHostname === undefined ? [] : [readerHostname]),
          ]
          const own = consumerSide === undefined ? [] : ownZones(consumerSide)
          const isRead = consumerSide?.zone.kind !== 'unknown' && consumerSide?.readerZone?.kind !== 'unknown'
          return names.flatMap(name => judgeZones(name, { zones, own, isRead }))
        }),
}

/** A zone is the stack's where its records lead to the consumer's endpoints. */
const ownZones = ({ zone, readerZone, nlb, gateway }: ConsumerFacts): readonly string[] => {
  const names = [nlb, gateway].flatMap(path =>
    path.kind === 'known' ? [path.value.dnsName, ...(path.value.reader ? [path.value.reader.dnsName] : [])] : [],
  )
  return [zone, readerZone].flatMap(it => {
    if (it?.kind !== 'known') return []
    const leads = it.value.records.some(
      ({ alias }) => alias && names.some(name => plain(name) === plain(alias.dnsName)),
    )
    return leads || (it.value.weights.nlb ?? it.value.weights.gateway) !== undefined ? [it.value.id] : []
  })
}

const judgeZones = (
  name: string,
  { zones, own, isRead }: { zones: readonly HostedZoneFacts[]; own: readonly string[]; isRead: boolean },
): Judgement[] => {
  const same = zones.filter(it => plain(it.name) === plain(name))
  const wider = zones.filter(it => plain(it.name) !== plain(name) && covers(it, name))
  const foreign = same.filter(it => isManaged(it))
  if (foreign.length > 0) {
    return foreign.map(it =>
      problem(
        `A hosted zone ${plain(name)} of ${it.owner} (${it.id}) is on the consumer’s VPC: private DNS of an endpoint or association. Two zones of one name cannot be there (ConflictingDomainExists), and that one takes all traffic at once.`,
        'Make that endpoint anew with PrivateDnsEnabled false; it cannot be switched off afterwards.',
        sources.configuration,
      ),
    )
  }
  const others = same.filter(it => !own.includes(it.id))
  if (others.length > 0 && !isRead) {
    return others.map(it => ({
      severity: 'unknown',
      fact: `Whether the hosted zone ${plain(name)} (${it.id}, of ${it.owner}) is the stack's is not known: its records cannot be read.`,
      remedy:
        'Allow route53:ListResourceRecordSets to whoever runs this, or give credentials of the zone’s account (--consumer-profile).',
    }))
  }
  if (others.length > 0) {
    return others.map(it =>
      problem(
        `A hosted zone ${plain(name)} (${it.id}, of ${it.owner}) is on the consumer’s VPC and not the stack’s: the stack’s cannot be (ConflictingDomainExists).`,
        'Take that zone off this VPC in the deployment that brings the stack’s, or use dnsName.',
        sources.hostedZones,
      ),
    )
  }
  const notices = wider.map(it =>
    notice(
      `${plain(it.name)} (${it.id}, of ${it.owner}) covers ${plain(name)}, too; the more specific zone wins.`,
      undefined,
      sources.hostedZones,
    ),
  )
  return [
    ok(
      same.length > 0
        ? `The hosted zone ${plain(name)} is the stack’s.`
        : `No other hosted zone is called ${plain(name)}.`,
    ),
    ...notices,
  ]
}

/** A service's name instead of an account's number. */
const isManaged = ({ owner }: HostedZoneFacts): boolean => !/^\d{12}$/.test(owner) && owner !== 'unknown'

/** A zone of that name on the database's own VPC would lead function and gateway to the endpoint, and so in a circle. */
export const providerZones: Check<PreflightFacts> = {
  name: 'provider-zones',
  question: 'Does the database’s VPC resolve the database’s name to the database?',
  judge: ({ here, database }) =>
    whenKnown([here.hostedZones], zones => {
      const shadows = zones.filter(it => covers(it, database.endpoint))
      if (shadows.length === 0) return [ok(`No hosted zone of the database’s VPC covers ${database.endpoint}.`)]
      return shadows.map(it =>
        problem(
          `The hosted zone ${plain(it.name)} (${it.id}, of ${it.owner}) is on the database’s VPC and covers ${database.endpoint}: what resolves it there, the function or a gateway with IN_VPC, is led to the consumers’ endpoint and so in a circle.`,
          'Take the zone off this VPC; the consumers’ zone belongs to the consumers’ VPC alone.',
          sources.hostedZones,
        ),
      )
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
                  `${endpointId} has private DNS on: the database's name leads to it in the whole VPC, whatever the weights say.`,
                  'Replace the endpoint by one with PrivateDnsEnabled false: it cannot be switched.',
                  sources.endpoint,
                ),
              ]
            : [
                ok(`${endpointId} has private DNS off.`),
                notice(
                  'UNCONFIRMED in AWS: that an endpoint to an RDS ARN keeps private DNS off when told so.',
                  `In the consumer’s VPC: aws ec2 describe-vpc-endpoint-associations --vpc-endpoint-ids ${endpointId} --query 'VpcEndpointAssociations[].PrivateDnsEntry'`,
                  sources.configuration,
                ),
              ],
        ),
}
