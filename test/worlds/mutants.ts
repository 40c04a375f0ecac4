import { fork } from 'node:child_process'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Shape } from './history.ts'

/**
 * `node test/worlds/mutants.ts [how many worlds] [name]`: switches one rule of the reconciler off at a time and counts the
 * worlds until a law is broken. A rule that no world misses is not tested by them. Exit code 1 when one is not found.
 */

export interface Mutant {
  readonly name: string
  /** In `functions/reconciler`; `from` occurs in it once. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** The worlds that could miss the rule. */
  readonly shapes: readonly Shape[]
}

const swaps = ['instance', 'cluster', 'hostname'] as const
const sets = ['weighted', 'reader'] as const

export const mutants: readonly Mutant[] = [
  {
    name: 'a step is planned before the last one is shown',
    file: 'inspect.ts',
    from: 'missing.some(other => placeOf(other) === placeOf(step))',
    to: 'missing.length < 0 && placeOf(step) === ""',
    shapes: [...swaps, ...sets, 'standby'],
  },
  {
    name: 'a write that one read showed is not awaited any more',
    file: 'progress.ts',
    from: 'awaited: progress.awaited.filter(({ sinceMs }) => isWithin(nowMs - sinceMs, progress.readLagMs)),',
    to: 'awaited: progress.awaited.filter(({ step, sinceMs }) => isWithin(nowMs - sinceMs, progress.readLagMs) && !isReflected(step, look.doors)),',
    shapes: [...sets, 'standby'],
  },
  {
    name: 'members that contradict the vote or the writer are believed',
    file: 'observe-members.ts',
    from: 'return isOther || isElsewhere',
    to: 'return (isOther || isElsewhere) && members.length < 0',
    shapes: sets,
  },
  {
    name: 'members are kept after an error',
    file: 'observe-members.ts',
    from: 'members = undefined\n',
    to: '',
    shapes: sets,
  },
  {
    name: 'swap removes the old one while the new one is not used',
    file: 'core/strategies/swap.ts',
    from: "writer.kind === 'settled' && isServed ? stale : []",
    to: "writer.kind === 'settled' ? stale : []",
    shapes: swaps,
  },
  {
    name: 'swap removes before the writer is settled',
    file: 'core/strategies/swap.ts',
    from: "writer.kind === 'settled' && isServed ? stale : []",
    to: 'isServed && wanted.length > 0 ? stale : []',
    shapes: swaps,
  },
  {
    name: 'weighted keeps others in the group of the writer',
    file: 'core/strategies/weighted.ts',
    from: 'if (others.length > 0) return deregister(assigned, others)',
    to: '',
    shapes: ['weighted'],
  },
  {
    name: 'weighted leaves no occupant out',
    file: 'core/strategies/weighted.ts',
    from: 'if (!isWhole(observation.members)) return undefined\n',
    to: 'return undefined\n',
    shapes: ['weighted'],
  },
  {
    name: 'a draining registration counts as registered',
    file: 'core/model.ts',
    from: "registration.state !== 'draining'",
    to: "registration.state !== 'unavailable'",
    shapes: [...swaps, ...sets, 'standby'],
  },
  {
    name: 'an address that came back is settled at once',
    file: 'core/settle.ts',
    from: 'const hasFlapped = lastFlapMs(answered, appearedMs, flapMs) === sinceMs',
    to: 'const hasFlapped = false',
    shapes: [...swaps, 'weighted'],
  },
  {
    name: 'one answer settles',
    file: 'core/settle.ts',
    from: 'run.length >= rules.answers && latest.atMs - sinceMs >= rules.spanMs',
    to: 'run.length > 0',
    shapes: swaps,
  },
  {
    name: 'an API that disagrees is waited for without end',
    file: 'core/settle.ts',
    from: "if (isOutlasted) return { kind: 'settled', addresses, because: 'dns-outlasts-rds' }",
    to: '',
    shapes: ['cluster', 'weighted'],
  },
  {
    name: 'standby believes a memory that does not know the writer',
    file: 'core/strategies/standby.ts',
    from: 'if (!isFirstFailover && !known.some(entry => isSameInterface(entry, writer))) return undefined',
    to: '',
    shapes: ['standby'],
  },
  {
    name: 'standby keeps what answers beside the writer',
    file: 'core/strategies/standby.ts',
    from: 'const isDisproved = found !== undefined && answersFor(door, owner, found) === 0',
    to: 'const isDisproved = found !== undefined && Number.isNaN(answersFor(door, owner, found))',
    shapes: ['standby'],
  },
  {
    name: 'a reader front door keeps the last address, whosever it is',
    file: 'core/strategies/readers.ts',
    from: 'const leaving = wanted.length > 0 ? stale : stale.filter(target => !isMembers(observation)(target))',
    to: 'const leaving = wanted.length > 0 ? stale : stale.filter(target => isMembers(observation)(target) && false)',
    shapes: ['reader'],
  },
  {
    name: 'members that are not located all count as the whole',
    file: 'core/strategies/members.ts',
    from: 'members !== undefined && members.length > 0 && availableMembers(members).every(member => member.addresses.length > 0)',
    to: 'members !== undefined && members.length > 0',
    shapes: sets,
  },
]

/** The worker: its reconciler has the mutation from the start. */
const work = async ({ file, from, to, shapes }: Mutant, count: number): Promise<void> => {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context)
      if (!url.endsWith(`/functions/reconciler/${file}`)) return loaded
      return { ...loaded, source: mutated(String(loaded.source), { from, to }) }
    },
  })
  const { runWorld, shapeOf } = await import('./run-world.ts')
  for (let seed = 1; seed <= count; seed++) {
    if (!shapes.includes(shapeOf(seed))) continue
    const { broken } = await runWorld(seed)
    if (broken.length > 0) return void process.send?.({ seed, broken })
  }
}

/** @throws where the text is not there exactly once */
export const mutated = (source: string, { from, to }: Pick<Mutant, 'from' | 'to'>): string => {
  const parts = source.split(from)
  if (parts.length !== 2) throw new Error(`the text of a mutant occurs ${parts.length - 1} times: ${from}`)
  return parts.join(to)
}

export interface Finding {
  readonly seed: number
  readonly broken: readonly string[]
}

/** Runs the worlds of a mutant in a process of its own. @returns the first that broke a law, if one did. */
export const hunt = (mutant: Mutant, count: number): Promise<Finding | undefined> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['worker', mutant.name, String(count)])
    let found: Finding | undefined
    child.on('message', message => {
      found = message as Finding
      child.disconnect()
    })
    child.on('exit', code => (code ? reject(new Error(`the worker ended with ${code}`)) : resolve(found)))
  })

const lead = async (count: number, only: string | undefined): Promise<void> => {
  for (const mutant of mutants.filter(({ name }) => only === undefined || name.includes(only))) {
    const found = await hunt(mutant, count)
    console.log(
      found
        ? `${mutant.name}: found by seed ${found.seed}, ${found.broken[0]}`
        : `${mutant.name}: NOT FOUND in ${count} worlds`,
    )
    if (found === undefined) process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , first = '3000', second, third] = process.argv
  if (first === 'worker') {
    const mutant = mutants.find(({ name }) => name === second)
    if (mutant) await work(mutant, Number(third))
  } else await lead(Number(first), second)
}
