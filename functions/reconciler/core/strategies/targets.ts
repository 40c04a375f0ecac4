import {
  type DoorView,
  isRegistered,
  isSameTarget,
  isUsable,
  type Observation,
  type Registration,
  type Step,
  type Target,
  type WriterView,
} from '../model.ts'

/** What the strategies share: which targets are there, missing, left over. */

export const writerTargets = (writer: WriterView, port: number): readonly Target[] =>
  writer.kind === 'settled' || writer.kind === 'credible' ? writer.addresses.map(ip => ({ ip, port })) : []

export const isIn = (targets: readonly Target[]) => (target: Target) =>
  targets.some(other => isSameTarget(other, target))

export const held = (door: DoorView): readonly Registration[] => door.registrations.filter(isRegistered)

/** An address that AWS says is not the database's. */
export const isStranger =
  ({ refused = [] }: Observation) =>
  ({ ip }: Target): boolean =>
    refused.some(owner => owner.ip === ip && owner.proof === 'disproved')

/** Strangers who were registered while AWS gave no answer, and may go: somebody else's address stays in use. */
export const strangersBeside = (observation: Observation, door: DoorView): readonly Registration[] => {
  const isTheirs = isStranger(observation)
  const present = held(door)
  return present.some(it => isUsable(it) && !isTheirs(it)) ? present.filter(isTheirs) : []
}

/** Id and port exactly as listed, and nothing else of the registration. */
export const named = (targets: readonly Target[]): readonly Target[] => targets.map(({ ip, port }) => ({ ip, port }))

/** The step, if there is anything in it. */
export const stepFor = (
  kind: 'register' | 'deregister',
  door: DoorView,
  targets: readonly Target[],
): readonly Step[] =>
  targets.length === 0
    ? []
    : [
        {
          kind,
          targetGroupArn: door.targetGroupArn,
          ...(door.listenerArn && { listenerArn: door.listenerArn }),
          targets: named(targets),
        },
      ]
