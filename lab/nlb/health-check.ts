import type { TargetId } from '../model.ts'
import { dial, type Path } from './dial.ts'
import type { HealthCheckSettings } from './propagation.ts'

export interface HealthCheck {
  readonly target: TargetId
  readonly settings: HealthCheckSettings
  readonly path: Path
  readonly signal: AbortSignal
  /** Called after each probe that makes a threshold full; may be called with the same verdict again. */
  readonly onVerdict: (verdict: 'healthy' | 'unhealthy') => void
}

/**
 * Connects by TCP at the interval and leaves without a word, until the signal ends it. A real NLB probes from several
 * nodes, so that "targets receive more than the configured number of health checks".
 */
export const watchHealth = async ({ target, settings, path, signal, onVerdict }: HealthCheck): Promise<void> => {
  let passed = 0
  let failed = 0
  while (!signal.aborted) {
    const startedAtMs = path.time.now()
    const dialled = await dial(target, settings.timeoutMs, path, signal)
    if (dialled.outcome === 'aborted') return
    const isUp = dialled.outcome === 'connected'
    if (isUp) dialled.socket.on('error', () => undefined).destroy()
    passed = isUp ? passed + 1 : 0
    failed = isUp ? 0 : failed + 1
    if (passed >= settings.healthyThreshold) onVerdict('healthy')
    if (failed >= settings.unhealthyThreshold) onVerdict('unhealthy')
    const restMs = Math.max(0, settings.intervalMs - (path.time.now() - startedAtMs))
    await path.time.sleep(restMs, signal).catch(() => undefined)
  }
}
