import type { Probe } from './record/words.ts'

/** How a client attempts. Outages of clients that do it differently do not compare: each is as fine as its own attempts. */
export type Manner = Pick<Probe, 'everyMs' | 'patienceMs' | 'isSequential'>

/** `4 ms`, `3.0 s`. */
export const sayShort = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`)

/** `an attempt every 250 ms, each step of it given up after 3.0 s`. */
export const sayManner = ({ everyMs, patienceMs, isSequential }: Manner): string => {
  const next = isSequential ? ' or when the last one has ended' : ''
  const patience =
    patienceMs === undefined
      ? 'how long one is waited for is not recorded'
      : `each step of it given up after ${sayShort(patienceMs)}`
  return `an attempt every ${sayShort(everyMs)}${next}, ${patience}`
}

/** For a column: `3.0 s`, `3.0 s, in turn`. */
export const sayPatience = ({ patienceMs, isSequential }: Manner): string =>
  `${patienceMs === undefined ? 'not recorded' : sayShort(patienceMs)}${isSequential ? ', in turn' : ''}`

/** What is not recorded is like nothing. */
export const isAlike = (a: Manner, b: Manner): boolean =>
  a.everyMs === b.everyMs &&
  a.patienceMs !== undefined &&
  a.patienceMs === b.patienceMs &&
  (a.isSequential ?? false) === (b.isSequential ?? false)
