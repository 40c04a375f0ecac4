import type { DoctorFacts } from '../facts/facts.ts'
import { type Check, ok, problem, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

const key = 'load_balancing.cross_zone.enabled'

/** The target group's attribute wins over the load balancer's, whose default is off. */
export const crossZone: Check<DoctorFacts> = {
  name: 'cross-zone',
  question: 'Does every zone of the load balancer reach the one writer?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup, facts.loadBalancer], (group, balancer) => {
      const own = group.attributes[key] ?? 'use_load_balancer_configuration'
      const isInherited = own === 'use_load_balancer_configuration'
      const value = isInherited ? (balancer.attributes[key] ?? 'false') : own
      const from = isInherited ? 'from the load balancer' : 'on the target group'
      if (value === 'true') return [ok(`Cross-zone load balancing is on (${from}).`)]
      if (balancer.zones.length < 2) {
        return [ok(`Cross-zone load balancing is off (${from}), and the load balancer has a single zone.`)]
      }
      return [
        problem(
          `Cross-zone load balancing is off (${from}): only the writer's own zone serves, consumers in the other ${balancer.zones.length - 1} are dead.`,
          `Set ${key}=true on the target group (modify-target-group-attributes), or deploy the stack again.`,
          sources.troubleshooting,
        ),
      ]
    }),
}
