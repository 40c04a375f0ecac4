import { zonesWithoutLattice } from '../../infra/app/settings/gateway-fields.ts'
import { placeOf, subnetsNameOf } from '../facts/database.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import type { SubnetFacts } from '../facts/vpc.ts'
import { type Check, type Judgement, notice, ok, problem, unknown, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** A target in a zone that is not enabled on the load balancer is `unused`, reason `Target.NotInUse`: no traffic. */
export const balancerZones: Check<DoctorFacts> = {
  name: 'zones',
  question: 'Is every zone of the DB subnet group, or of a host name’s subnets, enabled on the load balancer?',
  judge: facts =>
    whenKnown([placeOf(facts.database, facts.settings), facts.loadBalancer], (place, balancer) => {
      const named = subnetsNameOf(facts.settings)
      const enabled = balancer.zones.map(({ zone }) => zone)
      const needed = [...new Set(place.subnets.map(({ zone }) => zone))].sort()
      if (needed.length === 0) return [unknown(`The zones of the ${named} are not known.`)]
      const missing = needed.filter(zone => !enabled.includes(zone)).join(', ')
      if (missing === '') {
        return [ok(`The load balancer is enabled in every zone of the ${named}: ${needed.join(', ')}.`)]
      }
      return [
        problem(
          `The ${named} has ${missing}, the load balancer has only ${enabled.join(', ')}: a writer that fails over there gets no traffic (unused, Target.NotInUse).`,
          `Enable ${missing} on the load balancer: add a subnet of each to subnets in repoint.json and deploy.`,
          sources.targetHealth,
        ),
      ]
    }),
}

const crossZoneKey = 'load_balancing.cross_zone.enabled'

/** The target group's attribute wins over the load balancer's, whose default is off. */
export const crossZone: Check<DoctorFacts> = {
  name: 'cross-zone',
  question: 'Does every zone of the load balancer reach the one writer?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup, facts.loadBalancer], (group, balancer) => {
      const own = group.attributes[crossZoneKey] ?? 'use_load_balancer_configuration'
      const isInherited = own === 'use_load_balancer_configuration'
      const value = isInherited ? (balancer.attributes[crossZoneKey] ?? 'false') : own
      const from = isInherited ? 'from the load balancer' : 'on the target group'
      if (value === 'true') return [ok(`Cross-zone load balancing is on (${from}).`)]
      if (balancer.zones.length < 2) {
        return [ok(`Cross-zone load balancing is off (${from}), and the load balancer has a single zone.`)]
      }
      const others = balancer.zones.length === 2 ? 'zone' : `${balancer.zones.length - 1}`
      return [
        problem(
          `Cross-zone load balancing is off (${from}): only the writer's own zone serves; consumers in the other ${others} cannot connect.`,
          `Set ${crossZoneKey}=true on the target group (modify-target-group-attributes), or deploy the stack again.`,
          sources.troubleshooting,
        ),
      ]
    }),
}

/** Zone names mean another zone in every account; ids do not. `undefined` where EC2 gave no id. */
const zoneIdsOf = (subnets: readonly SubnetFacts[]): readonly string[] | undefined => {
  const ids = subnets.flatMap(it => it.zoneId ?? [])
  return ids.length < subnets.length || ids.length === 0 ? undefined : [...new Set(ids)].sort()
}

const noZoneIds = (whose: string): Judgement => unknown(`EC2 gave no zone ids of the subnets of the ${whose}.`)

export const zoneOverlap: Check<PreflightFacts> = {
  name: 'zone-overlap',
  question: 'Do gateway and resource endpoint have a zone in common?',
  judge: ({ here, there }) =>
    there === undefined
      ? []
      : whenKnown([here.gatewaySubnets, there.endpointSubnets], (gateway, endpoint) => {
          const [ours, theirs] = [zoneIdsOf(gateway), zoneIdsOf(endpoint)]
          if (ours === undefined) return [noZoneIds('gateway')]
          return theirs === undefined ? [noZoneIds('resource endpoint')] : [judgeOverlap(ours, theirs)]
        }),
}

const judgeOverlap = (ours: readonly string[], theirs: readonly string[]): Judgement => {
  const common = theirs.filter(it => ours.includes(it))
  const shown = `The gateway is in ${ours.join(', ')}, the resource endpoint in ${theirs.join(', ')}`
  if (common.length === 0) {
    return problem(
      `${shown}: no zone in common, and at least one is needed.`,
      'Give the consumer a subnet in one of the gateway’s zones, or the gateway one in the consumer’s (that is another gateway: before shadow).',
      sources.resourceGateway,
    )
  }
  if (common.length === 1 && ours.length > 1) {
    return warning(
      `${shown}: they have only ${common[0]} in common.`,
      'Use as many common zones as you can: a single one is a single point of failure.',
      sources.resourceGateway,
    )
  }
  return ok(`${shown}; in common: ${common.join(', ')}.`)
}

export const latticeZones: Check<PreflightFacts> = {
  name: 'zones-with-lattice',
  question: 'Is VPC Lattice offered in every zone?',
  judge: ({ here, there, database }) => {
    const left = database.subnets.length - database.gateway.subnets.length
    return [
      ...whenKnown([here.gatewaySubnets], subnets => judgeLattice('gateway', subnets)),
      ...(there === undefined
        ? []
        : whenKnown([there.endpointSubnets], subnets => judgeLattice('resource endpoint', subnets))),
      ...(left > 0
        ? [
            notice(
              `The gateway has no interface in ${left} of the database’s ${database.subnets.length} subnets; that it reaches a writer there, across zones, is implied by AWS’s pages and UNCONFIRMED.`,
              'The drill of `repoint migrate verify` shows it.',
              sources.resourceGateway,
            ),
          ]
        : []),
    ]
  },
}

const judgeLattice = (whose: string, subnets: readonly SubnetFacts[]): readonly Judgement[] => {
  if (zoneIdsOf(subnets) === undefined) return [noZoneIds(whose)]
  const without = subnets.filter(it => zonesWithoutLattice.includes(it.zoneId ?? ''))
  if (without.length === 0) return [ok(`VPC Lattice is offered in every zone of the ${whose}.`)]
  return without.map(it =>
    problem(
      `${it.id} of the ${whose} is in ${it.zoneId}, where VPC Lattice is not offered.`,
      'Leave the subnet out (gateway.subnetIds; subnets of the consumer), or set its zoneId in the settings so that it is left out.',
      sources.quotas,
    ),
  )
}
