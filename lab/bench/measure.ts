import { fileURLToPath } from 'node:url'
import { type Artefact, swapBudgetBytes } from '../../functions/build.ts'
import { rdsEvent } from '../database/rds-event.ts'
import { databaseArn } from '../fixture.ts'
import type { BenchAws, Kind, OwnerProof, Settle } from './bench-aws.ts'
import { type Figure, median } from './figures.ts'
import { type InvocationRun, type ProcessRun, type RunOptions, runProcess } from './process-run.ts'

/** What every measurement needs. */
export interface Bench {
  readonly aws: BenchAws
  readonly artefact: Artefact
  readonly rounds: number
}

const emptyFolder = fileURLToPath(new URL('empty', import.meta.url))
const fourResyncs = [{}, {}, {}, {}]
/** As deployed. */
const usual: Settle = { answers: 3, intervalMs: 1000, spanMs: 6000 }
/** One answer settles, so that a swap's time is the function's and not the waiting that settling asks for. */
const atOnce: Settle = { answers: 1, intervalMs: 1, spanMs: 0 }

const noOp = ({ aws, artefact: { folder } }: Bench, kind: Kind = 'instance'): RunOptions => ({
  aws,
  folder,
  config: aws.config(kind, usual),
  payloads: fourResyncs,
})

const swap = (bench: Bench, kind: Kind = 'instance', ownerProof: OwnerProof = 'off'): RunOptions => ({
  ...noOp(bench, kind),
  config: bench.aws.config(kind, atOnce, ownerProof),
  // A second change within half a minute is taken for a flap, and waited out.
  payloads: [{}, {}],
  before: () => bench.aws.flip(),
})

const empty = (bench: Bench): RunOptions => ({ ...noOp(bench), folder: emptyFolder })

/** The three take turns, so that whatever else the machine does meets them alike. */
const inTurns = async <K extends string>(
  rounds: number,
  runs: Record<K, RunOptions>,
): Promise<Record<K, ProcessRun[]>> => {
  const done = Object.fromEntries(Object.keys(runs).map(name => [name, []])) as unknown as Record<K, ProcessRun[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(runs) as K[]) done[name].push(await runProcess(runs[name]))
  }
  return done
}

export const measureSize = async ({ artefact }: Bench): Promise<Figure[]> => [
  {
    name: 'Loaded by a swap',
    value: artefact.swapBytes / 1000,
    unit: 'KB',
    detail: `${artefact.swapBytes} bytes in ${artefact.swapFiles.length} files, for a cluster`,
    atMost: swapBudgetBytes / 1000,
  },
]

export const measureStart = async (bench: Bench): Promise<Figure[]> => {
  const runs = await inTurns(bench.rounds, { empty: empty(bench), noOp: noOp(bench), swap: swap(bench) })
  const coldMs = (kind: keyof typeof runs) => median(runs[kind].map(run => run.coldMs))
  const initMs = (kind: keyof typeof runs) => median(runs[kind].map(run => run.initMs))
  const nthMs = (kind: keyof typeof runs, nth: number) =>
    median(runs[kind].map(({ invocations }) => invocations[nth]?.tookMs ?? Number.NaN))
  const cold = (kind: 'noOp' | 'swap'): Pick<Figure, 'value' | 'unit' | 'detail'> => ({
    value: coldMs(kind) / coldMs('empty'),
    unit: 'times',
    detail: `${coldMs(kind).toFixed(0)} ms (init ${initMs(kind).toFixed(0)}), empty handler ${coldMs('empty').toFixed(0)} ms`,
  })
  const first = (kind: 'noOp' | 'swap', nth: number): Pick<Figure, 'value' | 'unit' | 'detail'> => ({
    value: nthMs(kind, 0) / nthMs(kind, nth),
    unit: 'times',
    detail: `${nthMs(kind, 0).toFixed(1)} ms, then ${nthMs(kind, nth).toFixed(1)} ms`,
  })
  return [
    { name: 'Cold no-op, to an empty handler', ...cold('noOp') },
    { name: 'Cold swap, to an empty handler', ...cold('swap'), atMost: 3 },
    { name: 'First no-op, to the fourth', ...first('noOp', 3), atMost: 2.5 },
    { name: 'First swap, to the second', ...first('swap', 1), atMost: 2.5 },
  ]
}

/** A function that runs quietly and then meets a new address. */
const oneMove = (bench: Bench, ownerProof: OwnerProof): RunOptions => {
  let payloads = 0
  return {
    ...swap(bench, 'instance', ownerProof),
    before: () => {
      if (payloads++ % 2 > 0) bench.aws.flip()
    },
  }
}

/** The code of the EC2 client is loaded with the first new address; the figures of a swap above are without. */
export const measureProof = async (bench: Bench): Promise<Figure[]> => {
  const runs = await inTurns(bench.rounds, { plain: oneMove(bench, 'off'), proved: oneMove(bench, 'when-possible') })
  const lastOf = (kind: keyof typeof runs) => runs[kind].map(({ invocations }) => invocations[1])
  const ms = (kind: keyof typeof runs) => median(lastOf(kind).map(untilRegisteredMs))
  const asked = lastOf('proved')[0]?.calls.map(({ action }) => action) ?? []
  const calls = asked.filter(action => ['DescribeNetworkInterfaces', 'DescribeDBInstances'].includes(action))
  return [
    {
      name: 'First registration of a new address, proved, to not proved',
      value: ms('proved') / ms('plain'),
      unit: 'times',
      detail: `${ms('proved').toFixed(0)} ms until RegisterTargets, ${ms('plain').toFixed(0)} ms with ownerProof off`,
    },
    { name: 'AWS calls of the first proof', value: calls.length, unit: 'calls', detail: calls.join(', '), atMost: 2 },
  ]
}

