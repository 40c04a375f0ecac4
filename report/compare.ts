import { sayDuration } from './chart/window.ts'
import { figuresOf } from './measure.ts'
import { type MilestoneName, milestones, type Probe } from './record/words.ts'
import type { DrillRecord } from './record.ts'

/** One thing that both records say something about. */
export interface Pair {
  readonly name: string
  /** Milliseconds; absent where it never ended or was not measured. */
  readonly before?: number
  readonly after?: number
}

export interface Comparison {
  readonly outages: readonly Pair[]
  readonly times: readonly Pair[]
  /** What makes the two hard to compare. */
  readonly caveats: readonly string[]
}

/** Two records side by side: before and after a change, or one front door and the other. */
export const compareRecords = (before: DrillRecord, after: DrillRecord): Comparison => ({
  outages: pair(
    before.probes,
    after.probes,
    probeKey,
    ({ name, path }) => `Longest outage, ${path === 'front-door' ? 'front door' : 'endpoint'}: ${name}`,
    outageOf(before),
    outageOf(after),
  ),
  times: [
    ...pair(
      before.milestones,
      after.milestones,
      ({ name }) => name,
      ({ name }) => milestoneTitles[name],
      ({ atMs }) => atMs,
      ({ atMs }) => atMs,
    ).toSorted((a, b) => milestoneOrder(a.name) - milestoneOrder(b.name)),
    {
      name: 'From the DNS change to the registration',
      ...withoutUndefined({ before: reactionOf(before), after: reactionOf(after) }),
    },
  ].filter(one => one.before !== undefined || one.after !== undefined),
  caveats: [
    ...(before.database.id === after.database.id ? [] : ['They are about different databases.']),
    ...(before.kind === after.kind ? [] : ['One is a drill on AWS, the other a rehearsal in the lab.']),
    ...(before.cause === after.cause ? [] : [`They have different causes: ${before.cause}; ${after.cause}.`]),
    ...[before, after]
      .filter(({ verdict }) => verdict.outcome === 'interrupted')
      .map(({ title }) => `${title} was interrupted: what it did not see may have come later.`),
  ],
})

/** Since the failover was begun: these compare even where things came in another order. */
const milestoneTitles: Readonly<Record<MilestoneName, string>> = {
  'writer-ready': 'Database ready after',
  'dns-changed': 'DNS changed after',
  registered: 'New writer registered after',
  healthy: 'Its health checks agreed after',
  'client-works': 'Clients back after',
}

const milestoneOrder = (name: string): number => milestones.findIndex(milestone => milestoneTitles[milestone] === name)

/** What is the keeper's own share; unknown where DNS was looked at too seldom to see it. */
export const reactionOf = ({ milestones }: DrillRecord): number | undefined => {
  const at = (wanted: MilestoneName) => milestones.find(({ name }) => name === wanted)?.atMs
  const [dnsMs, registeredMs] = [at('dns-changed'), at('registered')]
  return dnsMs === undefined || registeredMs === undefined || registeredMs < dnsMs ? undefined : registeredMs - dnsMs
}

const withoutUndefined = ({ before, after }: { before: number | undefined; after: number | undefined }) => ({
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
})

const outageOf =
  ({ endedMs }: DrillRecord) =>
  (probe: Probe): number =>
    figuresOf(probe, endedMs).longestOutageMs

const probeKey = ({ path, id }: Probe): string => `${path} ${id}`

const pair = <Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
  nameOf: (item: Item) => string,
  beforeMs: (item: Item) => number | undefined,
  afterMs: (item: Item) => number | undefined,
): Pair[] => {
  const names = new Map([...before, ...after].map(item => [keyOf(item), nameOf(item)]))
  return [...names].map(([key, name]) => {
    const [a, b] = [before.find(item => keyOf(item) === key), after.find(item => keyOf(item) === key)]
    const [aMs, bMs] = [a && beforeMs(a), b && afterMs(b)]
    return { name, ...withoutUndefined({ before: aMs, after: bMs }) }
  })
}

/** Below a tenth of a second two failovers do not differ. */
const noticeableMs = 100

export const sayDifference = ({ before, after }: Pair): string => {
  if (before === undefined || after === undefined) return '–'
  const difference = after - before
  if (Math.abs(difference) < noticeableMs) return 'the same'
  const share = before > 0 ? `, ${Math.round((Math.abs(difference) / before) * 100)} %` : ''
  return `${sayDuration(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'}${share}`
}
