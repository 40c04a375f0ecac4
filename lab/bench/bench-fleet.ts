import { say, sayJson } from '../say.ts'
import { fleetStrategies } from './fleet-database.ts'
import { type FleetResult, runFleet } from './fleet-run.ts'
import { fleetNotes, renderFleetTable } from './fleet-table.ts'
import { missedTargets, targetSize } from './fleet-targets.ts'

export interface FleetBench {
  /** How many databases a fleet has, for each run. */
  readonly sizes: readonly number[]
  readonly seed: number
  readonly isJson: boolean
  readonly note: (line: string) => void
}

export const fleetSizes = [10, 100, 300, targetSize]

/** @returns whether every target was met. The same seed gives the same figures. */
export const benchFleet = async ({ sizes, seed, isJson, note }: FleetBench): Promise<boolean> => {
  const results: FleetResult[] = []
  for (const strategy of fleetStrategies) {
    for (const databases of sizes) {
      note(`Running ${databases} databases, ${strategy}`)
      results.push(await runFleet(strategy, databases, seed))
    }
  }
  const missed = results.flatMap(missedTargets)
  if (isJson) sayJson({ seed, results, missed })
  else {
    say(renderFleetTable(results))
    say(fleetNotes)
    const isTargetSize = sizes.includes(targetSize)
    if (missed.length > 0) say(`Missed:\n${missed.map(line => `  ${line}`).join('\n')}`)
    else say(isTargetSize ? 'Every target is met.' : `The targets are for ${targetSize} databases.`)
  }
  return missed.length === 0
}
