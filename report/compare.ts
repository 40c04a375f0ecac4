import { isAlike, type Manner, sayManner } from './manner.ts'
import { figuresOf, type ProbeFigures } from './measure.ts'
import { sayCounts } from './page/fields.ts'
import { type MilestoneName, milestones, type Probe } from './record/words.ts'
import type { DrillRecord } from './record.ts'

/** One duration that both records say something about. */
export interface Pair {
  readonly name: string
  /** Milliseconds; absent where it never ended or was not measured. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  /** Whose time was still running when the record ended: it is at least so long. */
  readonly atLeast?: readonly Side[]
}

export type Side = 'before' | 'after'

/** What is no duration, in words: failed attempts, what failed, checks such as the writes'. */
export interface Beside {
  readonly name: string
  readonly before?: string | undefined
  readonly after?: string | undefined
}

export interface Comparison {
  readonly outages: readonly Pair[]
  readonly times: readonly Pair[]
  /** Failed attempts of each client, and the checks of each record, among them what became of the writes. */
  readonly beside: readonly Beside[]
  /** What makes the two hard to compare. */
  readonly caveats: readonly string[]
}

/** Two records side by side: before and after a change, or one front door and the other. */
export const compareRecords = (before: DrillRecord, after: DrillRecord): Comparison => ({
  outages: probesOf(before, after).flatMap(({ of, a, b }) => [
    outagePair(`Longest outage, ${of}`, a, b, ({ longestOutageMs }) => longestOutageMs),
    outagePair(`All outages, ${of}`, a, b, ({ totalOutageMs }) => totalOutageMs),
  ]),
  times: [
    ...milestones
      .filter(name => [before, after].some(record => record.milestones.some(one => one.name === name)))
      .map(name => ({ name: milestoneTitles[name], before: timeOf(before, name), after: timeOf(after, name) })),
    { name: 'From the DNS change to the registration', before: reactionOf(before), after: reactionOf(after) },
  ].filter(one => one.before !== undefined || one.after !== undefined),
  beside: [
    ...probesOf(before, after).map(({ of, a, b }) => ({
      name: `Failed attempts, ${of}`,
      before: a && sayFailures(a),
      after: b && sayFailures(b),
    })),
    ...checksOf(before, after),
  ],
  caveats: [
    ...(before.database.id === after.database.id ? [] : ['They are about different databases.']),
    ...(before.kind === after.kind ? [] : ['One is a drill on AWS, the other a rehearsal in the lab.']),
    ...(before.cause === after.cause ? [] : [`They have different causes: ${before.cause}; ${after.cause}.`]),
    ...probesOf(before, after).flatMap(({ manners }) => manners ?? []),
    ...[before, after]
      .filter(({ verdict }) => verdict.outcome === 'interrupted')
      .map(({ title }) => `${title} was interrupted: what it did not see may have come later.`),
  ],
})

interface ProbePair {
  readonly of: string
  /** How each attempts, where both records have the client and not in the same way. */
  readonly manners: string | undefined
  readonly a: ProbeFigures | undefined
  readonly b: ProbeFigures | undefined
}

/** The clients of both records, each with its twin. */
const probesOf = (before: DrillRecord, after: DrillRecord): ProbePair[] => {
  const keyOf = ({ path, id }: Probe) => `${path} ${id}`
  const all = new Map([...before.probes, ...after.probes].map(probe => [keyOf(probe), probe]))
  const find = ({ probes }: DrillRecord, key: string) => probes.find(one => keyOf(one) === key)
  return [...all].map(([key, { name, path }]) => {
    const [one, other] = [find(before, key), find(after, key)]
    const [a, b] = [one && figuresOf(one, before.endedMs), other && figuresOf(other, after.endedMs)]
    const of = `${path === 'front-door' ? 'front door' : 'endpoint'}: ${name}`
    const manners = one && other && !isAlike(one, other) ? sayManners(of, one, other) : undefined
    return { of, manners, a, b }
  })
}

