import type { LabTime } from '../model.ts'

const slices = 10

/**
 * Calls `giveUp` after at least `ms` of scenario time in which the process was able to work. Time is counted in slices,
 * and a pause counts as two of them at most: at sixty times the speed five seconds are 83 ms, and a pause of the garbage
 * collector would be a timeout that no scenario meant. The answer cancels it.
 */
export const losePatience = (time: LabTime, ms: number, giveUp: () => void): (() => void) => {
  const sliceMs = ms / slices
  let leftMs = ms
  let cancel: () => void = () => undefined
  const wait = () => {
    const sinceMs = time.now()
    cancel = time.after(Math.min(sliceMs, leftMs), () => {
      leftMs -= Math.min(time.now() - sinceMs, 2 * sliceMs)
      if (leftMs <= 0) giveUp()
      else wait()
    })
  }
  wait()
  return () => cancel()
}
