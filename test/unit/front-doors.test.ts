import { describe, expect, it } from 'vitest'
import type { Kind } from '../../functions/reconciler/config/database.ts'
import {
  doorProblems,
  type FrontDoorConfig,
  groupsOf,
  type Strategy,
  whyNotStrategy,
} from '../../functions/reconciler/config/front-doors.ts'
import { ConfigError } from '../../functions/reconciler/config.ts'
import { groups, listenerArn, one, swapDoor, two, weightedDoor } from '../fakes/cluster-world.ts'
import { aCluster } from '../fakes/world.ts'
import { port, writerGroup } from './core/builders.ts'

const swap = swapDoor(writerGroup)
const standby = { ...swap, strategy: 'standby' } as const
const reader = { role: 'reader', strategy: 'swap', targetGroupArn: writerGroup, port } as const

/** What is said of one front door of a cluster, without its place. */
const problemsOf = (door: unknown): readonly string[] => {
  try {
    aCluster({ frontDoors: [door as FrontDoorConfig] })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problem => problem.replace('frontDoors.0.', ''))
    throw error
  }
  return []
}

describe('a front door', () => {
  it.each<[string, FrontDoorConfig]>([
    ['swaps the writer’s address', swap],
    ['swaps the readers’ addresses', reader],
    ['swaps the readers’ addresses, and the writer’s where there are none', { ...reader, writerWhenAlone: true }],
    ['swaps the readers’ addresses but some', { ...reader, exclude: ['one', 'two-2'] }],
    ['selects by weights among two groups', { ...weightedDoor, targetGroupArns: groups.slice(0, 2) }],
    ['selects by weights among five groups', { ...weightedDoor, targetGroupArns: [...groups, `${one}4`, `${one}5`] }],
    ['selects by weights with an overlap', { ...weightedDoor, overlap: true, exclude: [] }],
  ])('%s', (_what, door) => {
    expect(aCluster({ frontDoors: [door] }).frontDoors).toEqual([door])
  })

  const keys = 'role, strategy, targetGroupArn, port'
  it.each<[string, object, readonly string[]]>([
    [
      'neither role nor strategy',
      { targetGroupArn: writerGroup, port },
      ['role: missing, expected writer or reader', 'strategy: missing, expected swap, standby or weighted'],
    ],
    [
      'an unknown strategy',
      { ...swap, strategy: 'rotate' },
      ['strategy: got "rotate", expected swap, standby or weighted'],
    ],
    [
      'readers behind weights',
      { ...reader, strategy: 'weighted' },
      ['strategy: got "weighted", expected swap, the one strategy for readers'],
    ],
    [
      'a group too few',
      { ...weightedDoor, targetGroupArns: [one] },
      [`targetGroupArns: got ["${one}"], expected two to five different target groups`],
    ],
    [
      'one group twice',
      { ...weightedDoor, targetGroupArns: [one, two, one] },
      [
        expect.stringContaining('expected two to five different target groups'),
        expect.stringContaining('expected a target group of its own'),
      ],
    ],
    [
      'a group too many',
      { ...weightedDoor, targetGroupArns: [...groups, ...groups.map(arn => `${arn}a`)] },
      [expect.stringContaining('expected two to five different target groups')],
    ],
    [
      'no list of groups',
      { ...weightedDoor, targetGroupArns: one },
      [`targetGroupArns: got "${one}", expected a list of target groups`],
    ],
    [
      'another listener',
      { ...weightedDoor, listenerArn: 'x' },
      ['listenerArn: got "x", expected the ARN of a listener of a Network Load Balancer'],
    ],
    [
      'a group for weights',
      { ...swap, strategy: 'weighted' },
      [
        'listenerArn: missing, expected the ARN of a listener of a Network Load Balancer',
        'targetGroupArns: missing, expected a list of target groups',
        `targetGroupArn: unknown setting, got "${writerGroup}", expected one of role, strategy, listenerArn, targetGroupArns, port, overlap, exclude`,
      ],
    ],
    [
      'an overlap that is no answer',
      { ...weightedDoor, overlap: 'yes' },
      ['overlap: got "yes", expected true or false'],
    ],
    [
      'members that are no list',
      { ...weightedDoor, exclude: 'one' },
      ['exclude: got "one", expected a list of DB instance identifiers'],
    ],
    ['a member that is none', { ...reader, exclude: ['1'] }, ['exclude.0: got "1", expected a DB instance identifier']],
    [
      'readers or the writer, that is no answer',
      { ...reader, writerWhenAlone: 1 },
      ['writerWhenAlone: got 1, expected true or false'],
    ],
    [
      'members to leave out where there is one address',
      { ...swap, exclude: [] },
      [`exclude: unknown setting, got [], expected one of ${keys}`],
    ],
    [
      'an overlap where health selects',
      { ...standby, overlap: true },
      [`overlap: unknown setting, got true, expected one of ${keys}`],
    ],
    [
      'an overlap of readers',
      { ...reader, overlap: true },
      [
        'overlap: unknown setting, got true, expected one of role, strategy, targetGroupArn, port, writerWhenAlone, exclude',
      ],
    ],
  ])('is refused with %s', (_what, door, expected) => {
    expect(problemsOf(door)).toEqual(expected)
  })
})

