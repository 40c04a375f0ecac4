import type { Random } from './random.ts'

/** What really happens in a world, before anybody looks at it. */

export const shapes = ['instance', 'cluster', 'standby', 'weighted', 'reader', 'hostname'] as const
export type Shape = (typeof shapes)[number]

export interface Node {
  readonly id: string
  readonly ip: string
  readonly interfaceId: string
  readonly subnetId: string
}

/** From then on, this is so. */
export interface Moment {
  readonly atMs: number
  readonly kind: 'start' | 'failover' | 'switchover' | 'rename' | 'leaves' | 'joins' | 'given-away' | 'other-fails-over'
  readonly nodes: readonly Node[]
  readonly writer: Node
  /** Nodes of other databases of the account, and which of them listen. */
  readonly others: readonly (Node & { readonly listens: boolean })[]
}

/** Nothing happens after this. */
export const calmMs = 160_000

const subnets = ['subnet-1', 'subnet-2', 'subnet-3']
const names = ['one', 'two', 'three', 'four', 'five']

export const hasCluster = (shape: Shape): boolean => shape === 'cluster' || shape === 'weighted' || shape === 'reader'

export const drawHistory = (random: Random, shape: Shape): readonly Moment[] => {
  let made = 0
  const aNode = (index: number): Node => {
    made += 1
    const id = names[index] ?? `more-${index}`
    return {
      id,
      ip: `10.0.${(made % 3) + 1}.${10 + made}`,
      interfaceId: `eni-${made}`,
      subnetId: subnets[index % 3] ?? 'subnet-1',
    }
  }
  const size = hasCluster(shape) ? random.int(2, 4) : 2
  const someNodes = (count: number) => Array.from({ length: count }, (_, index) => aNode(index))
  const nodes = someNodes(size)
  let now: Moment = { atMs: 0, kind: 'start', nodes, writer: random.pick(nodes), others: [] }
  const left: Node[] = []
  const moments = [now]
  let atMs = random.int(5, 60) * 1000
  while (atMs < calmMs - 40_000) {
    const kinds: Moment['kind'][] = ['failover', 'failover', 'switchover', 'rename', 'other-fails-over']
    if (hasCluster(shape)) kinds.push('leaves', 'joins')
    if (left.length > 0) kinds.push('given-away', 'given-away')
    now = next(now, { atMs, kind: random.pick(kinds), random, left, aNode, someNodes })
    moments.push(now)
    atMs += random.int(15, 120) * 1000
  }
  return moments
}

interface Change {
  readonly atMs: number
  readonly kind: Moment['kind']
  readonly random: Random
  /** Nodes that are gone: AWS may give their addresses to others. */
  readonly left: Node[]
  readonly aNode: (index: number) => Node
  readonly someNodes: (count: number) => Node[]
}

const next = (now: Moment, { atMs, kind, random, left, aNode, someNodes }: Change): Moment => {
  const others = now.nodes.filter(node => node !== now.writer)
  const same = { ...now, atMs, kind }
  switch (kind) {
    case 'failover':
      return others.length === 0 ? same : { ...same, writer: random.pick(others) }
    case 'switchover':
    case 'rename': {
      // The names mean other nodes; the old ones go on as another database.
      const nodes = someNodes(now.nodes.length)
      const old = now.nodes.map(node => ({ ...node, listens: node === now.writer }))
      return { ...same, nodes, writer: random.pick(nodes), others: [...now.others, ...old] }
    }
    case 'leaves': {
      const gone = others.length === 0 ? undefined : random.pick(others)
      if (gone) left.push(gone)
      return { ...same, nodes: now.nodes.filter(node => node !== gone) }
    }
    case 'joins': {
      const free = names.findIndex(name => now.nodes.every(({ id }) => id !== name))
      return now.nodes.length >= 4 || free === -1 ? same : { ...same, nodes: [...now.nodes, aNode(free)] }
    }
    case 'given-away': {
      const [node] = left.splice(0, 1)
      if (node === undefined) return same
      const other = { ...node, interfaceId: `${node.interfaceId}-again`, listens: true }
      return { ...same, others: [...now.others, other] }
    }
    case 'other-fails-over':
      return { ...same, others: now.others.map(node => ({ ...node, listens: !node.listens })) }
    default:
      return same
  }
}
