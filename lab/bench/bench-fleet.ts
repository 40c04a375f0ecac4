import { fleetStrategies } from './fleet-database.ts'
import { type FleetResult, runFleet } from './fleet-run.ts'
import { fleetNotes, renderFleetTable } from './fleet-table.ts'
import { missedTargets, targetSize } from './fleet-targets.ts'

export interface FleetBench {
  /** How many databases a fleet has, for each run. */
  readonly sizes: readonly number[]
  readonly seed: number
  readonly isJson: boolean
  readonly say: (line: string) => void
}

export const fleetSizes = [10, 100, 300, targetSize]

/** @returns whether every target was met. The same seed gives the same figures. */
export const benchFleet = async ({ sizes, seed, isJson, say }: FleetBench): Promise<boolean> => {
  const results: FleetResult[] = []
  for (const strategy of fleetStrategies) {
    for (const databases of sizes) {
      say(`Running ${databases} databases, ${strategy}`)
      results.push(await runFleet(strategy, databases, seed))
    }
  }
  const missed = results.flatMap(missedTargets)
  if (isJson) console.log(JSON.stringify({ seed, results, missed }, null, 2))
  else {
    console.log(renderFleetTable(results))
    console.log(fleetNotes)
    const isTargetSize = sizes.includes(targetSize)
    if (missed.length > 0) console.log(`Missed:\n${missed.map(line => `  ${line}`).join('\n')}`)
    else console.log(isTargetSize ? 'Every target is met.' : `The targets are for ${targetSize} databases.`)
  }
  return missed.length === 0
}
