import type { TargetId } from '../model.ts'
import { type Dialer, dial } from './dial.ts'
import type { HealthCheckSettings } from './propagation.ts'

export interface HealthCheck {
  readonly target: TargetId
  readonly settings: HealthCheckSettings
  readonly dialer: Dialer
  readonly signal: AbortSignal
  /** Called after each probe that makes a threshold full; may be called with the same result again. */
  readonly onResult: (result: 'healthy' | 'unhealthy') => void
}

/** Finds out about a target until the signal ends it. */
export type Probe = (check: HealthCheck) => Promise<void>

/**
 * Connects by TCP at the interval and leaves without a word, until the signal ends it. A real NLB probes from several
 * nodes, so that "targets receive more than the configured number of health checks".
 */
export const watchHealth: Probe = async ({ target, settings, dialer, signal, onResult }) => {
  let passed = 0
  let failed = 0
  while (!signal.aborted) {
    const startedAtMs = dialer.time.now()
    const dialled = await dial(target, settings.timeoutMs, dialer, signal)
    if (dialled.outcome === 'aborted') return
    const isUp = dialled.outcome === 'connected'
    if (isUp) dialled.socket.on('error', () => undefined).destroy()
    passed = isUp ? passed + 1 : 0
    failed = isUp ? 0 : failed + 1
    if (passed >= settings.healthyThreshold) onResult('healthy')
    if (failed >= settings.unhealthyThreshold) onResult('unhealthy')
    const restMs = Math.max(0, settings.intervalMs - (dialer.time.now() - startedAtMs))
    await dialer.time.sleep(restMs, signal).catch(() => undefined)
  }
}
