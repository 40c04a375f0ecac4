import type { Command } from 'commander'
import { wordsOf } from '../completion/tree.ts'
import { exitCodeTable } from '../exit-codes.ts'
import { permissions, policyFor } from './command-permissions.ts'

/** docs/cli.md, read from the program. */
export const referenceOf = (program: Command): string => {
  const commands = wordsOf(program).filter(({ path }) => path !== '')
  const sections = commands.map(({ path }) => commandSection(program, path))
  return `${[
    '# The `repoint` command',
    '<!-- Generated from the program by `npm run docs`. Change the program, not this page. -->',
    program.description(),
    [
      '```sh',
      'npm install --global ./repoint-1.0.0-rc.1.tgz   # once, from a release; or npm ci && npm link in a clone',
      'repoint status                                  # credentials, profile and endpoint as every AWS tool takes them',
      '```',
    ].join('\n'),
    'Results go to stdout, progress and warnings to stderr. `--json` works everywhere. There are no colours without a terminal or with `NO_COLOR`. The settings are `repoint.json` of the working directory, `--settings FILE` or `$REPOINT_SETTINGS`. Calls keep to the request rates that AWS publishes, so a fleet of hundreds takes some minutes.',
    '## Commands',
    commands.map(({ path, summary }) => `- [\`${path}\`](#${anchorOf(path)}): ${summary}`).join('\n'),
    ...sections,
    '## Exit codes',
    pageTable(
      ['code', 'meaning'],
      Object.values(exitCodeTable).map(([code, means]) => [String(code), means]),
    ),
    '## Permissions',
    'What each command asks of AWS. Reading needs no access to the database.',
    pageTable(
      ['command', 'actions'],
      Object.entries(permissions).map(([command, actions]) => [`\`${command}\``, actions.join(', ')]),
    ),
    'As policies, to paste:',
    ...Object.entries(permissions).map(
      ([command, actions]) =>
        `<details><summary><code>${command}</code></summary>\n\n\`\`\`json\n${policyFor(actions)}\n\`\`\`\n\n</details>`,
    ),
  ].join('\n\n')}\n`
}

/** Padded as the formatter would, so that the page is the same before and after it. */
export const pageTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

const anchorOf = (path: string): string => `repoint-${path.replaceAll(' ', '-')}`

/** The command's own help, as the terminal has it, at a width that does not depend on the terminal. */
const commandSection = (program: Command, path: string): string => {
  const command = path.split(' ').reduce((at, name) => at.commands.find(child => child.name() === name) ?? at, program)
  let help = ''
  command.configureOutput({
    writeOut: text => {
      help += text
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return `## repoint ${path}\n\n\`\`\`\n${help.trim()}\n\`\`\``
}
