import { Argument, type Command } from 'commander'
import { readSettings } from '../../infra/app/settings.ts'
import { databasesCommand, type Shell, scriptFor, shells } from '../completion/shells.ts'
import { wordsOf } from '../completion/tree.ts'

/** The last command to be added: its scripts hold what the program has. */
export const addCompletion = (program: Command): void => {
  program
    .command('completion')
    .summary('a completion script for your shell')
    .description('Prints a completion script for bash, zsh or fish, which also knows the databases of your settings.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(repoint completion bash)          # in ~/.bashrc
  $ source <(repoint completion zsh)           # in ~/.zshrc, after compinit
  $ repoint completion fish > ~/.config/fish/completions/repoint.fish`,
    )
    .action((shell: Shell) => {
      process.stdout.write(scriptFor(shell, wordsOf(program)))
    })
  program.command(databasesCommand, { hidden: true }).action(() => {
    const { databases } = readSettings(process.env.REPOINT_SETTINGS ?? 'repoint.json')
    process.stdout.write(databases.map(({ id }) => `${id}\n`).join(''))
  })
}
