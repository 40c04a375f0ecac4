import { type Answer, isUsable, type Registration, type Weight } from '../../functions/reconciler/core/model.ts'
import { listenerArn } from '../fakes/cluster-world.ts'
import type { FakeFrontDoor } from '../fakes/fake-front-door.ts'
import type { Hardship } from './hardship.ts'
import type { Moment, Shape } from './history.ts'
import { arnsOf } from './ports.ts'
import { at, type Script, type Timeline } from './script.ts'

/** What holds in every world, whatever happens: checked at each write that takes effect, and when all is calm. */

export interface Court {
  readonly shape: Shape
  readonly script: Script
  readonly hardship: Hardship
  readonly frontDoor: FakeFrontDoor
  readonly history: readonly Moment[]
  readonly truth: (ms: number) => Moment
  readonly sinceMs: () => number
  /** Addresses that somebody else registered, and when. */
  readonly meddled: ReadonlyMap<string, number>
  /** When a reconciler got its first answer of DNS: of a writer before that it may know nothing. */
  readonly firstAnswerMs: () => number
}

export const liveIn = (frontDoor: FakeFrontDoor, arn: string): readonly string[] =>
  Object.entries(frontDoor.states(arn))
    .filter(([, state]) => state !== 'draining')
    .map(([key]) => key.split(':')[0] ?? '')

/** An answer may be believed for so long after DNS gave it last: settling, a slow call, and the second resolver. */
const believedMs = 20_000

/** A second resolver may be so far behind. */
const resolversDifferMs = 10_000

/** Nobody can know sooner that a node is not ours any more. */
const justOursMs = 10_000

/** Whether the address is a node of ours, or was a moment ago, or was named as one not long ago by something that could be believed. */
const isOurs = ({ shape, script, history, truth, sinceMs }: Court, ip: string): boolean => {
  const now = sinceMs()
  if ([now, Math.max(0, now - justOursMs)].some(ms => truth(ms).nodes.some(node => node.ip === ip))) return true
  const named = answered(script.dns, now - believedMs, now)
  if (named.includes(ip)) return true
  // A cold start within a flap follows it once, and takes the other one of that pair with it.
  const pairs = history.filter(({ nodes }) => nodes.some(node => named.includes(node.ip)))
  if (shape === 'standby' && pairs.some(({ nodes }) => nodes.some(node => node.ip === ip))) return true
  for (let ms = now; ms >= Math.max(0, now - believedMs); ms -= 500) if (members(script, ms).includes(ip)) return true
  return false
}

/** All that the name meant in a span. */
const answered = (timeline: Timeline<Answer>, fromMs: number, untilMs: number): readonly string[] =>
  timeline.flatMap(([sinceMs, answer], index) => {
    const overMs = timeline[index + 1]?.[0] ?? Number.POSITIVE_INFINITY
    return sinceMs <= untilMs && overMs >= fromMs && answer.kind === 'addresses' ? answer.addresses : []
  })

/**
 * Where the listed members are by their names, unless none of them is where the endpoint is. A vote that contradicts the list
 * may not have been asked for: a settled writer needs none.
 */
const members = ({ members: listed, names, dns }: Script, ms: number): readonly string[] => {
  const list = at(listed, ms)
  if (list === undefined || list instanceof Error) return []
  const fromMs = ms - resolversDifferMs
  const located = list.flatMap(({ endpoint = '' }) => answered(names.get(endpoint) ?? [], fromMs, ms))
  return answered(dns, fromMs, ms).some(ip => located.includes(ip)) ? located : []
}

/** @returns what a registration breaks. */
export const afterRegister = (court: Court, ips: readonly string[]): string[] =>
  ips.filter(ip => !isOurs(court, ip)).map(ip => `registers ${ip}, which is nobody's of ours`)

export interface Removal {
  readonly arn: string
  readonly ips: readonly string[]
  readonly before: readonly Registration[]
  readonly after: readonly Registration[]
}

