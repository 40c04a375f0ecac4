import { basename } from 'node:path'
import type { Rule } from './rules.ts'

/**
 * The command line's layers, from the ground up: a file imports of its own layer and of those below it. `text` shows what
 * others found, and takes types from above for that.
 */
const layers: readonly RegExp[] = [
  /^cli\/(ask-line|exit-codes|failure|output|terminal)\.ts$/,
  /^cli\/aws\//,
  /^cli\/context\.ts$/,
  /^cli\/text\//,
  /^cli\/facts\//,
  /^cli\/checks\//,
  /^cli\/(history|init)\//,
  /^cli\/drill\//,
  /^cli\/migrate\//,
  /^cli\/(commands|completion|reference)\/|^cli\/[^/]+\.m?[jt]s$/,
]

const layerOf = (path: string): number => layers.findIndex(layer => layer.test(path))

const importsPointDown: Rule = {
  name: 'the command line imports downwards: commands, migrate, drill, history and init, checks, facts, text, aws',
  check: sources =>
    sources
      .filter(({ path }) => path.startsWith('cli/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => target.startsWith('cli/'))
          .filter(({ target }) => layerOf(target) > layerOf(path))
          .filter(({ isType }) => !(isType && path.startsWith('cli/text/')))
          .map(({ target, line }) => `${path}:${line} imports ${target}`),
      ),
}

/** What the name of a command, and one subject as it is read, judged and shown, may share. */
const sharing = ['commands', 'facts', 'checks', 'text'] as const

/** Each of them at most once; `plan` is both a command and a step of `migrate`, as people type them. */
const typedTwice: readonly string[] = ['plan.ts']

const oneMeaning: Rule = {
  name: 'no file name of the command line has two meanings',
  check: sources => {
    const byName = new Map<string, string[]>()
    for (const { path } of sources) {
      if (!path.startsWith('cli/')) continue
      byName.set(basename(path), [...(byName.get(basename(path)) ?? []), path])
    }
    return [...byName].flatMap(([name, paths]) => {
      const folders = paths.map(path => path.split('/')[1] ?? '')
      const isShared = folders.every(folder => sharing.some(it => it === folder))
      const isOnceEach = new Set(folders).size === folders.length || typedTwice.includes(name)
      return paths.length === 1 || (isShared && isOnceEach) ? [] : [`${name}: ${paths.join(', ')}`]
    })
  },
}

export const cliRules: readonly Rule[] = [importsPointDown, oneMeaning]
