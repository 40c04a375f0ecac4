/** The part of the story that a chart shows. Milliseconds since the failover was begun. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

export const clamp = (ms: number, { fromMs, toMs }: Window): number => Math.min(toMs, Math.max(fromMs, ms))

const stepsMs = [500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000]
const leastPixelsBetweenTicks = 72

/** Distance of the ticks of a time axis that is `width` pixels wide. */
export const tickMs = ({ fromMs, toMs }: Window, width: number): number => {
  const least = ((toMs - fromMs) * leastPixelsBetweenTicks) / width
  return stepsMs.find(step => step >= least) ?? stepsMs.at(-1) ?? 60_000
}

/** The failover itself is always a tick. */
export const ticksOf = ({ fromMs, toMs }: Window, stepMs: number): number[] => {
  const first = Math.ceil(fromMs / stepMs)
  return Array.from({ length: Math.floor(toMs / stepMs) - first + 1 }, (_, index) => (first + index) * stepMs)
}

/** `13.5 s`, `2 min 24 s`. */
export const sayDuration = (ms: number): string => {
  if (Math.abs(ms) < 119_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

export const sayTick = (ms: number, stepMs: number): string => {
  if (stepMs < 1_000) return `${(ms / 1000).toFixed(1)} s`
  return stepMs >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`
}
