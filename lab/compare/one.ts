import { monitorEventLoopDelay } from 'node:perf_hooks'
import { leave } from '../leave.ts'
import { rehearse } from '../rehearsal/rehearse.ts'
import { findScenario } from '../scenarios/catalogue.ts'
import { startTime } from '../time.ts'
import { beginStory } from '../timeline.ts'
import { rowOf } from './row.ts'
import type { Order } from './run.ts'

/** One row in a process of its own: what another one starts or compiles does not stop its clock. The order is the argument. */
const run = async ({ scenario, keeper, speed, propagation, codeFolder }: Order): Promise<void> => {
  const time = startTime({ speed })
  const story = beginStory(time)
  const pauses = monitorEventLoopDelay({ resolution: 10 })
  const verdict = await rehearse({
    ...{ scenario: findScenario(scenario), keeper, time, story, codeFolder, propagation },
    isStanding: true,
    onPlay: () => void pauses.enable(),
  })
  const broken = verdict.expectations.filter(({ holds }) => !holds).map(({ what }) => what)
  // Nanoseconds of wall time.
  const pausedSeconds = (pauses.max / 1e9) * speed
  process.stdout.write(JSON.stringify({ row: rowOf(verdict, { pausedSeconds }), broken }))
}

await run(JSON.parse(process.argv[2] ?? '{}') as Order)
leave()
