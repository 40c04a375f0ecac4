import { isRegistered, type RegistrationState } from '../../functions/reconciler/core/model.ts'
import type { DoctorFacts, TargetFacts } from '../facts/facts.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** What consumers meet now. Whether it is the writer, `repoint plan` tells. */
export const registrations: Check<DoctorFacts> = {
  name: 'registrations',
  question: 'Is a target registered, in use and healthy?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targets], targets => {
      const live = targets.filter(target => isRegistered({ ...target, state: target.state as RegistrationState }))
      const weight = weightOf(facts)
      if (live.length === 0 && weight === 0) return [ok('No target is registered and the weight is 0: a spare group.')]
      if (live.length === 0) {
        return [
          problem(
            'No target is registered: consumers cannot connect.',
            `Run repoint resync --database ${facts.settings.id}.`,
            sources.healthChecks,
          ),
        ]
      }
      const isServed = live.some(({ state }) => state === 'healthy')
      // A standby has no listener: its probes fail, and that is what selects the writer.
      const isStandby = ({ state }: TargetFacts) =>
        facts.door.strategy === 'standby' && isServed && state === 'unhealthy'
      const bad = live.filter(target => !isStandby(target)).flatMap(target => judgeOne(target, weight === 0))
      if (live.length > 1 && facts.door.strategy === 'swap' && facts.door.role === 'writer') {
        bad.push(
          warning(
            `${live.length} targets are registered (${live.map(show).join(', ')}): new connections are spread over all that are healthy.`,
            `During a failover this is normal for a while; if it lasts, run repoint plan --database ${facts.settings.id}.`,
          ),
        )
      }
      return bad.length > 0
        ? bad
        : [ok(`Registered: ${live.map(target => `${show(target)} ${target.state}`).join(', ')}.`)]
    }),
}

/** Weighted groups stand by with weight 0; `undefined` where the listener does not weigh the group. */
const weightOf = ({ door, targetGroup, listeners }: DoctorFacts): number | undefined => {
  if (door.strategy !== 'weighted' || targetGroup.kind !== 'known' || listeners.kind !== 'known') return undefined
  const { arn } = targetGroup.value
  return listeners.value.map(({ weights }) => weights?.[arn]).find(weight => weight !== undefined)
}

const show = ({ ip, port }: TargetFacts): string => `${ip}:${port}`

const judgeOne = (target: TargetFacts, standsBy: boolean): Judgement[] => {
  const { state, reason } = target
  const because = reason === undefined ? '' : ` (${reason})`
  if (state === 'healthy') return []
  if (state === 'unused') {
    return [
      problem(
        `${show(target)} is unused${because}: the load balancer sends nothing there.`,
        'Enable the zone of the address on the load balancer (see zones), and check that a listener forwards to the group.',
        sources.targetHealth,
      ),
    ]
  }
  if (state === 'initial') {
    return [
      warning(
        `${show(target)} is initial${because}: registering takes 1.5 to 5 minutes.`,
        'Wait; if it lasts longer, see security-group-database and health-check.',
        sources.healthChecks,
      ),
    ]
  }
  if (state === 'unavailable') {
    return [
      warning(
        `The health of ${show(target)} is unavailable${because}.`,
        'Ask again in a minute; if it lasts, enable the health check.',
        sources.targetHealth,
      ),
    ]
  }
  const judge = standsBy ? warning : problem
  return [
    judge(
      `${show(target)} is ${state}${because}: the probes do not get through, or the database does not listen there${standsBy ? '; a failover to it would not work' : ''}.`,
      'See security-group-database, security-group-load-balancer and the database’s status; repoint status shows where the writer is.',
      sources.healthChecks,
    ),
  ]
}
