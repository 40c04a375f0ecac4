import { type ExitCode, exitCodes } from './exit-codes.ts'

/** An end that the person at the keyboard can understand: one sentence with the remedy, and the exit code. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: ExitCode = exitCodes.failure, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** Something on the command line or in the settings is wrong; nothing was done. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'
  constructor(message: string) {
    super(message, exitCodes.usage)
  }
}
