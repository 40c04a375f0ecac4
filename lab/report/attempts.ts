import type { Attempt } from '../../report/measure.ts'
import type { ConnectionHabit, Sample } from '../client/worker.ts'

/** Connect, write and read together are what the application calls an attempt. One that the end cut short is none. */
export const attemptsOfHabit = (samples: readonly Sample[], habit: ConnectionHabit): Attempt[] => {
  const attempts: Sample[][] = []
  let previous: Sample | undefined
  for (const sample of samples) {
    if (sample.connection !== habit) continue
    const continues = previous?.ok === true && previous.step !== 'read' && sample.step !== 'connect'
    if (continues) attempts.at(-1)?.push(sample)
    else attempts.push([sample])
    previous = sample
  }
  return attempts.flatMap(steps => {
    const [first, last] = [steps[0], steps.at(-1)]
    if (!first || !last || (last.ok && last.step !== 'read')) return []
    const error = last.errorKind
    return [
      { atMs: first.atMs, tookMs: last.atMs + last.latencyMs - first.atMs, ...(error === undefined ? {} : { error }) },
    ]
  })
}