const untilRegisteredMs = (run: InvocationRun | undefined): number => {
  const [first] = run?.calls ?? []
  return run === undefined || first === undefined ? Number.NaN : registeredMs(run) - first.wallMs
}

export const measureFootprint = async (bench: Bench): Promise<Figure[]> => {
  const rounds = Math.min(bench.rounds, 5)
  const withProbe = (run: RunOptions): RunOptions => ({ ...run, probe: true })
  const runs = await inTurns(rounds, {
    empty: withProbe(empty(bench)),
    noOp: withProbe(noOp(bench)),
    swap: withProbe(swap(bench)),
  })
  const peakMb = (kind: keyof typeof runs) =>
    median(runs[kind].map(({ invocations }) => (invocations.at(-1)?.peakKb ?? Number.NaN) / 1024))
  const cpuMs = median(runs.noOp.map(({ invocations }) => invocations.at(-1)?.cpuMs ?? Number.NaN))
  return [
    {
      name: 'Peak memory over an empty handler',
      value: peakMb('swap') - peakMb('empty'),
      unit: 'MB',
      detail: `${peakMb('swap').toFixed(1)} MB after two swaps, empty handler ${peakMb('empty').toFixed(1)} MB`,
      atMost: 20,
    },
    { name: 'CPU of a warm no-op', value: cpuMs, unit: 'ms', detail: 'user and system time of the process' },
  ]
}

export const measureCalls = async (bench: Bench): Promise<Figure[]> => {
  const figures: Figure[] = []
  for (const [kind, atMost] of [
    ['instance', 1],
    ['cluster', 2],
  ] as const) {
    const [still, moved] = [await runProcess(noOp(bench, kind)), await runProcess(swap(bench, kind, 'when-possible'))]
    const [noOpCalls, swapCalls] = [busiest(still), busiest(moved)]
    figures.push(
      {
        name: `AWS calls, no-op, ${kind}`,
        value: noOpCalls.length,
        unit: 'calls',
        detail: noOpCalls.join(', '),
        atMost,
      },
      { name: `AWS calls, swap, ${kind}`, value: swapCalls.length, unit: 'calls', detail: swapCalls.join(', ') },
    )
    const write = swapCalls.findIndex(action => !action.startsWith('Describe'))
    const loadBalancerReads = swapCalls.slice(0, write).filter(action => action === 'DescribeTargetHealth').length
    figures.push({
      name: `Reads of the group before ${swapCalls[write]}, ${kind}`,
      value: swapCalls[write] === 'RegisterTargets' ? loadBalancerReads : Number.POSITIVE_INFINITY,
      unit: 'calls',
      atMost: 1,
    })
  }
  return figures
}

/** The invocation that made the most calls stands for its kind. */
const busiest = ({ invocations }: ProcessRun): string[] =>
  invocations.map(({ calls }) => calls.map(call => call.action)).sort((a, b) => b.length - a.length)[0] ?? []

const pollMs = 200

/** A watch polls; at some moment between two looks the DNS flips. */
export const measureReaction = async ({ aws, artefact: { folder }, rounds }: Bench): Promise<Figure[]> => {
  const flips = Math.max(rounds, 8)
  const reactionsMs: number[] = []
  // A process for each: a second change within half a minute is taken for a flap, and waited out.
  for (let index = 0; index < flips; index++) {
    // Spread over the interval, so that the worst moment is among them.
    reactionsMs.push(await reactToOneFlip({ aws, folder, phaseMs: (pollMs * index) / flips }))
  }
  return [
    {
      name: 'DNS flip to RegisterTargets, slowest',
      value: Math.max(...reactionsMs),
      unit: 'ms',
      detail: `of ${flips}, median ${median(reactionsMs).toFixed(0)} ms, polling every ${pollMs} ms`,
      atMost: pollMs + 50,
    },
  ]
}

interface OneFlip {
  readonly aws: BenchAws
  readonly folder: string
  readonly phaseMs: number
}

const reactToOneFlip = async ({ aws, folder, phaseMs }: OneFlip): Promise<number> => {
  const origin = { kind: 'instance', id: 'orders', arn: databaseArn('instance') } as const
  let flippedMs = Number.NaN
  let isWarm = false
  const { invocations } = await runProcess({
    aws,
    folder,
    config: aws.config('instance', { answers: 1, intervalMs: pollMs, spanMs: 0 }, 'off'),
    payloads: [{}, rdsEvent(origin, 'failoverStarted', new Date())],
    before: () => {
      if (isWarm) {
        setTimeout(() => {
          flippedMs = Date.now()
          aws.flip()
        }, 300 + phaseMs)
      }
      isWarm = true
    },
  })
  const [, watched] = invocations
  return watched === undefined ? Number.POSITIVE_INFINITY : registeredMs(watched) - flippedMs
}

const registeredMs = ({ calls }: InvocationRun): number =>
  calls.find(({ action }) => action === 'RegisterTargets')?.wallMs ?? Number.POSITIVE_INFINITY
