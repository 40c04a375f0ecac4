/** For how long this machine did not let the process run, beyond what it asked for. Wall milliseconds. */
export interface Pauses {
  readonly totalMs: number
  readonly longestMs: number
}

export interface PauseWatch {
  stop(): Pauses
}

const everyMs = 10

/** Shorter ones are the process's own work, such as a statement of the embedded database. */
const leastMs = 25

/** Watches from now on. A lab keeps its own time: what this machine takes of it looks like a slow product. */
export const watchPauses = (now: () => number = () => performance.now()): PauseWatch => {
  let [totalMs, longestMs, last] = [0, 0, now()]
  const look = () => {
    const pauseMs = now() - last - everyMs
    last = now()
    if (pauseMs < leastMs) return
    totalMs += pauseMs
    longestMs = Math.max(longestMs, pauseMs)
  }
  const timer = setInterval(look, everyMs).unref()
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return { totalMs, longestMs }
    },
  }
}
