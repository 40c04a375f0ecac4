import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { CliError } from '../../failure.ts'
import type { Output } from '../../output.ts'
import { showDuration } from '../../text/durations.ts'
import type { WatchEnd } from './share-steps.ts'

export interface Asked {
  readonly share: number
  /** Those above the share that is live. */
  readonly steps: readonly number[]
  readonly everyMs: number
  readonly applies: boolean
  readonly whyNotStep: (percent: number) => Promise<string | undefined>
}

/** What stands against the first step is said before anything is watched. `undefined`: go on. @throws CliError */
export const sayBefore = async (out: Output, asked: Asked): Promise<ExitCode | undefined> => {
  const { share, steps, everyMs, applies, whyNotStep } = asked
  const [first] = steps
  if (first === undefined) {
    out.result(`The gateway has ${share} % already: nothing to do.`, { outcome: 'nothing-to-do', share })
    return exitCodes.ok
  }
  const why = await whyNotStep(first)
  if (why !== undefined) {
    if (out.isJson) out.result('', { outcome: 'refused', share, steps, why })
    throw new CliError(`Nothing was done: ${why}`, exitCodes.refused)
  }
  if (applies) return undefined
  const path = [share, ...steps].map(step => `${step} %`).join(' → ')
  const text = `${path}, each after both paths have been well for ${showDuration(everyMs)}. Back to 0 when the path through the gateway alone has errors.\nThis was a dry run: --apply does it.`
  out.result(text, { outcome: 'dry-run', share, steps, everyMs })
  return exitCodes.ok
}

export interface Standing {
  readonly hasSteps: boolean
  /** How the weights stand, in a sentence. */
  readonly stands: () => Promise<string>
}

export const sayEnd = async (out: Output, end: WatchEnd, { hasSteps, stands }: Standing): Promise<ExitCode> => {
  out.note(`${showEnd(end)} ${await stands()}`)
  if (end.kind === 'done') return exitCodes.ok
  if (end.kind === 'interrupted') return hasSteps ? exitCodes.interrupted : exitCodes.ok
  return end.kind === 'moved-by-others' ? exitCodes.refused : exitCodes.findings
}

const showEnd = (end: WatchEnd): string => {
  switch (end.kind) {
    case 'done':
      return 'Every step is done.'
    case 'interrupted':
      return 'Interrupted: the weights stay as they are.'
    case 'moved-by-others':
      return 'Somebody else has moved the weights: no further step.'
    case 'rolled-back':
      return `Went back: ${end.why}.`
    case 'stopped':
      return `Stopped: ${end.why}.`
  }
}
