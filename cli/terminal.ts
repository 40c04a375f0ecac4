import { randomInt } from 'node:crypto'
import { styleText } from 'node:util'
import { unprintable, visible, visibleLine } from '../infra/visible.ts'

/**
 * Text from AWS, databases, DNS, files and settings is somebody else's, and a terminal obeys what it finds in it: escape
 * sequences set its title, its clipboard and what is on the screen, C1 codes do the same in one character, marks for
 * right-to-left text reorder a line, and a line break begins one that looks like ours.
 */

export type Style = Parameters<typeof styleText>[0]

/** One value inside a line: its line breaks are made visible, too. Texts that `paint` has coloured keep their colours. */
export const inline = (text: string): string => mapForeign(text, visibleLine)

/** Facts with each text inside one line, for who prints them line by line. Keys may be foreign, too. */
export const inlineAll = <T>(facts: T): T => inlined(facts) as T

const inlined = (value: unknown): unknown => {
  if (typeof value === 'string') return inline(value)
  if (Array.isArray(value)) return value.map(inlined)
  if (typeof value !== 'object' || value === null) return value
  // Clients, streams and the like are no facts.
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [inline(key), inlined(it)]))
}

/** JSON that a terminal shows as it is: what JSON leaves alone is written as its own escapes. */
export const visibleJson = (json: string): string =>
  json.replace(unprintable, found =>
    found === '\n'
      ? found
      : [...found.split('')].map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  )

/**
 * Our own colours carry a number that nobody can guess, so that the sink tells them from codes in a foreign text. It has
 * the form of parameters that terminals ignore, so that whoever measures text takes the code for one.
 */
const seal = Array.from({ length: 4 }, () => randomInt(1_000, 10_000)).join(';')
const sealed = new RegExp(`(\\p{Cc}\\[${seal};[\\d;]*m)`, 'u')

const mapForeign = (text: string, map: (part: string) => string): string =>
  text
    .split(sealed)
    .map((part, index) => (index % 2 === 0 ? map(part) : part))
    .join('')

/** Colours a text; what it holds of codes that are not ours can no longer do anything. */
export const coloured = (style: Style, text: string): string => {
  const [open = '', close = ''] = styleText(style, '\n', { validateStream: false })
    .split('\n')
    .map(code => code.replaceAll('[', `[${seal};`))
  return `${open}${mapForeign(text, visible)}${close}`
}

/**
 * A message beside the result, for the terminal. Its further lines are set in: whatever foreign text it was composed of, a
 * line break in there begins no line that looks like ours.
 */
export const entry = (text: string): string => forTerminal(text).replaceAll('\n', '\n  ')

/** What may be written to a terminal: our colours, and everything else visible. */
export const forTerminal = (text: string): string => mapForeign(text, visible).replaceAll(`[${seal};`, '[')
