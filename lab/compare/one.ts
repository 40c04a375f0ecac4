import { monitorEventLoopDelay } from 'node:perf_hooks'
import { leave } from '../leave.ts'
import { rehearse } from '../rehearsal/rehearse.ts'
import { findScenario } from '../scenarios/catalogue.ts'
import { startTime } from '../time.ts'
import { startTimeline } from '../timeline.ts'
import { rowOf } from './row.ts'
import type { Order } from './run.ts'

/** One row in a process of its own: what another one starts or compiles does not stop its clock. The order is the argument. */
const run = async ({ scenario, updater, speed, propagation, codeFolder }: Order): Promise<void> => {
  const time = startTime({ speed })
  const timeline = startTimeline(time)
  const pauses = monitorEventLoopDelay({ resolution: 10 })
  const result = await rehearse({
    ...{ scenario: findScenario(scenario), updater, time, timeline, codeFolder, propagation },
    startsRegistered: true,
    onPlay: () => void pauses.enable(),
  })
  const broken = result.expectations.filter(({ holds }) => !holds).map(({ what }) => what)
  // Nanoseconds of wall time.
  const pausedSeconds = (pauses.max / 1e9) * speed
  process.stdout.write(JSON.stringify({ row: rowOf(result, { pausedSeconds }), broken }))
}

await run(JSON.parse(process.argv[2] ?? '{}') as Order)
leave()
