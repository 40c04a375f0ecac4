import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../cli/program.ts'
import { labCommand, rehearsalCommand } from '../../lab/options.ts'
import { findScenario } from '../../lab/scenarios/catalogue.ts'
import { type DocumentedCommand, documentedCommands } from './documented-commands.ts'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<string, string>
}

/** Parses and does nothing else. */
const inert = (command: Command): Command => {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
  if (command.commands.length === 0) command.action(() => {})
  for (const child of command.commands) inert(child)
  return command
}

/** What a sentence leaves out, it may: `repoint pause` names the command. */
const isPartOfOne = ({ code, message }: CommanderError): boolean =>
  ['commander.missingArgument', 'commander.optionMissingArgument', 'commander.help'].includes(code) ||
  message.includes('missing required')

/** @returns what is wrong with it, by the parser that would read it */
const complaintOf = async ({ words, isWhole }: DocumentedCommand, program: Command): Promise<string> => {
  try {
    await inert(program).parseAsync([...words], { from: 'user' })
    return ''
  } catch (error) {
    if (!(error instanceof CommanderError)) return (error as Error).message
    if (error.exitCode === 0 || (!isWhole && isPartOfOne(error))) return ''
    return error.message
  }
}

/** `…` and `PLACEHOLDER` stand for words of the reader's. */
const isOutlined = ({ words }: DocumentedCommand): boolean => words.some(word => /…|^\.\.\.$|^</.test(word))

const argumentsOf = (command: DocumentedCommand, name: string): DocumentedCommand => ({
  ...command,
  words: command.words.slice(name.split(' ').length).filter((word, index) => !(index === 0 && word === '--')),
})

const startsWith =
  (name: string) =>
  ({ words }: DocumentedCommand) =>
    words.slice(0, name.split(' ').length).join(' ') === name

/** Programs of others, which need what the documents say: no test here can run them. */
const ofOthers = new Map([
  ['aws', 'AWS'],
  ['cdk', 'a project of the reader’s'],
  ['cp', 'the reader’s files'],
  ['dig', 'the DNS of a VPC'],
  ['gh', 'GitHub'],
  ['nc', 'a host in a VPC'],
  ['sha256sum', 'a release'],
  ['source', 'an interactive shell'],
  ['$EDITOR', 'a person'],
  ['cd', 'the reader’s files'],
  ['curl', 'the network'],
  ['git', 'a remote'],
  ['terraform', 'AWS; test/terraform runs the module'],
  ['bash', 'a clean clone'],
  ['grep', 'nothing: it reads the documents'],
  ['xargs', 'a repository of the reader’s'],
  ['node', 'AWS'],
  ['export', 'an interactive shell'],
  ['jq', 'the output of another command'],
  ['psql', 'a database of the reader’s'],
  ['mysql', 'a database of the reader’s'],
])

const commands = documentedCommands()
const cases = commands.filter(command => !isOutlined(command)).map(it => ({ ...it, text: it.words.join(' ') }))

describe('a command in the documents', () => {
  it.each(cases.filter(startsWith('repoint')))('is taken by the parser: $where $text', async command => {
    expect(await complaintOf(argumentsOf(command, 'repoint'), createProgram())).toBe('')
  })

  it.each(cases.filter(startsWith('npm start')))(
    'names a scenario and options that there are: $where $text',
    async command => {
      const program = rehearsalCommand()
      expect(await complaintOf(argumentsOf(command, 'npm start'), program)).toBe('')
      const { scenario } = program.opts<{ scenario: string }>()
      if (scenario !== 'all') findScenario(scenario)
    },
  )

  it.each(cases.filter(startsWith('npm run')))('runs a script that there is: $where $text', async command => {
    const [, , script = ''] = command.words
    expect(Object.keys(scripts)).toContain(script)
    if (script === 'lab') expect(await complaintOf(argumentsOf(command, 'npm run lab'), labCommand())).toBe('')
  })

  it('is ours, npm’s or npx’s, or it is known why no test can run it', () => {
    const unknown = commands
      .filter(({ isWhole }) => isWhole)
      .filter(({ words: [program = ''] }) => !['repoint', './repoint', 'npm', 'npx'].includes(program))
      .filter(({ words: [program = ''] }) => !ofOthers.has(program))

    expect(unknown.map(({ where, words }) => `${where}: ${words.join(' ')}`)).toEqual([])
  })

  it('is found where the documents have one', () => {
    expect(commands.filter(startsWith('repoint')).length).toBeGreaterThan(60)
    expect(commands.filter(startsWith('npm start')).length).toBeGreaterThan(10)
    expect(commands.find(({ words }) => words.includes('--write-table'))?.environment).toHaveProperty(
      'REPOINT_SQL_USER',
    )
  })
})
