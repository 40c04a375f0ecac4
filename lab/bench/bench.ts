import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildReconciler } from '../../functions/build.ts'
import { leave } from '../leave.ts'
import { openBenchAws } from './bench-aws.ts'
import { isMet } from './figures.ts'
import { describeMachine, notes, renderTable } from './figures-table.ts'
import { type Bench, measureCalls, measureFootprint, measureReaction, measureSize, measureStart } from './measure.ts'
import { measureOutages } from './measure-outages.ts'

/**
 * `npm run bench [-- --json] [-- --rounds N] [-- --no-outages]`: measures the artefact as it would be deployed. A missed target is printed
 * and leaves the exit code 0, because a slow or busy machine is no defect; the code is 1 when the benchmark itself fails.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '15' },
    outages: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds is a whole number above 0, got ${values.rounds}`)

const say = (line: string): void => {
  if (!values.json) process.stderr.write(`${line}\n`)
}

const workshop = await mkdtemp(join(tmpdir(), 'repoint-bench-'))
const artefact = await buildReconciler({ outdir: join(workshop, 'reconciler') })
const aws = await openBenchAws()
try {
  const bench: Bench = { aws, artefact, rounds }
  const figures = []
  for (const [what, measure] of [
    ['size', measureSize],
    [`start, ${rounds} rounds`, measureStart],
    ['memory and CPU', measureFootprint],
    ['calls', measureCalls],
    ['reaction', measureReaction],
    ...(values.outages ? ([['outages, two minutes', measureOutages]] as const) : []),
  ] as const) {
    say(`Measuring ${what}`)
    figures.push(...(await measure(bench)))
  }
  const machine = describeMachine()
  if (values.json) {
    console.log(
      JSON.stringify({ machine, rounds, figures: figures.map(figure => ({ ...figure, met: isMet(figure) })) }, null, 2),
    )
  } else {
    const missed = figures.filter(figure => isMet(figure) === false)
    console.log(renderTable(figures))
    console.log(
      `${machine.cores} cores (${machine.model}), ${machine.memoryGb} GB, ${machine.platform} ${machine.architecture}, Node ${machine.node}`,
    )
    console.log(notes)
    console.log(missed.length === 0 ? 'Every target is met.' : `Missed: ${missed.map(({ name }) => name).join('; ')}.`)
  }
} finally {
  await aws.close()
  await rm(workshop, { recursive: true, force: true })
}
leave()
