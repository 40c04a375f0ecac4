import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { nameOf } from './complete.ts'
import { defaults as defaultsSchema, vpcs as vpcsSchema } from './fleet-fields.ts'
import { type Problem, problemOf, written } from './problems.ts'
import { isList, type List, lists } from './settings-rule.ts'

/**
 * What entries take over from their file, before the schema judges each of them whole: `defaults`, the network that `vpc`
 * names, and entries of other files. A problem is told where the value stands that it is about.
 *
 *   defaults of the first file < of the entry's own file < the network of `vpc` < the entry
 *
 * Objects are merged key by key. A list takes the other one's place, and so does an object of another `kind` or `mode`.
 */

type Fields = Readonly<Record<string, unknown>>

/** Something that an entry takes over, the nearest first. */
interface Layer {
  readonly file: string | undefined
  /** `defaults`, or `vpcs.<name>`. */
  readonly path: string
  readonly fields: Fields
}

interface Inherited {
  /** Undefined: the first file. */
  readonly file: string | undefined
  /** In the list of its own file. */
  readonly index: number
  readonly own: Fields
  readonly layers: readonly Layer[]
  readonly whole: unknown
}

type ByList = Readonly<Record<List, readonly Inherited[]>>

export interface WholeFile {
  /** As if every entry stood in the first file and had written everything itself. */
  readonly json: unknown
  readonly problems: readonly Problem[]
  /** Where the value stands that a problem is about; once for all entries that take it over. */
  readonly locate: (problems: readonly Problem[]) => readonly Problem[]
  /** Where the entry itself is. */
  readonly placeOf: (list: List, index: number) => { readonly file: string; readonly index: number }
}

interface Part {
  readonly file: string | undefined
  readonly fields: Fields
}

/** @param read another file's text; what it throws is told */
export const readWholeFile = (file: string, json: unknown, read: (file: string) => string): WholeFile => {
  const path = (name: string) => join(dirname(file), name)
  if (!isObject(json)) return { json, problems: [], locate: it => it, placeOf: (_, index) => ({ file, index }) }
  const others = textsOf(json.files).map(name => readPart(name, () => read(path(name))))
  const parts = [{ file: undefined, fields: json }, ...others.flatMap(it => it.part ?? [])]
  const entriesOf = (list: List) =>
    parts.flatMap(part =>
      listOf(part.fields[list]).map((own, index) => inherit(list, own, { index, part, first: json })),
    )
  const inherited: ByList = {
    loadBalancers: entriesOf('loadBalancers'),
    databases: entriesOf('databases'),
    endpoints: entriesOf('endpoints'),
    consumers: entriesOf('consumers'),
  }
  const wholeOf = (list: List): Fields => {
    const strange = parts.find(({ fields }) => fields[list] !== undefined && !Array.isArray(fields[list]))
    if (strange) return { [list]: strange.fields[list] }
    return inherited[list].length === 0 ? {} : { [list]: inherited[list].map(it => it.whole) }
  }
  return {
    json: Object.assign({ ...json }, ...lists.map(wholeOf)),
    problems: [
      ...others.flatMap(it => it.problems),
      ...parts.flatMap(defaultsProblems),
      ...lists.flatMap(list =>
        inherited[list].flatMap((it, index) => vpcProblems(it, `${list}.${index}`, vpcNamesOf(it.file, parts))),
      ),
    ],
    locate: problems => together(problems.map(it => locate(it, inherited))),
    placeOf: (list, at) => {
      const { file: name, index = at } = inherited[list][at] ?? {}
      return { file: name === undefined ? file : path(name), index }
    },
  }
}

const partKeys = ['$schema', ...lists, 'defaults', 'vpcs']

const readPart = (file: string, read: () => string): { part?: Part; problems: readonly Problem[] } => {
  const unreadable = (value: unknown, allowed: string) => ({ problems: [{ file, path: '(file)', value, allowed }] })
  let text: string
  try {
    text = read()
  } catch (error) {
    return unreadable((error as Error).message, 'a file that can be read')
  }
  let fields: unknown
  try {
    fields = JSON.parse(text)
  } catch (error) {
    return unreadable((error as Error).message, 'JSON')
  }
  if (!isObject(fields)) return unreadable(fields, 'an object')
  const problemsOf = (key: 'defaults' | 'vpcs', schema: v.GenericSchema) =>
    (v.safeParse(v.optional(schema), fields[key]).issues ?? [])
      .map(problemOf)
      .map(it => ({ ...it, file, path: it.path === '(top level)' ? key : `${key}.${it.path}` }))
  return {
    part: { file, fields },
    problems: [
      ...Object.keys(fields)
        .filter(key => !partKeys.includes(key))
        .map(key => ({ file, path: key, value: fields[key], allowed: '', keys: partKeys })),
      ...problemsOf('defaults', defaultsSchema),
      ...problemsOf('vpcs', vpcsSchema),
    ],
  }
}

interface Place {
  readonly index: number
  readonly part: Part
  /** The first file, whose defaults and networks hold for every other. */
  readonly first: Fields
}

