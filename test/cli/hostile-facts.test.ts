import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { coloured, forTerminal } from '../../cli/terminal.ts'
import { milestones } from '../../report/record/words.ts'
import { renderers } from './renderers.ts'

/** What a terminal would obey: a line of its own, a colour, a cleared screen in one character, another direction, separators. */
const attack = '\nPASSED  all is well\r\u001b[32m\u001b[2J\u009b0m\u202e\u2028\u2029\u{e0041}'

/** What renderers switch on: no text of others, and shown by words of ours. */
const closed = new Set(
  'kind severity outcome state stage step do side what from to take path paths role strategy because missing'.split(
    ' ',
  ),
)

/** No text of others: whoever reads a record refuses other milestones. */
const isClosed = (key: string, text: string): boolean =>
  (closed.has(key) && !text.includes(' ')) || milestones.some(name => name === text)

/** Addresses are keys in some facts. */
const isForeign = (key: string): boolean => /^\d+\.\d+\./.test(key)

const hostile = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') return isClosed(key, value) ? value : `${value}${attack}`
  if (Array.isArray(value)) return value.map(it => hostile(it, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) => [isForeign(name) ? `${name}${attack}` : name, hostile(it, name)]),
  )
}

const onTerminal = (render: (typeof renderers)[number]['render'], facts: unknown): string =>
  forTerminal(render(facts, coloured))

const coloursIn = (text: string): number => text.split('\u001b').length - 1
const ownColour = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')

describe.each(renderers)('$name, of facts that were written to be obeyed', ({ render, facts }) => {
  const harmless = onTerminal(render, facts)
  const shown = onTerminal(render, hostile(facts))

  it('begins no line and is obeyed by no terminal', () => {
    expect(shown.split('\n').length).toBe(harmless.split('\n').length)
    expect(shown.split('\n').filter(line => line.startsWith('PASSED  all'))).toEqual([])
    expect(coloursIn(shown)).toBe(coloursIn(harmless))
    expect(shown.replaceAll(ownColour, '').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  })

  it('shows that something was there', () => {
    expect(shown).toContain('\\nPASSED')
  })
})

/** Numbers, words of ours, parts of lines that the others print, and the table, whose cells have a test of their own. */
const withoutForeignLines =
  'showTable showFields showDuration showTime showSpan showOutcome showWeights showLimits sayVerdict'.split(' ')

it('every renderer is put to this', () => {
  const folder = new URL('../../cli/text/', import.meta.url)
  const exported = readdirSync(folder).flatMap(file =>
    [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^export const ((?:show|say|step)\w+)/gm)].map(
      ([, name]) => `${file}: ${name}`,
    ),
  )
  const covered = exported.filter(it => !withoutForeignLines.includes(it.split(': ')[1] ?? ''))
  expect(renderers.map(({ name }) => name.replace(/,.*/, '')).toSorted()).toEqual(
    expect.arrayContaining(covered.toSorted()),
  )
})
