import { plain } from '../facts/dns-name.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { HostedZoneFacts } from '../facts/hosted-zones.ts'
import type { ConsumerFacts } from '../facts/migration-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, unknown, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** The most specific private hosted zone of a VPC answers for a name, and no other server is asked. */
const covers = (zone: HostedZoneFacts, name: string): boolean =>
  plain(name) === plain(zone.name) || plain(name).endsWith(`.${plain(zone.name)}`)

const show = ({ id, name, owner }: HostedZoneFacts): string => `${plain(name)} (${id}, of ${owner})`

export const hostedZones: Check<DoctorFacts> = {
  name: 'hosted-zones',
  question: 'Does a private hosted zone in the database’s VPC shadow the endpoint’s name?',
  judge: ({ hostedZones: found, settings: { endpoint, network } }) =>
    whenKnown([found], zones => {
      const shadows = zones.filter(zone => covers(zone, endpoint))
      if (shadows.length === 0) return [ok(`No private hosted zone of the VPC covers ${endpoint}.`)]
      const isInVpc = network.mode !== 'outside-vpc'
      const judge = isInVpc ? problem : warning
      return shadows.map(zone =>
        judge(
          `The private hosted zone ${show(zone)} answers for ${endpoint} inside the VPC${
            isInVpc
              ? ': the function gets its records and not the writer. With a record that leads to the load balancer it registers the load balancer itself.'
              : '. The function runs outside and does not see it; clients in the VPC do.'
          }`,
          'Remove the zone from this VPC; the zone for consumers belongs to the consumers’ VPC, with exactly the name of the endpoint.',
          sources.hostedZones,
        ),
      )
    }),
}

/** A zone of that name on the database's own VPC would lead function and gateway to the endpoint: a circle. */
export const providerZones: Check<PreflightFacts> = {
  name: 'provider-zones',
  question: 'Does the database’s VPC resolve the database’s name to the database?',
  judge: ({ here, database }) =>
    whenKnown([here.hostedZones], zones => {
      const shadows = zones.filter(zone => covers(zone, database.endpoint))
      if (shadows.length === 0) return [ok(`No hosted zone of the database’s VPC covers ${database.endpoint}.`)]
      return shadows.map(zone =>
        problem(
          `The hosted zone ${show(zone)} is on the database’s VPC and covers ${database.endpoint}: the function, and a gateway with IN_VPC, are led to the consumers’ endpoint, which is a circle.`,
          'Remove the zone from this VPC; the consumers’ zone belongs only to the consumers’ VPC.',
          sources.hostedZones,
        ),
      )
    }),
}

/** The stack's zone and one that AWS creates for private DNS have the same name: a VPC takes one of them. */
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
          return names.flatMap(name => judgeName(name, { zones, own, isRead }))
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

/** A service's name instead of an account's number. */
const isManaged = ({ owner }: HostedZoneFacts): boolean => !/^\d{12}$/.test(owner) && owner !== 'unknown'

const judgeName = (
  name: string,
  { zones, own, isRead }: { zones: readonly HostedZoneFacts[]; own: readonly string[]; isRead: boolean },
): Judgement[] => {
  const same = zones.filter(it => plain(it.name) === plain(name))
  const managed = same.filter(isManaged)
  if (managed.length > 0) {
    return managed.map(({ owner, id }) =>
      problem(
        `A hosted zone ${plain(name)} of ${owner} (${id}) is on the consumer’s VPC: private DNS of an endpoint or association. Two zones of one name cannot be there (ConflictingDomainExists), and that one takes all traffic at once.`,
        'Create that endpoint again with PrivateDnsEnabled false; it cannot be turned off afterwards.',
        sources.configuration,
      ),
    )
  }
  const others = same.filter(it => !own.includes(it.id))
  if (others.length > 0) {
    return others.map(it => (isRead ? foreign(it) : perhapsForeign(it)))
  }
  const wider = zones.filter(it => plain(it.name) !== plain(name) && covers(it, name))
  return [
    ok(
      same.length > 0
        ? `The hosted zone ${plain(name)} is the stack’s.`
        : `No other hosted zone has the name ${plain(name)}.`,
    ),
    ...wider.map(it =>
      notice(`${show(it)} covers ${plain(name)}, too; the more specific zone wins.`, undefined, sources.hostedZones),
    ),
  ]
}

const foreign = (zone: HostedZoneFacts): Judgement =>
  problem(
    `The hosted zone ${show(zone)} is on the consumer’s VPC and is not the stack’s: the stack’s cannot be created (ConflictingDomainExists).`,
    'Remove that zone from this VPC in the deployment that creates the stack’s, or use dnsName.',
    sources.hostedZones,
  )

const perhapsForeign = (zone: HostedZoneFacts): Judgement =>
  unknown(
    `Whether the hosted zone ${show(zone)} is the stack's is not known: its records cannot be read.`,
    'Allow route53:ListResourceRecordSets to whoever runs this, or give credentials of the zone’s account (--consumer-profile).',
  )