/** @returns what a removal breaks: the group is empty, or the writer is gone that DNS names. */
export const afterDeregister = async (court: Court, { arn, ips, before, after }: Removal): Promise<string[]> => {
  const { shape, script, frontDoor, hardship, truth, sinceMs, firstAnswerMs } = court
  const isEmptied = before.some(isUsable) && !after.some(isUsable)
  const broken: string[] = []
  const weights = shape === 'weighted' ? await frontDoor.weights(listenerArn) : []
  const isServing = shape !== 'weighted' || weights.some(it => it.targetGroupArn === arn && it.weight > 0)
  const wasOurs = ips.some(ip => truth(sinceMs()).nodes.some(node => node.ip === ip))
  // Two at once may each take out the other's, where reads lag and resolvers disagree: see `staysEmpty`.
  const isAlone = hardship.reconcilers === 1
  if (isAlone && isEmptied && isServing && (shape !== 'reader' || wasOurs))
    broken.push(`empties ${arn.slice(-1)} of ${ips}`)
  const { writer: node, atMs: sinceWriterMs } = truth(sinceMs())
  const writer = node.ip
  // Named by the endpoint: before that it may have come as a member, and gone again with its name, which flaps as well.
  const namedMs = script.dns.find(
    ([fromMs, answer]) => fromMs >= sinceWriterMs && answer.kind === 'addresses' && answer.addresses.includes(writer),
  )?.[0]
  const isFollowed =
    namedMs !== undefined &&
    frontDoor.calls.some(
      ({ kind, atMs, targets }) =>
        kind === 'register' && atMs >= namedMs && targets.some(it => it.startsWith(`${writer}:`)),
    )
  const isHeld = arnsOf(shape).some(other => liveIn(frontDoor, other).includes(writer))
  const knowsAll = isAlone && hardship.deaths.size === 0
  if (
    shape !== 'reader' &&
    knowsAll &&
    isFollowed &&
    firstAnswerMs() < sinceWriterMs &&
    ips.includes(writer) &&
    !isHeld
  )
    broken.push(`removes the writer ${writer}`)
  return broken
}

/** With two reconcilers: by the next runs of the schedule at the latest, somebody has put the writer back. */
export const emptyAtMostMs = 130_000

/** @returns whether the group that serves has been empty all the time since, while nothing changed. */
export const staysEmpty = ({ frontDoor, truth, sinceMs }: Court, arn: string, emptiedMs: number): string[] => {
  const isCalm = truth(sinceMs()).atMs < emptiedMs - 60_000
  const wasFilled = frontDoor.calls.some(
    ({ kind, place, atMs }) => kind === 'register' && place === arn && atMs >= emptiedMs,
  )
  return isCalm && !wasFilled && liveIn(frontDoor, arn).length === 0 ? [`leaves ${arn.slice(-1)} empty`] : []
}

/** @returns what is wrong with what has weight now. */
export const afterWeights = (weights: readonly Weight[]): string[] => {
  const serving = weights.filter(({ weight }) => weight > 0)
  return serving.length === 1 ? [] : [`gives weight to ${serving.length} groups`]
}

/** Behind weight. */
export const servedAddresses = async ({ frontDoor }: Court): Promise<readonly string[]> => {
  const weights = await frontDoor.weights(listenerArn)
  const serving = weights.filter(({ weight }) => weight > 0)
  return [...new Set(serving.flatMap(({ targetGroupArn }) => liveIn(frontDoor, targetGroupArn)))]
}

/** @returns what is not as it should be long after the last change. */
export const whenCalm = async (court: Court): Promise<string[]> => {
  const { shape, frontDoor, truth, sinceMs } = court
  const { nodes, writer } = truth(sinceMs())
  const live = arnsOf(shape).map(arn => liveIn(frontDoor, arn))
  const expected = (found: readonly string[], wanted: readonly string[], what: string) =>
    [...found].sort().join() === [...wanted].sort().join() ? [] : [`${what} is ${found}, not ${wanted}`]
  const readers = nodes.filter(node => node !== writer).map(({ ip }) => ip)
  switch (shape) {
    case 'standby': {
      const others = live.flat().filter(ip => ip !== writer.ip)
      const foreign = others.filter(ip => !nodes.some(node => node.ip === ip))
      return [
        ...(live.flat().includes(writer.ip) ? [] : [`the writer ${writer.ip} is not registered`]),
        ...foreign.map(ip => `keeps ${ip} of another database`),
      ]
    }
    case 'reader':
      // The last member stays, even where nobody may serve.
      return readers.length === 0
        ? live.flat().flatMap(ip => (nodes.some(node => node.ip === ip) ? [] : [`keeps ${ip}, which is no member's`]))
        : expected(live.flat(), readers, 'the group of readers')
    case 'weighted':
      return [
        ...expected(await servedAddresses(court), [writer.ip], 'what has weight'),
        ...live.flat().flatMap(ip => (nodes.some(node => node.ip === ip) ? [] : [`keeps ${ip}, which is no member's`])),
      ]
    default:
      return expected(live.flat(), [writer.ip], 'the group')
  }
}
