import type { Command, Option } from 'commander'
import { CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { CliError } from '../../cli/failure.ts'
import { createProgram } from '../../cli/program.ts'

const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)]
const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()

interface Case {
  readonly command: Command
  readonly option: Option
  readonly name: string
}
const cases: readonly Case[] = commandsOf(createProgram()).flatMap(command =>
  command.options.map(option => ({ command, option, name: `${nameOf(command)} ${option.flags}` })),
)
const withDefault = cases.filter(({ option }) => option.defaultValue !== undefined && !option.negate)
const judged = cases.filter(({ option }) => option.parseArg !== undefined)

/** What the help says of an option, and not what is said of its description. */
const extras = ({ command, option }: Case): string =>
  command.createHelp().optionDescription(option).slice(option.description.length)

/** Runs the program on a command line and gives what it prints. @returns the output and the exit code */
const parse = async (...args: string[]): Promise<{ text: string; code: number }> => {
  const program = createProgram()
  let text = ''
  for (const command of commandsOf(program)) {
    command.exitOverride().configureOutput({ writeOut: it => (text += it), writeErr: it => (text += it) })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return { text, code: 0 }
  } catch (error) {
    if (error instanceof CommanderError) return { text, code: error.exitCode === 0 ? 0 : 2 }
    if (error instanceof CliError) return { text: `${text}${error.message}`, code: error.exitCode }
    throw error
  }
}

describe('an option', () => {
  it.each(withDefault)('shows its default as it may be typed: $name', its => {
    const [, shown = ''] = /default: "?([^",)]+)/.exec(extras(its)) ?? []
    const { option } = its
    const read = option.parseArg ? option.parseArg(shown, undefined) : shown

    expect(String(read)).toBe(String(option.defaultValue))
    // Milliseconds without a unit would be refused, or be seconds to the reader.
    if (/<duration>/.test(option.flags)) expect(shown).toMatch(/[a-z]$/)
  })

  it.each(judged)('turns a bad value away with exit code 2: $name', async ({ command, option }) => {
    const path = nameOf(command).split(' ').slice(1)
    const { code, text } = await parse(...path, option.long ?? '', '\u0000no')

    expect([code, text]).toEqual([2, expect.stringMatching(/\S/)])
  })

  it.each(cases.filter(({ option }) => option.argChoices))('lists its choices once: $name', ({ command, option }) => {
    const help = command.createHelp().optionDescription(option)

    for (const choice of option.argChoices ?? []) {
      const quoted = help.split(/(?<![\w-])/).filter(part => new RegExp(`^"?${choice}"?(?![\\w-])`).test(part))
      expect([choice, quoted.length]).toEqual([choice, choice === option.defaultValue ? 2 : 1])
    }
  })

  it('that is required looks so, and all that are missing are asked for together', async () => {
    const help = await parse('pause', '--help')
    expect(help.text).toContain('Usage: repoint pause --reason <text> --for <duration> [options]')
    expect(help.text.match(/\(required\)/g)).toHaveLength(2)

    expect(await parse('pause')).toMatchObject({
      code: 2,
      text: expect.stringContaining('missing required --reason <text> and --for <duration>'),
    })
    expect((await parse('pause', '--for', '1h')).text).toContain('missing required --reason <text>\n')
  })
})
