import * as v from 'valibot'
import { closed, isPresent, listOf, portNumber, textWhere } from './words.ts'

const isTargetGroupArn = (value: string): boolean =>
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/.test(value)

const isListenerArn = (value: string): boolean =>
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/net\/[^/]+\/[0-9a-f]+\/[0-9a-f]+$/.test(value)

const targetGroupArn = textWhere('the ARN of a target group', isTargetGroupArn)
const memberIds = v.optional(listOf(textWhere('an instance identifier', isPresent), 'instance identifiers', 0))
const flag = v.optional(v.boolean('true or false'))

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
    listenerArn: textWhere('the ARN of a listener of a Network Load Balancer', isListenerArn),
    targetGroupArns: v.pipe(
      listOf(targetGroupArn, 'target groups', 1),
      v.check(
        arns => arns.length >= 2 && arns.length <= 5 && new Set(arns).size === arns.length,
        'two to five different target groups',
      ),
    ),
    port: portNumber,
    overlap: flag,
    exclude: memberIds,
  }),
  reader: closed({
    role: v.literal('reader', 'reader'),
    strategy: v.literal('swap', 'swap, the one strategy for readers'),
    targetGroupArn,
    port: portNumber,
    writerWhenAlone: flag,
    exclude: memberIds,
  }),
}

/** A door whose strategy cannot be told is held to the simplest. */
const anyDoor = closed({
  role: v.picklist(['writer', 'reader'], 'writer or reader'),
  strategy: v.picklist(['swap', 'standby', 'weighted'], 'swap, standby or weighted'),
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

export interface DoorProblem {
  readonly index: number
  readonly key: string
  readonly value: unknown
  readonly message: string
}

/** What a front door asks of the database, and of the others. */
export const doorProblems = (kind: string, frontDoors: readonly FrontDoorConfig[]): readonly DoorProblem[] => {
  const all = frontDoors.flatMap(groupsOf)
  return frontDoors.flatMap((door, index) => {
    const problems: DoorProblem[] = []
    const add = (key: string, value: unknown, message: string) => problems.push({ index, key, value, message })
    if (door.strategy === 'standby' && kind !== 'instance') {
      add('strategy', 'standby', 'swap or weighted: only a Multi-AZ instance has a standby that does not answer')
    }
    if (door.strategy === 'weighted' && kind !== 'cluster') {
      add('strategy', 'weighted', 'swap or standby: only a cluster has members')
    }
    if (door.role === 'reader' && kind !== 'cluster') add('role', 'reader', 'writer: only a cluster has readers')
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
