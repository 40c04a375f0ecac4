/** What can go wrong with a call. The effect of `lost-reply` takes place and the caller never learns of it. */
export type Fault =
  | { readonly kind: 'throttled' | 'access-denied' | 'server-error' | 'lost-reply' }
  | { readonly kind: 'slow'; readonly ms: number }

export interface Faults {
  /** The next `times` calls of `action` (for example `elasticloadbalancing:RegisterTargets`) meet the fault. */
  inject(action: string, fault: Fault, times?: number): void
  take(action: string): Fault | undefined
  clear(): void
}

export const planFaults = (): Faults => {
  const planned = new Map<string, { fault: Fault; left: number }[]>()
  return {
    inject: (action, fault, times = 1) => {
      planned.set(action, [...(planned.get(action) ?? []), { fault, left: times }])
    },
    take: action => {
      const [next, ...rest] = planned.get(action) ?? []
      if (!next) return undefined
      next.left -= 1
      if (next.left <= 0) planned.set(action, rest)
      return next.fault
    },
    clear: () => planned.clear(),
  }
}
