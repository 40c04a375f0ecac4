import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, notice, ok, problem, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const sharedLoadBalancer: Check<DoctorFacts> = {
  name: 'shared-load-balancer',
  question: 'Has the database its listener on the load balancer that it shares, and who else reaches it?',
  judge: ({ settings: { id, frontDoor }, listeners, loadBalancer }) => {
    if (frontDoor.kind !== 'create' || frontDoor.loadBalancer === undefined) return []
    const { loadBalancer: shared, listenerPort } = frontDoor
    return whenKnown([listeners, loadBalancer], (found, { enforcesOnPrivateLink }) => {
      const ports = found.map(({ port }) => port)
      return [
        ports.includes(listenerPort)
          ? ok(`The listener of ${id} on the load balancer ${shared} is on port ${listenerPort}.`)
          : problem(
              `No listener of the load balancer ${shared} on port ${listenerPort} leads to ${id}; those that do: ${ports.join(', ') || 'none'}.`,
              'Deploy the database’s stack.',
            ),
        ...(enforcesOnPrivateLink
          ? []
          : [
              notice(
                `Whoever is let in to the endpoint service of ${shared} reaches the port of every database behind it.`,
                'Where its consumers may not reach all of them: exposure.enforceSecurityGroup of the load balancer with exposure.clientCidrs of each database, or another load balancer.',
                sources.setSecurityGroups,
              ),
            ]),
      ]
    })
  },
}
