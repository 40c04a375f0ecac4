/**
 * The migration from a load balancer to a resource gateway, for the provider (a database) and for each consumer:
 *
 *   nlb      consumers come through the load balancer; there is no gateway
 *   shadow   the gateway's path stands beside it and carries no traffic
 *   shift    a share of the new connections goes through the gateway
 *   gateway  all of them do; load balancer and function are kept up to date, so that a rollback is real
 *   retired  load balancer, endpoint service and function are gone
 */
export const stages = ['nlb', 'shadow', 'shift', 'gateway', 'retired'] as const
export type Stage = (typeof stages)[number]

/** `new`: nothing is deployed yet. */
export const origins = ['new', ...stages] as const
export type Origin = (typeof origins)[number]

/**
 * Where one deployment may lead. Forward one stage at a time, because each is where the next is verified; back at once
 * to `shadow`, where all traffic is on the load balancer again; and back to `nlb` only from there, because it takes the
 * gateway away from under whoever is connected through it.
 */
const reachable: Readonly<Record<Origin, readonly Stage[]>> = {
  new: ['nlb', 'shadow', 'retired'],
  nlb: ['nlb', 'shadow'],
  shadow: ['nlb', 'shadow', 'shift'],
  shift: ['shadow', 'shift', 'gateway'],
  gateway: ['shadow', 'shift', 'gateway', 'retired'],
  retired: ['retired'],
}

/** Why a stage cannot be reached from another by one deployment; `undefined` where it can. */
export const whyNotStage = (from: Origin, to: Stage): string | undefined => {
  if (reachable[from].includes(to)) return undefined
  if (from === 'retired') {
    return 'retired: load balancer, endpoint service and function are gone, and their names with them; what leads back is a new deployment (from new) that consumers connect to anew'
  }
  const allowed = reachable[from].join(', ')
  if (to === 'nlb') {
    return `one of ${allowed}: nlb takes the gateway away, so all traffic has to leave it first (shadow)`
  }
  if (to === 'retired') {
    return `one of ${allowed}: retired removes the load balancer, so all traffic has to have been on the gateway before (gateway)`
  }
  return `one of ${allowed}: stages come one after the other, because each is where the next is verified`
}

/** Share of new connections that a stage sends through the gateway, in percent. */
export const percentOf = (stage: Stage, percent: number | undefined): number => {
  if (stage === 'shift') return percent ?? 0
  return stage === 'gateway' || stage === 'retired' ? 100 : 0
}

/** Whether a stage has the gateway's path, and whether it has the load balancer's. */
export const hasGateway = (stage: Stage): boolean => stage !== 'nlb'
export const hasLoadBalancer = (stage: Stage): boolean => stage !== 'retired'

/** How far a stage is in the migration. */
export const progressOf = (stage: Stage): number => stages.indexOf(stage)