const sayManners = (of: string, a: Manner, b: Manner): string => {
  const [one, other] = [sayManner(a), sayManner(b)]
  const said = one === other ? `both have ${one}` : `A has ${one}; B ${other}`
  return `The outages of this client may differ for how it attempts alone (${of}): ${said}.`
}

const outagePair = (
  name: string,
  a: ProbeFigures | undefined,
  b: ProbeFigures | undefined,
  read: (figures: ProbeFigures) => number,
): Pair => {
  const atLeast: Side[] = [...(a?.isDown ? ['before' as const] : []), ...(b?.isDown ? ['after' as const] : [])]
  return {
    name,
    before: a && read(a),
    after: b && read(b),
    ...(atLeast.length > 0 && { atLeast }),
  }
}

const sayFailures = ({ failures, attempts, errors }: ProbeFigures): string =>
  `${failures} of ${attempts}${failures > 0 ? ` (${sayCounts(errors)})` : ''}`

/** Checks of the same words stand beside each other; one that only one record has stands alone. */
const checksOf = (before: DrillRecord, after: DrillRecord): Beside[] => {
  const all = new Set([...before.verdict.checks, ...after.verdict.checks].map(({ what }) => what))
  const say = ({ verdict }: DrillRecord, what: string) => {
    const check = verdict.checks.find(one => one.what === what)
    return (
      check &&
      `${check.holds ? 'kept' : check.isUnknown ? 'NOT CHECKED' : 'BROKEN'}${check.found === undefined ? '' : `: ${check.found}`}`
    )
  }
  return [...all].map(what => ({ name: sentenceCase(what), before: say(before, what), after: say(after, what) }))
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Since the failover was begun: these compare even where things came in another order. */
const milestoneTitles: Readonly<Record<MilestoneName, string>> = {
  'writer-ready': 'Database ready after',
  'dns-changed': 'DNS changed after',
  registered: 'New writer registered after',
  healthy: 'Its health checks agreed after',
  'client-works': 'Clients back after',
}

const timeOf = ({ milestones }: DrillRecord, wanted: MilestoneName): number | undefined =>
  milestones.find(({ name }) => name === wanted)?.atMs

/** What is the keeper's own share; unknown where DNS was looked at too seldom to see it. */
export const reactionOf = (record: DrillRecord): number | undefined => {
  const [dnsMs, registeredMs] = [timeOf(record, 'dns-changed'), timeOf(record, 'registered')]
  return dnsMs === undefined || registeredMs === undefined || registeredMs < dnsMs ? undefined : registeredMs - dnsMs
}

/** Below a tenth of a second two failovers do not differ. */
const noticeableMs = 100

/** One unit for a whole table, so that its figures can be compared at a glance. */
const saySeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

export const sayTime = (pair: Pair, side: Side): string => {
  const ms = pair[side]
  if (ms === undefined) return '–'
  return `${pair.atLeast?.includes(side) ? 'more than ' : ''}${saySeconds(ms)}`
}

/** How much more or less the second record has; what was still running when a record ended is a bound. */
export const sayDifference = ({ before, after, atLeast = [] }: Pair): string => {
  if (before === undefined || after === undefined || atLeast.length === 2) return '–'
  const difference = after - before
  const isLess = difference < 0
  // A time that is longer than it was seen to be makes a difference to its disadvantage larger, and the other unknown.
  const isBound = atLeast.length === 1
  if (isBound && (atLeast[0] === 'before') !== isLess) return '–'
  if (!isBound && Math.abs(difference) < noticeableMs) return 'the same'
  const share = before > 0 && !isBound ? `, ${Math.round((Math.abs(difference) / before) * 100)} %` : ''
  return `${isBound ? 'at least ' : ''}${saySeconds(Math.abs(difference))} ${isLess ? 'less' : 'more'}${share}`
}
