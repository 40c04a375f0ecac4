import type { Answer, ClusterVote } from '../../functions/reconciler/core/model.ts'
import { AwsError, type Member } from '../../functions/reconciler/ports.ts'
import { calmMs, hasCluster, type Moment, type Node, type Shape } from './history.ts'
import type { Random } from './random.ts'

/** What AWS says of a history, and when: late, in the wrong order, and with flaps. */
export interface Script {
  readonly dns: Timeline<Answer>
  readonly names: ReadonlyMap<string, Timeline<Answer>>
  readonly votes: Timeline<Omit<ClusterVote, 'atMs'> | Error>
  readonly members: Timeline<readonly Member[] | Error>
}

/** Sorted; the last entry that has come applies. */
export type Timeline<T> = readonly (readonly [fromMs: number, value: T])[]

export const at = <T>(timeline: Timeline<T>, ms: number): T | undefined =>
  timeline.findLast(([fromMs]) => fromMs <= ms)?.[1]

export const endpoint = (shape: Shape): string =>
  hasCluster(shape) ? 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com' : 'orders.abc123.eu-west-1.rds.amazonaws.com'

export const host = (id: string): string => `${id}.abc123.eu-west-1.rds.amazonaws.com`

/** What is said later is not overtaken by what was said before. */
const inOrder = <T>(entries: (readonly [number, T])[]): Timeline<T> => {
  let lastMs = 0
  return entries.map(([fromMs, value]) => {
    lastMs = Math.max(lastMs, fromMs)
    return [lastMs, value] as const
  })
}

const sorted = <T>(entries: (readonly [number, T])[]): Timeline<T> => [...entries].sort(([a], [b]) => a - b)

const answer = (ip: string, ...chain: string[]): Answer => ({
  kind: 'addresses',
  addresses: [ip],
  ttlSeconds: 5,
  chain,
})

export const drawScript = (random: Random, shape: Shape, history: readonly Moment[]): Script => {
  const toWriter = ({ id, ip }: Node): Answer =>
    hasCluster(shape) ? answer(ip, endpoint(shape), host(id)) : answer(ip, endpoint(shape))
  const dns: (readonly [number, Answer])[] = []
  const votes: (readonly [number, Omit<ClusterVote, 'atMs'> | Error])[] = []
  const members: (readonly [number, readonly Member[] | Error])[] = []
  const notFound = new AwsError('not-found', 'rds:DescribeDBInstances: DBInstanceNotFound')
  const names = new Map<string, (readonly [number, Answer])[]>()
  for (const [index, moment] of history.entries()) {
    const before = history[index - 1]
    const endMs = history[index + 1]?.atMs ?? calmMs + 60_000
    const late = (most: number) => (before === undefined ? 0 : moment.atMs + random.int(0, most) * 100)
    dns.push(...moves(random, { moment, before, endMs, toWriter }))
    const memberIds = moment.nodes.map(({ id }) => id)
    const isReplaced = moment.kind === 'switchover' || moment.kind === 'rename'
    if (isReplaced && random.chance(0.5)) {
      votes.push([moment.atMs - 1000, new AwsError('not-found', 'rds:DescribeDBClusters: DBClusterNotFoundFault')])
      if (random.chance(0.5)) members.push([moment.atMs - 1000, notFound])
    }
    // `IsClusterWriter` may go on naming the old writer until something else happens.
    const isFrozen = moment.kind === 'failover' && random.chance(0.15)
    if (!isFrozen) votes.push([late(900), { status: 'available', memberIds, writerId: moment.writer.id }])
    // What was replaced as a whole may be listed, and its names lead to it, for long after the endpoint has moved on.
    const staleMs = isReplaced && random.chance(0.5) ? random.int(20, 90) * 1000 : 0
    const listed = moment.nodes.map(({ id }) => ({ id, status: 'available', endpoint: host(id) }))
    members.push([late(100) + (random.chance(0.5) ? staleMs : 0), listed])
    for (const { id, ip } of moment.nodes) {
      const movedMs = late(50) + staleMs
      const entries: (readonly [number, Answer])[] = [[movedMs, answer(ip, host(id))]]
      if (random.chance(0.1)) entries.push(...gap(random, movedMs, answer(ip, host(id))))
      names.set(host(id), [...(names.get(host(id)) ?? []), ...entries])
    }
  }
  return {
    dns: sorted(dns),
    votes: inOrder(votes),
    members: inOrder(members),
    names: new Map([...names].map(([name, entries]) => [name, inOrder(entries)])),
  }
}

/** A name that means nothing for a while. */
const gap = (random: Random, sinceMs: number, now: Answer): (readonly [number, Answer])[] => {
  const fromMs = sinceMs + random.int(0, 300) * 100
  return [
    [fromMs, { kind: 'none', why: random.pick(['ESERVFAIL', 'ENOTFOUND']) }],
    [fromMs + random.int(50, 400) * 100, now],
  ]
}

interface Move {
  readonly moment: Moment
  readonly before: Moment | undefined
  /** The next change begins. */
  readonly endMs: number
  readonly toWriter: (node: Node) => Answer
}

/** The endpoint names the new writer some time after it is one, and may flap back once, for up to 30 s. */
const moves = (random: Random, { moment, before, endMs, toWriter }: Move): (readonly [number, Answer])[] => {
  const now = toWriter(moment.writer)
  if (before === undefined) return [[0, now]]
  const takesMs = random.int(0, moment.kind === 'rename' ? 600 : 150) * 100
  const movedMs = Math.min(moment.atMs + takesMs, endMs - 1)
  const entries: (readonly [number, Answer])[] = [[movedMs, now]]
  if (before.writer !== moment.writer && random.chance(0.4)) {
    const backMs = movedMs + random.int(10, 100) * 100
    const againMs = backMs + random.int(10, 300) * 100
    if (againMs < endMs) entries.push([backMs, toWriter(before.writer)], [againMs, now])
  }
  // Between two databases of a name, there is none.
  if (moment.kind === 'rename') entries.unshift([moment.atMs, { kind: 'none', why: 'ENOTFOUND' }])
  if (random.chance(0.3)) {
    const brokenMs = movedMs + random.int(0, 200) * 100
    const nothing: Answer = { kind: 'none', why: random.pick(['ESERVFAIL', 'ETIMEOUT', 'ENOTFOUND']) }
    const inForce = sorted(entries).findLast(([fromMs]) => fromMs <= brokenMs)?.[1] ?? now
    const mendedMs = brokenMs + random.int(5, 50) * 100
    const isFree = entries.every(([fromMs]) => fromMs <= brokenMs || fromMs > mendedMs)
    if (mendedMs < endMs && isFree) entries.push([brokenMs, nothing], [mendedMs, inForce])
  }
  return entries
}
