import { isRegistered, type RegistrationState } from '../../functions/reconciler/core/model.ts'
import type { DoctorFacts, DoorFacts } from '../facts/doctor-facts.ts'
import { type Gathered, known } from '../facts/gathered.ts'
import type { TargetFacts } from '../facts/target-groups.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** What consumers reach now. Whether it is the writer, `repoint plan` tells. */
export const registrations: Check<DoctorFacts> = {
  name: 'registrations',
  question: 'Is a target registered, in use and healthy?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targets, weightOf(facts)], (targets, weight) =>
      judgeTargets(targets, { ...facts.door, weight, id: facts.settings.id }),
    ),
}

/** Weighted groups stand by with weight 0; `undefined` where the listener does not weigh the group. */
const weightOf = ({ door, targetGroup, listeners }: DoctorFacts): Gathered<number | undefined> => {
  if (door.strategy !== 'weighted') return known(undefined)
  if (targetGroup.kind !== 'known') return targetGroup
  if (listeners.kind !== 'known') return listeners
  const { arn } = targetGroup.value
  return known(listeners.value.map(({ weights }) => weights?.[arn]).find(weight => weight !== undefined))
}

export interface GroupPlace extends Pick<DoorFacts, 'role' | 'strategy'> {
  /** What the listener gives the group; absent where it does not weigh it. */
  readonly weight?: number | undefined
  /** The database's id in the settings. */
  readonly id: string
}

/** The targets of one group. Of a standby pair the healthy one serves, and the other has no listener: that is normal. */
export const judgeTargets = (targets: readonly TargetFacts[], place: GroupPlace): readonly Judgement[] => {
  const { role, strategy, weight, id } = place
  const live = targets.filter(target => isRegistered({ ...target, state: target.state as RegistrationState }))
  if (live.length === 0) {
    if (weight === 0) return [ok('No target is registered and the weight is 0: a spare group.')]
    return [
      problem(
        'No target is registered: consumers cannot connect.',
        `Run repoint resync --database ${id}.`,
        sources.healthChecks,
      ),
    ]
  }
  const isServed = live.some(({ state }) => state === 'healthy')
  const isStandby = ({ state }: TargetFacts) => strategy === 'standby' && isServed && state === 'unhealthy'
  const bad = live.filter(target => !isStandby(target)).flatMap(target => judgeTarget(target, weight === 0))
  if (live.length > 1 && strategy === 'swap' && role === 'writer') {
    bad.push(
      warning(
        `${live.length} targets are registered (${live.map(show).join(', ')}): new connections go to all that are healthy.`,
        `During a failover this is normal for a while; if it lasts, run repoint plan --database ${id}.`,
      ),
    )
  }
  return bad.length > 0 ? bad : [ok(`Registered: ${live.map(target => `${show(target)} ${target.state}`).join(', ')}.`)]
}

const show = ({ ip, port }: TargetFacts): string => `${ip}:${port}`

const judgeTarget = (target: TargetFacts, standsBy: boolean): Judgement[] => {
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
        'Check again in a minute; if it lasts, enable the health check.',
        sources.targetHealth,
      ),
    ]
  }
  const judge = standsBy ? warning : problem
  return [
    judge(
      `${show(target)} is ${state}${because}: the probes do not reach it, or the database does not listen there${standsBy ? '; a failover to it would not work' : ''}.`,
      'See security-group-database, security-group-load-balancer and the database’s status; repoint status shows where the writer is.',
      sources.healthChecks,
    ),
  ]
}
