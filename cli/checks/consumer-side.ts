import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { ConsumerSide } from '../facts/consumer-side.ts'
import { type Finding, findingsOf, type Judgement, missingFact, notice, ok, onlyOnce, problem } from './finding.ts'
import { sources } from './sources.ts'

/** What AWS shows of a consumer's side, beside what its machine sees. */
export const judgeConsumerSide = (consumer: ConsumerSettings, side: ConsumerSide): readonly Finding[] =>
  findingsOf('consumer-zone', onlyOnce([...judgeAssociations(consumer, side), ...judgeWeights(side)]))

/** A hosted zone answers where it is associated, and nowhere else. */
const judgeAssociations = (
  { vpcId: own, dnsName, hostname }: ConsumerSettings,
  { zones }: ConsumerSide,
): readonly Judgement[] => {
  const host = dnsName ?? hostname
  const first = zones.find(({ vpcId }) => vpcId === own)?.zone
  const ofStack = first?.kind === 'known' ? first.value.id : undefined
  const answering = zones.flatMap(({ vpcId, zone }) =>
    zone.kind === 'known' && zone.value.id === ofStack ? [vpcId] : [],
  )
  const wrong = zones.flatMap(({ vpcId, zone }) => {
    if (zone.kind === 'unknown') return [missingFact(zone)]
    if (zone.kind === 'none') {
      return [
        problem(
          `${vpcId} sees no hosted zone ${host}: there RDS's own name means the database's own address, where networks overlap a stranger's host.`,
          vpcId === own
            ? "Deploy the consumer's stack, which makes the zone."
            : "Deploy the consumer's stack: peeredVpcIds associates the zone with this VPC.",
          sources.hostedZones,
        ),
      ]
    }
    if (ofStack === undefined || zone.value.id === ofStack) return []
    return [
      problem(
        `${vpcId} sees another hosted zone ${host} (${zone.value.id}, of ${zone.value.owner}) than ${own} (${ofStack}).`,
        'Remove that zone from this VPC, and deploy again: a VPC holds one zone of a name.',
        sources.hostedZones,
      ),
    ]
  })
  return answering.length > 0
    ? [ok(`The hosted zone ${host} (${ofStack}) answers in ${answering.join(', ')}.`), ...wrong]
    : wrong
}

/** Which path new connections are given, by the records' weights. */
const judgeWeights = ({ weights }: ConsumerSide): readonly Judgement[] => {
  if (weights.kind === 'unknown') return [missingFact(weights)]
  if (weights.kind === 'none') return []
  const { nlb, gateway } = weights.value
  if (nlb === undefined && gateway === undefined) return []
  if (gateway === undefined) return [ok('Its record leads every new connection through the load balancer.')]
  if (nlb === undefined) return [ok('Its record leads every new connection through the gateway.')]
  return [notice(`Its records lead new connections by weight: load balancer ${nlb}, gateway ${gateway}.`)]
}
