import { spawnSync } from 'node:child_process'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explain } from '../../cli/aws/explain.ts'
import { openOutput } from '../../cli/output.ts'
import { createProgram } from '../../cli/program.ts'
import { coloured, forTerminal, inline, visibleJson } from '../../cli/terminal.ts'
import { showTable } from '../../cli/text/table.ts'
import { visible } from '../../infra/visible.ts'

const hostile: readonly (readonly [string, string])[] = [
  ['a title', '\u001b]0;pwned\u0007'],
  ['the clipboard', '\u001b]52;c;cm0gLXJm\u0007'],
  ['a cleared screen', '\u001b[2J\u001b[H'],
  ['a colour', '\u001b[32mPASSED\u001b[0m'],
  ['the C1 form of a sequence', '\u009b32mPASSED\u009d0;x\u009c'],
  ['text from right to left', 'failed\u202edessap\u2066\u200f'],
  ['a carriage return over what is there', 'FAILED\rPASSED'],
  ['a backspace', 'FAILED\b\b\b\b\b\bPASSED'],
  ['a delete', 'a\u007f'],
  ['invisible tags', 'a\u{e0041}\u200bb'],
  ['separators', 'a\u2028b\u2029c'],
]

/** What a terminal would obey, but for our colours. */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const withoutLayout = (text: string) => text.replace(/[\n\t]/g, '')

const written = (
  write: (out: ReturnType<typeof openOutput>) => void,
  options: { json?: boolean; colour?: boolean },
) => {
  let text = ''
  const stream = () =>
    new Writable({
      write(chunk, _, done) {
        text += String(chunk)
        done()
      },
    })
  const env = options.colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }
  write(openOutput({ json: options.json === true, stdout: stream(), stderr: stream(), env }))
  return text
}

describe.each(hostile)('%s in a foreign text', (_, text) => {
  it('is visible in a result, a note and a warning, and does nothing', () => {
    const shown = written(out => {
      out.result(`id ${text}`, {})
      out.note(text)
      out.warn(text)
    }, {})
    expect(withoutLayout(shown)).not.toMatch(obeyed)
    expect(shown.split('\n')).toHaveLength(4)
  })

  it('is visible in JSON, which means what it meant', () => {
    const shown = written(out => out.result('', { id: text }), { json: true })
    expect(withoutLayout(shown)).not.toMatch(obeyed)
    expect(JSON.parse(shown)).toEqual({ id: text })
  })

  it('stays visible inside our colours, which go on working', () => {
    const shown = written(out => out.result(out.paint('red', `id ${text}`), {}), { colour: true })
    expect(shown.startsWith('\u001b[31mid ')).toBe(true)
    expect(shown.endsWith('\u001b[39m\n')).toBe(true)
    expect(withoutLayout(shown.slice('\u001b[31m'.length, -'\u001b[39m\n'.length))).not.toMatch(obeyed)
  })
})

describe('a foreign text', () => {
  it('begins no line of its own inside a table', () => {
    const table = showTable({ head: ['Event', 'Text'], rows: [['RDS-EVENT-0001', 'a\nRDS-EVENT-0049  all is well']] })
    expect(table.split('\n')).toHaveLength(2)
    expect(table).toContain('a\\nRDS-EVENT-0049')
  })

  it('keeps its letters, whatever the language', () => {
    const text = 'Größe 東京 São Paulo 🐘 – a\tb'
    expect(visible(text)).toBe(text)
    expect(inline('東京')).toBe('東京')
  })

  it('cannot forge our colours', () => {
    const seal = coloured('red', '').split('m')[0] ?? ''
    // Whoever knew the seal could; it differs from process to process, and has four numbers of four digits.
    expect(seal).toMatch(/^.\[[1-9]\d{3}(;[1-9]\d{3}){3};31$/)
    expect(forTerminal('\u001b[1111;2222;3333;4444;31mred')).toBe('\\x1b[1111;2222;3333;4444;31mred')
  })

  it('is never obeyed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const shown = forTerminal(`${a}${coloured(['bold', 'green'], b)}${a}`)
        const own = ['\u001b[1m', '\u001b[32m', '\u001b[22m', '\u001b[39m']
        const rest = own.reduce((text, code) => text.replace(code, ''), shown)
        expect(withoutLayout(rest)).not.toMatch(obeyed)
        expect(inline(a)).not.toMatch(obeyed)
        expect(JSON.parse(visibleJson(JSON.stringify([a, b])))).toEqual([a, b])
      }),
      { interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
    )
  })

  it('has the width that it shows', () => {
    const plain = showTable({ head: ['a', 'b'], rows: [['ab', 'c']] })
    const painted = showTable({ head: ['a', 'b'], rows: [[coloured('green', 'ab'), 'c']] })
    const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
    expect(forTerminal(painted).replace(colours, '')).toBe(plain)
  })
})

/** A line of its own would look like ours. */
const forged = `it failed\nPASSED  all is well`

describe('a line break in a foreign text', () => {
  it.each<[string, (out: ReturnType<typeof openOutput>) => unknown]>([
    ['a note', out => out.note(forged)],
    ['a warning', out => out.warn(forged)],
    ['a line of a long work', out => out.screen().line(forged)],
  ])('begins no line of %s', (_, write) => {
    const lines = written(write, {}).split('\n')
    expect(lines.filter(line => line.startsWith('PASSED'))).toEqual([])
    expect(lines.some(line => line.startsWith('  PASSED'))).toBe(true)
  })

  it('begins no line of a complaint about an argument, such as a file whose name is an option', () => {
    let said = ''
    const program = createProgram()
    const report = program.commands.find(it => it.name() === 'report')
    report?.exitOverride().configureOutput({
      writeErr: text => {
        said += text
      },
    })
    expect(() => report?.parse([`--${forged}`], { from: 'user' })).toThrow('unknown option')
    expect(said.split('\n').filter(line => line.startsWith('PASSED'))).toEqual([])
  })

  it.each(
    [
      'AccessDenied',
      'ExpiredToken',
      'SignatureDoesNotMatch',
      'Throttling',
      'DBInstanceNotFound',
      'ECONNREFUSED',
      'InternalFailure',
      forged,
    ].map(code => Object.assign(new Error(forged), { Code: code, $metadata: { httpStatusCode: 500 } })),
  )('begins no line of an error, whatever AWS, a database or Node says', error => {
    expect(explain(error).message).not.toContain('\n')
    expect(explain(new AggregateError([error, error], '')).message).not.toContain('\n')
  })

  it('obeys nothing of an error that nobody has foreseen, which ends the command', () => {
    const script = `
      import { main } from ${JSON.stringify(new URL('../../cli/main.ts', import.meta.url).href)}
      setTimeout(() => { throw new Error(${JSON.stringify(forged)}) })
      await main(['--version'])
      setTimeout(() => console.log('went on'), 60_000)`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    })
    expect([status, stdout]).toEqual([1, expect.not.stringContaining('went on')])
    expect(stderr).toMatch(/^repoint: [^\n]+\n$/)
    expect(withoutLayout(stderr)).not.toMatch(obeyed)
  })
})