const inherit = (list: List, own: unknown, { index, part, first }: Place): Inherited => {
  if (!isObject(own)) return { file: part.file, index, own: {}, layers: [], whole: own }
  const sources: readonly Part[] = part.file === undefined ? [part] : [part, { file: undefined, fields: first }]
  const defaults =
    list === 'databases'
      ? sources.map(({ file, fields }) => ({ file, path: 'defaults', fields: objectOf(fields.defaults) }))
      : []
  // A network of one's own is one without the usual one's subnets.
  const usual = own.vpcId === undefined ? defaults.find(it => 'vpc' in it.fields)?.fields.vpc : undefined
  const name = 'vpc' in own ? own.vpc : usual
  const layers = [...(typeof name === 'string' ? networkOf(name, list, sources) : []), ...defaults]
  const base = layers.toReversed().reduce<Fields>((whole, { fields }) => mergeFields(whole, fields), {})
  const { vpc: _, ...unnamed } = mergeFields(base, own)
  return { file: part.file, index, own, layers, whole: name === undefined ? unnamed : { ...unnamed, vpc: name } }
}

const networkOf = (name: string, list: List, sources: readonly Part[]): readonly Layer[] => {
  const source = sources.find(({ fields }) => isObject(objectOf(fields.vpcs)[name]))
  if (source === undefined) return []
  const { vpcId, subnets, allowedCidrs } = objectOf(objectOf(source.fields.vpcs)[name])
  const known = { vpcId, subnets, ...(list === 'databases' || list === 'loadBalancers' ? { allowedCidrs } : {}) }
  const fields = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
  return [{ file: source.file, path: `vpcs.${name}`, fields }]
}

const mergeFields = (base: Fields, own: Fields): Fields => ({
  ...base,
  ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, merge(base[key], value)])),
})

const merge = (base: unknown, own: unknown): unknown =>
  isObject(base) && isObject(own) && !isAnother(base, own) ? mergeFields(base, own) : own

const isAnother = (base: Fields, own: Fields): boolean =>
  ['kind', 'mode'].some(key => key in base && key in own && base[key] !== own[key])

/** What tells databases apart, and is nobody's default. */
export const ownAlone = ['id', 'arn', 'endpoint']

const defaultsProblems = ({ file, fields }: Part): readonly Problem[] =>
  ownAlone
    .filter(key => key in objectOf(fields.defaults))
    .map(key => ({
      ...(file === undefined ? {} : { file }),
      path: `defaults.${key}`,
      value: objectOf(fields.defaults)[key],
      allowed: 'nothing: each database has its own',
    }))

const vpcNamesOf = (file: string | undefined, parts: readonly Part[]): readonly string[] =>
  parts.filter(it => it.file === undefined || it.file === file).flatMap(it => Object.keys(objectOf(it.fields.vpcs)))

const vpcProblems = ({ own, whole }: Inherited, path: string, names: readonly string[]): readonly Problem[] => {
  const { vpc } = objectOf(whole)
  if (typeof vpc !== 'string') return []
  const entry = typeof own.name === 'string' ? own.name : nameOf(own)
  if (!names.includes(vpc)) {
    const allowed = names.length === 0 ? 'nothing: the file has no vpcs' : `one of vpcs: ${names.join(', ')}`
    return [{ path: `${path}.vpc`, value: vpc, allowed, entry }]
  }
  if (own.vpc === undefined || own.vpcId === undefined) return []
  return [{ path: `${path}.vpcId`, value: own.vpcId, allowed: 'nothing: vpc gives it', entry }]
}

const locate = (problem: Problem, inherited: ByList): Problem => {
  const [list = '', at = '', ...rest] = problem.path.split('.')
  const entry = isList(list) ? inherited[list][Number(at)] : undefined
  if (entry === undefined) return problem
  const isIn = (fields: unknown) => has(fields, rest)
  const layer = isIn(entry.own) || !isIn(entry.whole) ? undefined : entry.layers.find(it => isIn(it.fields))
  const { file, path } = layer ?? { file: entry.file, path: `${list}.${entry.index}` }
  return { ...problem, file, path: [path, ...rest].join('.') }
}

const has = (value: unknown, [key, ...rest]: readonly string[]): boolean =>
  key === undefined ||
  (typeof value === 'object' && value !== null && key in value && has((value as Fields)[key], rest))

/** The same problem of several entries, with the name of the first and how many more. */
const together = (problems: readonly Problem[]): readonly Problem[] => {
  const groups = Map.groupBy(problems, ({ file, path, allowed, value }) =>
    JSON.stringify([file, path, allowed, written(value)]),
  )
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return []
    const names = [...new Set([first, ...others].flatMap(it => it.entry ?? []))]
    const [name] = names
    return [{ ...first, entry: names.length > 1 ? `${name} and ${names.length - 1} more` : name }]
  })
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const objectOf = (value: unknown): Fields => (isObject(value) ? value : {})

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((it): it is string => typeof it === 'string')
