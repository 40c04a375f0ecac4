import { setTimeout as delay } from 'node:timers/promises'

export interface Polling {
  readonly everyMs: number
  readonly signal: AbortSignal
  /** A look that failed: during a failover looks do. It is told and the watching goes on. */
  readonly onError: (error: unknown) => void
}

/** Looks until the signal ends it; ends when the last look is over. */
export const poll = async (look: () => Promise<void>, { everyMs, signal, onError }: Polling): Promise<void> => {
  while (!signal.aborted) {
    try {
      await look()
    } catch (error) {
      if (!signal.aborted) onError(error)
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
