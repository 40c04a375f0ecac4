import type { RegistrationState, Target } from '../../functions/reconciler/core/model.ts'
import { defaultPropagation } from '../../lab/nlb/propagation.ts'
import { keyOf } from '../../lab/nlb/registration.ts'
import { LabTargetGroup } from '../../lab/nlb/target-group.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { manualTime } from '../lab/manual-time.ts'

/** The port of the groups: what a target without a port of its own gets. */
export const groupPort = 5432

const drainMs = 300_000

/**
 * The laboratory's target groups on a clock that only a test moves, without sockets: a target is healthy as soon as its
 * registration ends, and stays what a test has made it.
 */
export const openTargetGroups = (arns: readonly string[]) => {
  const time = manualTime()
  const timeline = startTimeline(time)
  const disabled = new Set<string>()
  const nowhere = () => {
    throw new Error('nothing is connected to here')
  }
  const groups = arns.map(
    arn =>
      new LabTargetGroup({
        ...{ arn, timeline, port: groupPort },
        dialer: { time, network: { listenAt: nowhere, connectTo: nowhere } },
        attributes: { 'deregistration_delay.timeout_seconds': String(drainMs / 1000) },
        probe: async ({ target, onResult }) => {
          const [row] = groups.find(group => group.arn === arn)?.describe([target]) ?? []
          if (row?.state === 'initial') onResult('healthy')
        },
        zoneOf: ip => (disabled.has(ip) ? 'eu-west-1z' : 'eu-west-1a'),
      }),
  )
  for (const group of groups) group.attach({ zones: ['eu-west-1a'], cut: () => undefined })
  const find = (arn = arns[0]): LabTargetGroup => {
    const found = groups.find(group => group.arn === arn)
    if (!found) throw new Error(`no target group is called ${arn}`)
    return found
  }
  return {
    time,
    timeline,
    groups,
    put: (target: Target, state: RegistrationState, arn?: string) => putInto(find(arn), target, state),
    disableZoneOf: (ip: string) => disabled.add(ip),
    letRegistrationEnd: () => time.jump(defaultPropagation.registrationMs),
    letDrainEnd: () => time.jump(drainMs),
    states: (arn?: string): Record<string, string> =>
      Object.fromEntries(
        find(arn)
          .describe()
          .map(target => [keyOf(target), target.state]),
      ),
  }
}

const putInto = (group: LabTargetGroup, target: Target, state: RegistrationState): void => {
  if (state === 'unused') throw new Error('a target is unused by its zone: disableZoneOf')
  if (state === 'initial') group.register([target])
  else if (state === 'draining') {
    group.seed([target])
    group.deregister([target])
  } else if (state === 'unhealthy.draining') {
    group.attributes['target_health_state.unhealthy.connection_termination.enabled'] = 'false'
    group.attributes['target_health_state.unhealthy.draining_interval_seconds'] = '300'
    group.seed([target], 'unhealthy')
  } else group.seed([target], state)
}
