import { globSync, readFileSync } from 'node:fs'

/** The commands that the documents show, read from them. */

export interface DocumentedCommand {
  /** `docs/drills.md:42`. */
  readonly where: string
  /** In a block, to be copied as it is; otherwise in the middle of a sentence, where it may be a part of one. */
  readonly isWhole: boolean
  /** Variables before it. */
  readonly environment: Readonly<Record<string, string>>
  readonly words: readonly string[]
}

const root = new URL('../../', import.meta.url)

export const documents: readonly string[] = [
  ...globSync('*.md', { cwd: root }),
  ...globSync('docs/*.md', { cwd: root }),
  ...globSync('examples/*/README.md', { cwd: root }),
  'terraform/README.md',
].filter(file => file !== 'CHANGELOG.md')

/** Their commands run in laboratories of their own: write-ups-run.test.ts. */
export const isWriteUp = (file: string): boolean => /^docs\/from-[a-z-]+\.md/.test(file)

/** Single and double quotes, and backslashes, as a shell reads them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:\$\([^)]*\)|[^\s"'\\]|\\.|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'|\\(.)/g, (_, double, single, escaped) => double ?? single ?? escaped),
  )

const commandIn = (text: string, about: Pick<DocumentedCommand, 'where' | 'isWhole'>): DocumentedCommand => {
  const words = wordsOf(text)
  const environment: Record<string, string> = {}
  while (/^\w+=/.test(words[0] ?? '')) {
    const [name = '', ...value] = (words.shift() ?? '').split('=')
    environment[name] = value.join('=')
  }
  return { ...about, environment, words }
}

/** A comment begins at the line's start, or after some room. */
const withoutComment = (line: string): string => line.replace(/(^|\s+)# .*$|^#$/, '')

const inBlocks = (file: string, text: string): DocumentedCommand[] =>
  [...text.matchAll(/^( *)```sh\n(.*?)^ *```/gms)].flatMap(block => {
    const first = text.slice(0, block.index).split('\n').length + 1
    const lines = (block[2] ?? '').split('\n')
    const commands: DocumentedCommand[] = []
    for (let index = 0; index < lines.length; index++) {
      const where = `${file}:${first + index}`
      let line = withoutComment(lines[index] ?? '')
      const isOpen = () => line.endsWith('\\') || (line.match(/(?<!\\)'/g)?.length ?? 0) % 2 === 1
      while (isOpen() && index + 1 < lines.length) {
        index += 1
        line = `${line.replace(/\\$/, '')} ${(lines[index] ?? '').trim()}`
      }
      for (const part of line.split(/\s(?:&&|\|)\s/)) {
        if (part.trim() !== '') commands.push(commandIn(part.trim(), { where, isWhole: true }))
      }
    }
    return commands
  })

/** `repoint …` and `npm …` in the middle of a sentence. */
const inSentences = (file: string, text: string): DocumentedCommand[] => {
  const prose = text.replaceAll(/^ *```.*?^ *```/gms, block => block.replaceAll(/[^\n]/g, ''))
  return [...prose.matchAll(/(?<!`)`((?:repoint|npm start|npm run) [^`]+)`(?!`)/g)].map(found => {
    const where = `${file}:${prose.slice(0, found.index).split('\n').length}`
    return commandIn((found[1] ?? '').replaceAll(/\s+/g, ' '), { where, isWhole: false })
  })
}

export const documentedCommands = (): readonly DocumentedCommand[] =>
  documents.flatMap(file => {
    const text = readFileSync(new URL(file, root), 'utf8')
    return [...inBlocks(file, text), ...inSentences(file, text)].filter(({ words }) => words.length > 0)
  })
