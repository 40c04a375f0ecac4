import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Import {
  /** Relative to the repository for our own files; else the package as written. */
  readonly target: string
  readonly isType: boolean
  readonly line: number
}

export interface Source {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  /** The text with comments and the insides of strings blanked, every character in its place. */
  readonly code: string
  readonly lines: number
  readonly imports: readonly Import[]
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const skipped = new Set(['node_modules', 'dist', 'cdk.out'])

/** Every TypeScript or JavaScript file of these folders, whether git knows it or not. */
export const readSources = (folders: readonly string[]): Source[] =>
  folders.flatMap(folder => walk(folder)).map(path => parseSource(path, readFileSync(join(root, path), 'utf8')))

const walk = (folder: string): string[] => {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  return entries.flatMap(entry => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path)
    return /\.m?[jt]s$/.test(entry.name) ? [path] : []
  })
}

const importing =
  /\b(?<verb>import|export)\s+(?<type>type\s+)?(?:[\w$*{}\s,]*?\bfrom\s*)?(?<quote>['"])|\bimport\s*\(\s*(?<called>['"])/g

export const parseSource = (path: string, text: string): Source => {
  const code = blank(text)
  const imports = [...code.matchAll(importing)].map(match => {
    const start = match.index + match[0].length
    const specifier = text.slice(start, code.indexOf(match.groups?.quote ?? match.groups?.called ?? '', start))
    return {
      target: specifier.startsWith('.') ? posix.join(dirname(path), specifier) : specifier,
      isType: match.groups?.type !== undefined,
      line: lineAt(code, match.index),
    }
  })
  return { path, code, imports, lines: text.trimEnd().split('\n').length }
}

export const lineAt = (code: string, index: number): number => code.slice(0, index).split('\n').length

/** Comments; strings; templates, whose `${}` stay code; regular expressions, where a value may begin. */
const blank = (text: string): string => {
  let code = ''
  let index = 0
  const braces: number[] = []
  const take = (length: number) => {
    code += text.slice(index, index + length)
    index += length
  }
  const hide = (end: number) => {
    code += text.slice(index, end).replace(/[^\n]/g, ' ')
    index = end
  }
  /** Up to the end of the string, the regular expression, or the next `${`. */
  const hideUntil = (closing: string) => {
    let end = index
    let isInClass = false
    for (; end < text.length; end++) {
      if (text[end] === '\\') end++
      else if (closing === '/' && text[end] === '[') isInClass = true
      else if (closing === '/' && text[end] === ']') isInClass = false
      else if (text[end] === closing && !isInClass) break
      else if (closing === '`' && text.startsWith('${', end)) break
    }
    hide(Math.min(end, text.length))
    if (text[index] === closing) return take(1)
    if (index < text.length) {
      take(2)
      braces.push(0)
    }
  }
  while (index < text.length) {
    const [here = '', next] = text.slice(index, index + 2)
    if (here === '/' && next === '/') hide(endOf(text, '\n', index))
    else if (here === '/' && next === '*') hide(endOf(text, '*/', index) + 2)
    else if (here === "'" || here === '"' || here === '`' || (here === '/' && isValueDue(code))) {
      take(1)
      hideUntil(here)
    } else {
      const depth = braces.length - 1
      if (here === '{' && depth >= 0) braces[depth] = (braces[depth] ?? 0) + 1
      if (here === '}' && depth >= 0) braces[depth] = (braces[depth] ?? 0) - 1
      take(1)
      if (here === '}' && braces[depth] === -1) {
        braces.pop()
        hideUntil('`')
      }
    }
  }
  return code
}

const endOf = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found
}

const isValueDue = (before: string): boolean =>
  /(?:^|[(,=:[!&|?{};+*%<>~^-]|\b(?:return|typeof|case|of|in))\s*$/.test(before)
