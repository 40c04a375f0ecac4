import { zonesWithoutLattice } from '../../infra/app/settings/gateway.ts'
import type { SubnetFacts } from '../facts/facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './gateway-sources.ts'

const zonesOf = (subnets: readonly SubnetFacts[]): string[] =>
  [...new Set(subnets.flatMap(it => it.zoneId ?? []))].sort()

/** Zone names mean another zone in every account; ids do not. */
export const zoneOverlap: Check<PreflightFacts> = {
  name: 'zone-overlap',
  question: 'Have gateway and resource endpoint a zone in common?',
  judge: ({ here, there }) =>
    there === undefined
      ? []
      : whenKnown([here.gatewaySubnets, there.endpointSubnets], (gateway, endpoint) => {
          const [ours, theirs] = [zonesOf(gateway), zonesOf(endpoint)]
          if (ours.length === 0 || theirs.length === 0) {
            return [{ severity: 'unknown', fact: 'EC2 did not tell the zone ids of the subnets.' }]
          }
          const common = theirs.filter(it => ours.includes(it))
          const shown = `The gateway is in ${ours.join(', ')}, the resource endpoint in ${theirs.join(', ')}`
          if (common.length === 0) {
            return [
              problem(
                `${shown}: no zone in common, and at least one is needed.`,
                'Give the consumer a subnet in one of the gateway’s zones, or the gateway one in the consumer’s (that is another gateway: before shadow).',
                sources.gateway,
              ),
            ]
          }
          if (common.length === 1 && ours.length > 1) {
            return [
              warning(
                `${shown}: they have ${common[0]} alone in common.`,
                'Span as many common zones as you can: one alone is a single point of failure.',
                sources.gateway,
              ),
            ]
          }
          return [ok(`${shown}; in common: ${common.join(', ')}.`)]
        }),
}

export const latticeZones: Check<PreflightFacts> = {
  name: 'zones-with-lattice',
  question: 'Are all zones such as VPC Lattice knows?',
  judge: ({ here, there, database }) => {
    const judge = (whose: string, subnets: readonly SubnetFacts[]): Judgement[] => {
      const without = subnets.filter(it => it.zoneId !== undefined && zonesWithoutLattice.includes(it.zoneId))
      if (without.length === 0) return [ok(`VPC Lattice knows every zone of the ${whose}.`)]
      return without.map(it =>
        problem(
          `${it.id} of the ${whose} is in ${it.zoneId}, where VPC Lattice is not offered.`,
          'Leave the subnet out (gateway.subnetIds; subnets of the consumer), or say its zoneId in the settings so that it is left out.',
          sources.quotas,
        ),
      )
    }
    const left = database.subnets.length - database.gateway.subnets.length
    return [
      ...whenKnown([here.gatewaySubnets], subnets => judge('gateway', subnets)),
      ...(there === undefined
        ? []
        : whenKnown([there.endpointSubnets], subnets => judge('resource endpoint', subnets))),
      ...(left > 0
        ? [
            notice(
              `The gateway has no interface in ${left} of the database’s ${database.subnets.length} subnets; that it reaches a writer there, across zones, is implied by AWS’s pages and UNCONFIRMED.`,
              'The drill of `repoint migrate verify` shows it.',
              sources.gateway,
            ),
          ]
        : []),
    ]
  },
}
