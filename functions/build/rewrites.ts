/** What `trim-sdk.ts` does to the source of a module. Each throws where the source is not what it expects. */

/**
 * A module that exports these expressions and nothing else. A bare word that is not an expression of its own, such as
 * `credentialChain`, becomes a value that throws, naming the word, when it is called.
 */
export const replaceBy =
  (exported: Readonly<Record<string, string>>) =>
  (source: string): string => {
    for (const name of Object.keys(exported)) {
      if (!exportsName(source, name)) throw new Error(`${name} is not exported any more`)
    }
    return Object.entries(exported)
      .map(([name, expression]) => `export const ${name} = ${outOfReach(expression)}`)
      .join('\n')
  }

/** A module that takes `name` from another one, where it may be called otherwise. */
export const redirectTo =
  (name: string, module: string, nameThere = name) =>
  (source: string): string => {
    if (!exportsName(source, name)) throw new Error(`${name} is not exported any more`)
    return `export { ${nameThere} as ${name} } from ${JSON.stringify(module)}`
  }

const exportsName = (source: string, name: string): boolean =>
  new RegExp(
    `export (?:async )?(?:const|var|function|class) ${name}\\b|export \\{[^}]*\\b${name}\\b|export \\* from`,
  ).test(source)

const outOfReach = (expression: string): string =>
  /^[a-z]\w+$/.test(expression) && expression !== 'undefined'
    ? `function () { throw new Error('${expression} is not part of this bundle') }`
    : expression

/**
 * The SDK registers every error of a service in one generated file, `n0_registry.registerError(X$, X)`, and each
 * registration keeps a class and a schema. Without it an error still arrives: as the service's base exception with the
 * wire code as `name`.
 */
export const dropErrors = (source: string, kept: readonly string[]): string => {
  const missing = new Set(kept)
  let dropped = 0
  const rewritten = source.replace(/^n0_registry\.registerError\((\w+)\$, \1\);$/gm, (line, name: string) => {
    if (missing.delete(name) || kept.includes(name)) return line
    dropped += 1
    return ''
  })
  if (missing.size > 0) throw new Error(`errors not registered any more: ${[...missing].join(', ')}`)
  if (dropped === 0) throw new Error('no error registration was found to leave out')
  return rewritten
}

/**
 * `{ [_xN]: 1 }` with `const _xN = "xmlName"` becomes `{ "xmlName": 1 }`. A bundler cannot know that a computed key has
 * no side effect, and would keep every shape that has one.
 */
export const inlineKeys = (source: string): string => {
  const constants = new Map([...source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [name, text]))
  if (constants.size === 0) throw new Error('no key constants were found to inline')
  return source.replace(/\[(_\w+)\]:/g, (key, name: string) => (constants.has(name) ? `${constants.get(name)}:` : key))
}

/**
 * Leaves a structure only the members that are read. Structures are generated as parallel lists,
 * `export var DBInstance$ = [3, n0, _DBI, 0, [_DBII, ...names], [0, ...types]];`, and the members of an answer that the
 * schema does not know are skipped. A number behind the lists says how many of the first members are required: they are
 * kept, as long as they are named.
 */
export const keepMembers = (source: string, shape: string, members: readonly string[]): string => {
  const structure = new RegExp(
    `(export var ${shape}\\$ = \\[3, n0, \\w+,\\s+0,\\s+)\\[([^\\]]*)\\],\\s+\\[([\\s\\S]*?)\\](, (\\d+))?\\s+\\];`,
  )
  const [found, head = '', names = '', types = '', tail = '', required = '0'] = structure.exec(source) ?? []
  if (!found) throw new Error(`structure ${shape} was not found`)
  const constantOf = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [JSON.parse(text ?? ''), name]),
  )
  const [nameList, typeList] = [splitList(names), splitList(types)]
  if (nameList.length !== typeList.length) throw new Error(`structure ${shape} has an unknown form`)
  const indices = members.map(member => {
    const index = nameList.indexOf(constantOf.get(member) ?? '')
    if (index < 0) throw new Error(`structure ${shape} has no member ${member} any more`)
    return index
  })
  for (let index = 0; index < Number(required); index++) {
    if (!indices.includes(index)) throw new Error(`structure ${shape} requires ${nameList[index]}`)
  }
  // The order is that of the wire, and the required ones come first.
  const kept = indices.toSorted((a, b) => a - b)
  const [keptNames, keptTypes] = [kept.map(index => nameList[index]), kept.map(index => typeList[index])]
  return source.replace(found, () => `${head}[${keptNames}],\n[${keptTypes}]${tail}\n];`)
}

/** Splits at the commas that are outside of any bracket. */
const splitList = (list: string): string[] => {
  const parts = ['']
  let depth = 0
  for (const character of list) {
    if ('[{('.includes(character)) depth += 1
    if (']})'.includes(character)) depth -= 1
    if (character === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map(part => part.trim())
}

/**
 * The list of partitions without the regions that their partition's own pattern recognizes: they are listed for their
 * names in prose.
 */
export const dropRegionNames = (source: string): string => {
  const [, head, json] = /^(export const partitionsInfo = )(\{[\s\S]*\});\s*$/.exec(source) ?? []
  if (json === undefined) throw new Error('the list of partitions has an unknown form')
  const info = JSON.parse(json) as { partitions: Partition[] }
  const partitions = info.partitions.map(({ regions, ...partition }) => {
    const pattern = new RegExp(partition.regionRegex)
    return {
      ...partition,
      regions: Object.fromEntries(Object.entries(regions).filter(([name]) => !pattern.test(name))),
    }
  })
  return `${head}${JSON.stringify({ ...info, partitions })};`
}

interface Partition {
  readonly regionRegex: string
  readonly regions: Readonly<Record<string, unknown>>
}

/**
 * The endpoint rules of a service that differ from another's in the name of the host alone: taken from the other's
 * module, with the name replaced.
 */
export const rulesOf =
  (host: string, other: { readonly host: string; readonly module: string; readonly source: string }) =>
  (source: string): string => {
    if (source.replaceAll(`//${host}`, `//${other.host}`) !== other.source) {
      throw new Error(`the endpoint rules differ from those in ${other.module}`)
    }
    return `import { rules } from ${JSON.stringify(other.module)}
export const bdd = rules(${JSON.stringify(host)})`
  }

/** Endpoint rules that others can be made of, by `rulesOf`. */
export const shareRules =
  (host: string) =>
  (source: string): string => {
    const made = 'export const bdd = BinaryDecisionDiagram.from(nodes, root, _data.conditions, _data.results);'
    if (!source.includes(made)) throw new Error('the endpoint rules have an unknown form')
    const results = `JSON.parse(JSON.stringify(_data.results).replaceAll("//${host}", "//" + host))`
    return source.replace(
      made,
      `export const rules = host => BinaryDecisionDiagram.from(nodes, root, _data.conditions, ${results});
export const bdd = rules("${host}");`,
    )
  }

/** The clients import their package.json for the version in the user agent. */
export const keepVersion = (source: string): string => {
  const { version } = JSON.parse(source) as { version?: unknown }
  if (typeof version !== 'string') throw new Error('no version was found')
  return JSON.stringify({ version })
}
