import { readFileSync } from 'node:fs'
import { type Declared, declarationsIn, type Member } from './doc-comments.ts'
import { pageTable } from './reference.ts'

/** docs/constructs.md, from the doc comments of the construct library. */

const files = [
  'rds-front-door',
  'front-door-target',
  'front-door-props',
  'shared-load-balancer',
  'rds-consumer',
  'consumer-props',
  'shared-endpoint',
  'rds-resource-gateway',
  'fleet-operations',
]

const readLibrary = (): readonly Declared[] =>
  files.flatMap(name => declarationsIn(readFileSync(new URL(`../../infra/${name}.ts`, import.meta.url), 'utf8')))

/** The examples of the doc comments, by the class that they show. */
export const examples = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readLibrary().flatMap(({ name, doc }) => (doc.tags.example === undefined ? [] : [[name, doc.tags.example]])),
  )

export const constructsPage = (): string => {
  const library = readLibrary()
  const classes = library.filter(({ kind }) => kind === 'class')
  const sections = library.filter(({ kind, members }) => kind !== 'type' && members.length > 0).map(sectionOf)
  return `${[
    '# Constructs',
    '<!-- Generated from doc comments by `npm run docs`. Change infra/*.ts, not this page. -->',
    "What a CDK app imports from `repoint/cdk`; [installing.md](installing.md#a-cdk-app-of-your-own) says how. Every property takes CDK's own objects, and tokens where CloudFormation knows a value only later. Nothing has a fixed name unless it is given one. What does not fit together is an error at synthesis that names every problem at once.",
    classes.map(({ name, doc }) => `- [\`${name}\`](#${name.toLowerCase()}): ${firstSentence(doc.text)}`).join('\n'),
    ...sections,
    '## Words',
    pageTable(
      ['type', 'says'],
      library.filter(({ kind }) => kind === 'type').map(({ name, doc }) => [`\`${name}\``, cell(doc.text)]),
    ),
  ].join('\n\n')}\n`
}

const sectionOf = ({ kind, name, doc, members }: Declared): string => {
  const example = doc.tags.example
  return [
    `## ${name}`,
    ...(doc.text === '' ? [] : [doc.text]),
    ...(example === undefined ? [] : [`\`\`\`ts\n${example}\n\`\`\``]),
    kind === 'interface' ? propertyTable(members) : memberTable(members),
  ].join('\n\n')
}

const propertyTable = (members: readonly Member[]): string =>
  pageTable(
    ['property', 'type', 'default', 'says'],
    members.map(({ name, signature, doc }) => {
      const [declared = '', type = ''] = split(signature)
      const standard = declared.endsWith('?') ? cell((doc.tags.default ?? '').replace(/^- /, '')) : 'needed'
      return [`\`${name}\``, code(type), standard, cell(doc.text)]
    }),
  )

const memberTable = (members: readonly Member[]): string =>
  pageTable(
    ['member', 'says'],
    members
      .filter(({ name }) => name !== 'constructor')
      .map(({ signature, doc }) => {
        const { returns, throws } = doc.tags
        const more = [...(returns ? [`Returns ${returns}.`] : []), ...(throws ? [`Throws ${throws}.`] : [])]
        return [code(signature.replace(/^readonly /, '')), cell([doc.text, ...more].join(' '))]
      }),
  )

const split = (signature: string) => {
  const at = signature.indexOf(':')
  return [signature.slice(0, at), signature.slice(at + 1).trim()]
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim()
const code = (text: string): string => `\`${cell(text)}\``

const firstSentence = (text: string): string => /^.*?[.:](?=\s|$)/s.exec(text)?.[0].replace(/:$/, '.') ?? text
