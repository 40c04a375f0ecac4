import * as v from 'valibot'
import type { Kind } from './database.ts'
import type { Engine } from './engines.ts'
import type { CreatedFrontDoor, ExistingFrontDoor, Readers } from './front-door.ts'

/** What a strategy asks of the database and of the front door's other settings: each a sentence that says why. */

type Door = CreatedFrontDoor | ExistingFrontDoor

interface Subject {
  readonly kind: Kind | undefined
  readonly engine: Engine
  readonly frontDoor: Door
}

/** What is allowed instead; nothing where the strategy suits. */
export const whyNotStrategy = ({ kind, engine, frontDoor }: Subject): string | undefined => {
  const { strategy } = frontDoor
  if (strategy === 'standby') {
    if (kind === 'cluster') return 'swap or weighted: a cluster’s readers answer too, so health cannot tell the writer'
    if (kind !== 'instance') return 'swap: only a Multi-AZ instance has a standby'
    if (engine === 'sqlserver') {
      return 'swap: SQL Server runs on the secondary too, so health may not tell the writer from it'
    }
  }
  if (strategy === 'weighted' && kind !== 'cluster') {
    return kind === 'instance' ? 'swap or standby: only a cluster has members' : 'swap: only a cluster has members'
  }
  return undefined
}

interface KeyProblem {
  readonly key: string
  readonly allowed: string
}

/** Settings that another strategy or kind of front door has. */
export const frontDoorProblems = (door: Door): readonly KeyProblem[] => {
  const isWeighted = door.strategy === 'weighted'
  const problems: KeyProblem[] = []
  const refuse = (isWrong: boolean, key: string, allowed: string) => {
    if (isWrong) problems.push({ key, allowed })
  }
  const onlyWeighted = 'nothing: only strategy weighted has it'
  refuse(!isWeighted && door.overlap !== undefined, 'overlap', onlyWeighted)
  refuse(!isWeighted && door.exclude !== undefined, 'exclude', onlyWeighted)
  if (door.kind === 'create') {
    refuse(!isWeighted && door.slots !== undefined, 'slots', onlyWeighted)
    return problems
  }
  const { targetGroupArn, targetGroupArns = [], listenerArn } = door
  const isSeveral = targetGroupArns.length >= 2 && targetGroupArns.length <= 5
  refuse(isWeighted && listenerArn === undefined, 'listenerArn', 'the listener whose weights select the writer')
  refuse(!isWeighted && listenerArn !== undefined, 'listenerArn', onlyWeighted)
  refuse(
    isWeighted && !(isSeveral && new Set(targetGroupArns).size === targetGroupArns.length),
    'targetGroupArns',
    'two to five different target groups of the listener',
  )
  refuse(!isWeighted && door.targetGroupArns !== undefined, 'targetGroupArns', onlyWeighted)
  refuse(isWeighted && targetGroupArn !== undefined, 'targetGroupArn', 'nothing: strategy weighted has targetGroupArns')
  refuse(!isWeighted && targetGroupArn === undefined, 'targetGroupArn', 'the ARN of a target group')
  return problems
}

interface ReaderSubject {
  readonly kind: Kind | undefined
  readonly frontDoor: Door
  readonly readers: Readers
  /** Of the writer’s listener. */
  readonly listenerPort: number
}

export const readersProblems = ({ kind, frontDoor, readers, listenerPort }: ReaderSubject): readonly KeyProblem[] => {
  if (kind !== 'cluster') return [{ key: '', allowed: 'nothing: only a cluster has readers' }]
  const { port, targetGroupArn } = readers
  if (frontDoor.kind === 'create') {
    if (targetGroupArn !== undefined)
      return [{ key: 'targetGroupArn', allowed: 'nothing: the front door is created, its target groups too' }]
    const used = port ?? listenerPort + 1
    return used === listenerPort || used > 65_535
      ? [{ key: 'port', allowed: `a port other than the writer’s ${listenerPort}` }]
      : []
  }
  if (port !== undefined) return [{ key: 'port', allowed: 'nothing: an existing listener has its port' }]
  const writers = [frontDoor.targetGroupArn, ...(frontDoor.targetGroupArns ?? [])]
  return targetGroupArn === undefined || writers.includes(targetGroupArn)
    ? [{ key: 'targetGroupArn', allowed: 'an existing target group of its own' }]
    : []
}

interface Entry {
  readonly kind?: Kind | undefined
  readonly arn?: string | undefined
  readonly engine: Engine
  readonly port?: number | undefined
  readonly frontDoor: Door
  readonly readers?: Readers | undefined
}

const readFields = ['kind', 'arn', 'engine', 'port', 'frontDoor', 'readers']

/** As soon as the fields that it reads are well-formed themselves, whatever else is wrong. */
export const checkStrategy = <Input>(
  kindOf: (entry: Entry) => Kind | undefined,
  defaultPort: (engine: Engine) => number,
) =>
  v.rawCheck<Input>(({ dataset, addIssue }) => {
    if (dataset.issues?.some(({ path }) => readFields.includes(String(path?.[0]?.key)))) return
    const entry = dataset.value as Entry
    const { engine, frontDoor, readers } = entry
    const kind = kindOf(entry)
    const complain = (keys: readonly string[], value: unknown, message: string) =>
      addIssue({ message, input: value, path: pathOf(entry, keys, value) })
    const unsuitable = whyNotStrategy({ kind, engine, frontDoor })
    if (unsuitable) complain(['frontDoor', 'strategy'], frontDoor.strategy, unsuitable)
    for (const { key, allowed } of frontDoorProblems(frontDoor)) {
      complain(['frontDoor', key], frontDoor[key as keyof Door], allowed)
    }
    if (readers === undefined) return
    const created = frontDoor.kind === 'create' ? frontDoor.listenerPort : undefined
    const listenerPort = created ?? entry.port ?? defaultPort(engine)
    for (const { key, allowed } of readersProblems({ kind, frontDoor, readers, listenerPort })) {
      complain(key ? ['readers', key] : ['readers'], key ? readers[key as keyof Readers] : readers, allowed)
    }
  })

/** Where in an entry a check complains. */
export const pathOf = (input: object, keys: readonly string[], value: unknown) =>
  keys.map(key => ({ type: 'object', origin: 'value', input, key, value })) as unknown as [
    v.IssuePathItem,
    ...v.IssuePathItem[],
  ]
