import * as v from 'valibot'
import type { Kind } from './database.ts'
import { closed, flag, listenerArn, listOf, memberId, portNumber, targetGroupArn } from './values.ts'

export const strategies = ['swap', 'standby', 'weighted'] as const
export type Strategy = (typeof strategies)[number]

export const memberIds = listOf(memberId, 'DB instance identifiers')

/** Fewer than two select nothing. "Target groups per action": 5, second-hand and UNCONFIRMED. */
export const slotLimits = { least: 2, most: 5 } as const

export const slotArns = v.pipe(
  listOf(targetGroupArn, 'target groups'),
  v.check(
    arns => arns.length >= slotLimits.least && arns.length <= slotLimits.most && new Set(arns).size === arns.length,
    'two to five different target groups',
  ),
)

const doorSchemas = {
  swap: closed({
    role: v.literal('writer', 'writer'),
    strategy: v.literal('swap', 'swap'),
    targetGroupArn,
    port: portNumber,
  }),
  standby: closed({
    role: v.literal('writer', 'writer'),
    strategy: v.literal('standby', 'standby'),
    targetGroupArn,
    port: portNumber,
  }),
  weighted: closed({
    role: v.literal('writer', 'writer'),
    strategy: v.literal('weighted', 'weighted'),
    listenerArn,
    targetGroupArns: slotArns,
    port: portNumber,
    overlap: v.optional(flag),
    exclude: v.optional(memberIds),
  }),
  reader: closed({
    role: v.literal('reader', 'reader'),
    strategy: v.literal('swap', 'swap, the one strategy for readers'),
    targetGroupArn,
    port: portNumber,
    writerWhenAlone: v.optional(flag),
    exclude: v.optional(memberIds),
  }),
}

/** A door whose strategy cannot be told is held to the simplest. */
const anyDoor = closed({
  role: v.picklist(['writer', 'reader'], 'writer or reader'),
  strategy: v.picklist(strategies, 'swap, standby or weighted'),
  targetGroupArn,
  port: portNumber,
})

export type FrontDoorConfig = v.InferOutput<(typeof doorSchemas)[keyof typeof doorSchemas]>

/** What consumers connect to: one target group, or several behind one listener. */
export const frontDoorSchema = v.lazy((input): v.GenericSchema<unknown, FrontDoorConfig> => {
  const { role, strategy } = Object(input) as { role?: unknown; strategy?: unknown }
  if (role === 'reader') return doorSchemas.reader
  const isKnown = role === 'writer' && (strategy === 'swap' || strategy === 'standby' || strategy === 'weighted')
  return isKnown ? doorSchemas[strategy] : (anyDoor as v.GenericSchema<unknown, FrontDoorConfig>)
})

/** The target groups of a front door. */
export const groupsOf = (door: FrontDoorConfig): readonly string[] =>
  door.strategy === 'weighted' ? door.targetGroupArns : [door.targetGroupArn]

/** What the strategy has to be instead for a database of this kind; nothing where it suits. */
export const whyNotStrategy = (kind: Kind, strategy: Strategy): string | undefined => {
  if (strategy === 'standby' && kind === 'cluster') {
    return 'swap or weighted: a cluster’s readers answer too, so health cannot tell the writer'
  }
  if (strategy === 'standby' && kind !== 'instance') return 'swap: only a Multi-AZ instance has a standby'
  if (strategy !== 'weighted' || kind === 'cluster') return undefined
  return `${kind === 'instance' ? 'swap or standby' : 'swap'}: only a cluster has members`
}

export const onlyClustersHaveReaders = 'only a cluster has readers'

export interface DoorProblem {
  readonly index: number
  readonly key: string
  readonly value: unknown
  readonly message: string
}

/** What a front door asks of the database, and of the others. */
export const doorProblems = (kind: Kind, frontDoors: readonly FrontDoorConfig[]): readonly DoorProblem[] => {
  const all = frontDoors.flatMap(groupsOf)
  return frontDoors.flatMap((door, index) => {
    const problems: DoorProblem[] = []
    const add = (key: string, value: unknown, message: string) => problems.push({ index, key, value, message })
    const unsuitable = whyNotStrategy(kind, door.strategy)
    if (unsuitable) add('strategy', door.strategy, unsuitable)
    if (door.role === 'reader' && kind !== 'cluster') add('role', 'reader', `writer: ${onlyClustersHaveReaders}`)
    const shared = groupsOf(door).find(arn => all.indexOf(arn) !== all.lastIndexOf(arn))
    const listener = door.strategy === 'weighted' ? door.listenerArn : undefined
    const isTaken = (other: FrontDoorConfig) =>
      other !== door && other.strategy === 'weighted' && other.listenerArn === listener
    if (frontDoors.some(isTaken)) add('listenerArn', listener, 'a listener of its own')
    if (shared)
      add(door.strategy === 'weighted' ? 'targetGroupArns' : 'targetGroupArn', shared, 'a target group of its own')
    return problems
  })
}
