import type { Command, Option } from 'commander'

/** What can be typed, read from the program itself. */
export interface CommandWords {
  /** `events replay`; empty for the program. */
  readonly path: string
  readonly summary: string
  readonly commands: readonly { readonly name: string; readonly summary: string }[]
  readonly options: readonly OptionWords[]
  /** What the first argument may be, where it is one of a list. */
  readonly choices: readonly string[]
}

export interface OptionWords {
  readonly flags: readonly string[]
  readonly description: string
  readonly value?: 'file' | 'database' | 'choice' | 'other'
  /** With `choice`. */
  readonly choices?: readonly string[]
}

/** Every command with its words, the program first. */
export const wordsOf = (program: Command): readonly CommandWords[] => walk(program, [])

const walk = (command: Command, path: readonly string[]): CommandWords[] => {
  const help = command.createHelp()
  const commands = help.visibleCommands(command).filter(child => child.name() !== 'help')
  const own: CommandWords = {
    path: path.join(' '),
    summary: command.summary(),
    commands: commands.map(child => ({ name: child.name(), summary: child.summary() })),
    options: help.visibleOptions(command).map(optionWords),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }
  return [own, ...commands.flatMap(child => walk(child, [...path, child.name()]))]
}

const optionWords = (option: Option): OptionWords => {
  const flags = [option.short, option.long].filter(flag => flag !== undefined && flag !== null)
  const { description } = option
  if (!option.required && !option.optional) return { flags, description }
  if (option.argChoices) return { flags, description, value: 'choice', choices: option.argChoices }
  const isFile = /<(file|folder|path)>/.test(option.flags)
  return { flags, description, value: isFile ? 'file' : option.long === '--database' ? 'database' : 'other' }
}
