import type { Paint } from '../report/paint.ts'
import { timesAre } from '../report/result-text.ts'
import { say, sayJson } from '../say.ts'
import { cases, strategies, swap } from './cases.ts'
import { hasBroken, settings, showComparison, showDelays, showPauses, showSweep } from './comparison-table.ts'
import { type Measured, runCases, type Sweep } from './run.ts'

export interface CompareOptions {
  readonly speed: number
  readonly codeFolder: string
  readonly isJson: boolean
  readonly isComparing: boolean
  /** Seconds. */
  readonly registrations?: readonly number[]
  readonly paint: Paint
}

/** The same failover under every updater, side by side. @returns whether Repoint kept its promises in every row. */
export const compare = async (options: CompareOptions): Promise<boolean> => {
  const { speed, codeFolder, isJson, isComparing, registrations = [], paint } = options
  const print = (text: string) => {
    if (!isJson) say(text)
  }
  const onMeasured = ({ label, scenario }: Measured) => print(paint('dim', `  ${scenario}, ${label}`))
  const run = { speed, codeFolder, onMeasured }
  const measured = isComparing ? await runCases(cases, run) : []
  if (isComparing) print(`\n${showComparison(measured, paint)}\n`)
  const sweeps: Sweep[] = []
  for (const registrationSeconds of registrations) {
    const propagation = { registrationMs: registrationSeconds * 1_000 }
    sweeps.push({ registrationSeconds, measured: await runCases([...swap, ...strategies], { ...run, propagation }) })
  }
  if (sweeps.length > 0) print(`\n${showSweep(sweeps)}\n`)
  const all = [...measured, ...sweeps.flatMap(sweep => sweep.measured)]
  const pauses = showPauses(all)
  if (pauses) print(`${paint('yellow', pauses)}\n`)
  print(explanation(speed))
  print(`${paint('bold', 'Delays, and where each comes from')}\n${showDelays()}`)
  if (isJson) sayJson({ speed, settings: settings(), measured, sweeps })
  return !all.some(hasBroken)
}

const explanation = (speed: number): string =>
  [
    'Application down: the longest time in which no attempt worked, on new connections or on a kept one.',
    'Errors for: from the first error to the last; in between, old and new target take turns.',
    'Pollers come half a period after the DNS change, as they do on average.',
    `Times are ${timesAre(speed)}, with the delays below.`,
  ].join('\n')
