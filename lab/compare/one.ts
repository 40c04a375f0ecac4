import { leave } from '../leave.ts'
import { rehearse } from '../rehearsal/rehearse.ts'
import { sayJson } from '../say.ts'
import { findScenario } from '../scenarios/catalogue.ts'
import { startTime } from '../time.ts'
import { startTimeline } from '../timeline.ts'
import { rowOf } from './row.ts'
import type { Order } from './run.ts'

/** One row in a process of its own: what another one starts or compiles does not stop its clock. The order is the argument. */
const run = async ({ scenario, updater, speed, propagation, codeFolder }: Order): Promise<void> => {
  const time = startTime({ speed })
  const timeline = startTimeline(time)
  const result = await rehearse({
    ...{ scenario: findScenario(scenario), updater, time, timeline, codeFolder, propagation },
    startsRegistered: true,
  })
  const broken = result.expectations.filter(({ holds }) => !holds).map(({ what }) => what)
  sayJson({ row: rowOf(result), broken })
}

await run(JSON.parse(process.argv[2] ?? '{}') as Order)
leave()