describe('its target groups are', () => {
  it.each<[string, FrontDoorConfig, readonly string[]]>([
    ['the one that it names', swap, [writerGroup]],
    ['those behind its listener', weightedDoor, groups],
  ])('%s', (_which, door, expected) => {
    expect(groupsOf(door)).toEqual(expected)
  })
})

const members = 'only a cluster has members'
const pair = 'swap: only a Multi-AZ instance has a standby'
const answering = 'swap or weighted: a cluster’s readers answer too, so health cannot tell the writer'

describe('a strategy suits', () => {
  it.each<[Kind, Strategy, string | undefined]>([
    ['instance', 'swap', undefined],
    ['instance', 'standby', undefined],
    ['instance', 'weighted', `swap or standby: ${members}`],
    ['cluster', 'swap', undefined],
    ['cluster', 'standby', answering],
    ['cluster', 'weighted', undefined],
    ['proxy', 'swap', undefined],
    ['proxy', 'standby', pair],
    ['proxy', 'weighted', `swap: ${members}`],
    ['hostname', 'swap', undefined],
    ['hostname', 'standby', pair],
    ['hostname', 'weighted', `swap: ${members}`],
  ])('kind %s with %s, or says what does', (kind, strategy, expected) => {
    expect(whyNotStrategy(kind, strategy)).toBe(expected)
  })
})

describe('front doors together', () => {
  const other = `${listenerArn}0`
  const second = { ...weightedDoor, listenerArn: other, targetGroupArns: groups.map(arn => `${arn}a`) }
  const at = (index: number, key: string, value: unknown, message: string) => ({ index, key, value, message })

  it.each<[string, Kind, FrontDoorConfig[], ReturnType<typeof at>[]]>([
    ['have nothing in common', 'cluster', [swap, swapDoor(one), { ...reader, targetGroupArn: two }], []],
    ['have listeners of their own', 'cluster', [weightedDoor, second], []],
    [
      'do not share a target group',
      'cluster',
      [swap, swapDoor(one), reader],
      [
        at(0, 'targetGroupArn', writerGroup, 'a target group of its own'),
        at(2, 'targetGroupArn', writerGroup, 'a target group of its own'),
      ],
    ],
    [
      'do not share a target group behind a listener',
      'cluster',
      [weightedDoor, swapDoor(two)],
      [
        at(0, 'targetGroupArns', two, 'a target group of its own'),
        at(1, 'targetGroupArn', two, 'a target group of its own'),
      ],
    ],
    [
      'do not share a listener',
      'cluster',
      [weightedDoor, swap, { ...second, listenerArn }],
      [
        at(0, 'listenerArn', listenerArn, 'a listener of its own'),
        at(2, 'listenerArn', listenerArn, 'a listener of its own'),
      ],
    ],
    ['have a strategy that suits the database', 'cluster', [standby], [at(0, 'strategy', 'standby', answering)]],
    [
      'have readers only of a cluster',
      'instance',
      [reader],
      [at(0, 'role', 'reader', 'writer: only a cluster has readers')],
    ],
    ['are of a writer where there is no cluster', 'hostname', [swap], []],
  ])('%s', (_how, kind, doors, expected) => {
    expect(doorProblems(kind, doors)).toEqual(expected)
  })

  it('name their place in the configuration', () => {
    expect(problemsOf(standby)).toEqual([`strategy: got "standby", expected ${answering}`])
  })
})
