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

/** What went wrong in its own words. Node's connection errors may be an AggregateError, which has none: those of its parts. */
export const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
