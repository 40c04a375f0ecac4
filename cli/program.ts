import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addCompletion } from './commands/completion.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDrill } from './commands/drill.ts'
import { addEvents } from './commands/events.ts'
import { addHistory } from './commands/history.ts'
import { addInit } from './commands/init.ts'
import { addMigrate } from './commands/migrate.ts'
import { addPause } from './commands/pause.ts'
import { addPlan } from './commands/plan.ts'
import { addReport } from './commands/report.ts'
import { addResume } from './commands/resume.ts'
import { addResync } from './commands/resync.ts'
import { addStatus } from './commands/status.ts'
import { exitCodeTable } from './exit-codes.ts'
import { entry } from './terminal.ts'

/** The whole command line. The reference in docs/cli.md and the completion scripts are read from it. */
export const createProgram = (): Command => {
  const program = new Command('repoint')
    .description('Operates Repoint: see how databases and their load balancers stand, and act.')
    .version(versionOf(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'help, with examples')
    .helpCommand(false)
    .showHelpAfterError('(repoint --help shows the commands, repoint <command> --help its options)')
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(`${entry(text.trimEnd())}\n`) })
    .addHelpText('after', `\nExit codes:\n${exitCodeLines.join('\n')}`)
  for (const add of [
    addInit,
    addStatus,
    addPlan,
    addResync,
    addPause,
    addResume,
    addHistory,
    addDoctor,
    addDrill,
    addReport,
    addEvents,
    addMigrate,
  ])
    add(program)
  addCompletion(program)
  return program
}

const exitCodeLines = Object.values(exitCodeTable).map(([code, means]) => `  ${String(code).padStart(3)}  ${means}`)

const versionOf = (): string => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
