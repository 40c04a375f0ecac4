import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Propagation } from '../nlb/propagation.ts'
import type { Updater } from '../rehearsal/updater.ts'
import type { Case } from './cases.ts'
import type { Row } from './row.ts'

/** What a process is told to run. */
export interface Order {
  readonly scenario: string
  readonly updater: Updater
  readonly speed: number
  readonly propagation: Partial<Propagation>
  readonly codeFolder: string
}

export interface Measured extends Case {
  readonly row: Row
  /** Promises of the scenario that this run did not keep. */
  readonly broken: readonly string[]
}

/** How long a registration takes the load balancer, and what the failover cost under each strategy then. */
export interface Sweep {
  readonly registrationSeconds: number
  readonly measured: readonly Measured[]
}

export interface RunOptions {
  readonly speed: number
  readonly codeFolder: string
  readonly propagation?: Partial<Propagation>
  readonly onMeasured?: (measured: Measured) => void
}

/** Plays the failover of each case, and answers in their order. @throws Error when one of them could not be run. */
export const runCases = async (cases: readonly Case[], options: RunOptions): Promise<Measured[]> => {
  const { speed, codeFolder, propagation = {}, onMeasured } = options
  const results: Measured[] = []
  const waiting = [...cases.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, one] = next
      const { scenario, updater } = one
      const answer = await runOne({ scenario, updater, speed, propagation, codeFolder })
      const measured: Measured = { ...one, ...answer }
      results[index] = measured
      onMeasured?.(measured)
    }
  }
  await Promise.all(Array.from({ length: abreast }, work))
  return results
}

/** At a time: each keeps a quarter of a core busy at twenty times the speed. */
const abreast = 2

const one = fileURLToPath(new URL('one.ts', import.meta.url))

type Answer = Pick<Measured, 'row' | 'broken'>

/** Node itself died: seen once, in V8's bookkeeping of WebAssembly code, on a machine under heavy load. */
class Crash extends Error {
  override readonly name = 'Crash'
}

/** A row whose process crashed was not measured, and is played once more. */
const runOne = (order: Order): Promise<Answer> =>
  play(order).catch((error: unknown) => {
    if (error instanceof Crash) return play(order)
    throw error
  })

const play = (order: Order): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [one, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said: Buffer[] = []
    const complaints: Buffer[] = []
    child.stdout.on('data', chunk => said.push(chunk))
    child.stderr.on('data', chunk => complaints.push(chunk))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const why = `${order.scenario} could not be played: ${String(Buffer.concat(complaints)).trim()}`
      if (code === 0) resolve(JSON.parse(String(Buffer.concat(said))))
      else reject(signal || code === null || code > 128 ? new Crash(why) : new Error(why))
    })
  })
