import type { FrontDoorPlan } from '../template/front-door-plan.ts'

/** Who looks after the target group. */
export type Updater =
  | { readonly kind: 'repoint' }
  | { readonly kind: 'nobody' }
  /** Resolves and swaps once a period, the first time after `firstMs` (by default a whole period). */
  | { readonly kind: 'peer'; readonly periodMs: number; readonly firstMs?: number }
  /** Resolves and swaps once for each event that says that a failover is complete. */
  | { readonly kind: 'event-peer' }

export const phraseFor = (updater: Updater, plan: FrontDoorPlan = 'swap'): string => {
  switch (updater.kind) {
    case 'repoint':
      return plan === 'swap' ? 'with Repoint' : `with Repoint (${plan})`
    case 'nobody':
      return 'without Repoint'
    case 'peer':
      return `with a function that polls every ${updater.periodMs / 1000} s`
    case 'event-peer':
      return 'with a function that looks once for each completed failover'
  }
}
