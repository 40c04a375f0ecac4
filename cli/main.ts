import { inspect } from 'node:util'
import { type Command, CommanderError } from 'commander'
import { explain } from './aws/explain.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { laboratoryOf } from './facts/laboratory.ts'
import { createProgram } from './program.ts'
import { entry } from './terminal.ts'

/** Runs the command line. What goes wrong ends in one sentence on stderr and an exit code of its own. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const program = createProgram()
  throwInsteadOfExit(program)
  program.hook('preAction', sayWhereCallsGo)
  // What is thrown where nobody can catch it would reach the terminal as it is.
  process.on('uncaughtException', error => process.exit(sayWhy(error)))
  // A reader that has seen enough, such as `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  try {
    if (argv.length === 0) {
      process.stderr.write(program.helpInformation())
      process.exitCode = exitCodes.usage
      return
    }
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed what is wrong, or the help that was asked for.
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
      return
    }
    const exitCode = sayWhy(error)
    process.exitCode = exitCode
    // Calls that are on their way would keep the process alive until AWS answers.
    if (exitCode === exitCodes.interrupted) process.exit(exitCode)
  }
}

const sayWhy = (error: unknown): ExitCode => {
  const { message, exitCode } = explain(error)
  process.stderr.write(`repoint: ${entry(message)}\n`)
  if (process.env.REPOINT_DEBUG) process.stderr.write(`${entry(inspect(error))}\n`)
  return exitCode
}

/** Whoever forgot what he exported in this terminal learns it before he believes what he reads. */
const sayWhereCallsGo = (): void => {
  for (const notice of laboratoryOf(process.env).notices) process.stderr.write(`note: ${entry(notice)}\n`)
}

const throwInsteadOfExit = (command: Command): void => {
  command.exitOverride()
  for (const child of command.commands) throwInsteadOfExit(child)
}
