import type { DoctorFacts } from '../facts/facts.ts'
import { type Check, ok, problem, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** A target in a zone that is not enabled on the load balancer is `unused`, reason `Target.NotInUse`: no traffic. */
export const zones: Check<DoctorFacts> = {
  name: 'zones',
  question: 'Is every zone of the DB subnet group enabled on the load balancer?',
  judge: facts =>
    whenKnown([facts.database, facts.loadBalancer], (database, balancer) => {
      const enabled = balancer.zones.map(({ zone }) => zone)
      const needed = [...new Set(database.subnets.map(({ zone }) => zone))].sort()
      const missing = needed.filter(zone => !enabled.includes(zone))
      if (missing.length === 0) {
        return [ok(`The load balancer is enabled in every zone of the DB subnet group: ${needed.join(', ')}.`)]
      }
      return [
        problem(
          `The DB subnet group has ${missing.join(', ')}, the load balancer has only ${enabled.join(', ')}: a writer that fails over there gets no traffic (unused, Target.NotInUse).`,
          `Enable ${missing.join(', ')} on the load balancer: add a subnet of each to subnets in repoint.json and deploy.`,
          sources.targetHealth,
        ),
      ]
    }),
}
