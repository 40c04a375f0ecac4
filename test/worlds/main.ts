import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runWorld } from './run-world.ts'

/**
 * `npm run worlds -- [how many] [first seed]`: random worlds, each from its seed, with the laws that hold in all of them.
 * The first broken ones are printed with what happened in them. Exit code 1 when a law was broken.
 */

const [count = 300_000, first = 1] = process.argv.slice(2, 4).map(Number)
const mostShown = 5
/** A worker takes so many at once. */
const portion = 200

interface Broken {
  readonly seed: number
  readonly shape: string
  readonly broken: readonly string[]
  readonly told: readonly string[]
}

const runPortion = async (from: number, until: number): Promise<readonly Broken[]> => {
  const found: Broken[] = []
  for (let seed = from; seed < until; seed++) {
    const { shape, broken, told } = await runWorld(seed)
    if (broken.length > 0) found.push({ seed, shape, broken, told })
  }
  return found
}

const work = (): void => {
  process.on('message', ({ from, until }: { from: number; until: number }) => {
    runPortion(from, until).then(
      found => process.send?.(found),
      error => {
        console.error(error)
        process.exit(1)
      },
    )
  })
}

const lead = async (): Promise<void> => {
  const beganMs = Date.now()
  let next = first
  let done = 0
  const found: Broken[] = []
  const show = ({ seed, shape, broken, told }: Broken): void => {
    console.log(`\nseed ${seed} (${shape}): ${broken.join('; ')}`)
    for (const line of [...told].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)))
      console.log(`  ${line}`)
  }
  const worker = () =>
    new Promise<void>((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ['worker'], { execArgv: process.execArgv })
      const send = () => {
        const until = Math.min(next + portion, first + count)
        if (next >= until) return child.kill()
        child.send({ from: next, until })
        next = until
      }
      child.on('message', (broken: readonly Broken[]) => {
        for (const one of broken) if (found.push(one) <= mostShown) show(one)
        done += portion
        if (done % 5000 === 0) console.log(`${done} worlds, ${found.length} broken`)
        send()
      })
      child.on('exit', code => (code ? reject(new Error(`a worker ended with ${code}`)) : resolve()))
      send()
    })
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  const seconds = Math.round((Date.now() - beganMs) / 1000)
  const seeds = found.map(({ seed }) => seed).slice(0, 20)
  console.log(
    `${count} worlds from seed ${first} in ${seconds} s: ${found.length} broken${seeds.length > 0 ? `, seeds ${seeds}` : ''}`,
  )
  process.exitCode = found.length > 0 ? 1 : 0
}

if (process.argv[2] === 'worker') work()
else await lead()
