import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { ConfigError } from '../../functions/reconciler/config.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { SettingsError } from '../../infra/app/settings/problems.ts'
import { FileError } from '../../report/write-out.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { CliError, messageOf } from '../failure.ts'
import { inline } from '../terminal.ts'
import { callOf } from './calls.ts'
import { ForeignAnswer } from './foreign-answer.ts'

export interface Explanation {
  /** One clear sentence with the remedy. */
  readonly message: string
  readonly exitCode: ExitCode
}

/** What went wrong and what to do about it, for everything that this command can meet. */
export const explain = (error: unknown): Explanation => {
  if (isInterruption(error)) return { message: 'Interrupted.', exitCode: exitCodes.interrupted }
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode }
  if (error instanceof FileError) return { message: error.message, exitCode: exitCodes.usage }
  if (error instanceof SettingsError) return { message: error.message, exitCode: exitCodes.usage }
  if (error instanceof ConfigError) return { message: error.message, exitCode: exitCodes.failure }
  // The reconciler's adapters wrap what the SDK says: the remedy is the one for a person, not for the function's role.
  if ((error instanceof AwsError || error instanceof TransientError) && error.cause !== undefined) {
    return explain(error.cause)
  }
  return explainAws(error) ?? { message: inline(messageOf(error)), exitCode: exitCodes.failure }
}

export const isInterruption = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'Interruption')

/** The reason of the signal that Ctrl-C aborts. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  constructor() {
    super('Interrupted.')
  }
}

const explainAws = (error: unknown): Explanation | undefined => {
  const { kind, code: said } = readAwsError(error)
  const code = inline(said)
  const text = inline(messageOf(error))
  const call = callOf(error)
  const where = call?.region ? ` in ${call.region}` : ''
  const what = call === undefined ? 'AWS' : `${call.action}${where}`
  const as = (exitCode: ExitCode, message: string): Explanation => ({ message, exitCode })
  if (error instanceof ForeignAnswer) {
    return as(
      exitCodes.failure,
      `What answered ${what} is not AWS (${text}): a proxy, a login page of the network, or a wrong AWS_ENDPOINT_URL. Check HTTPS_PROXY, NO_PROXY and the network; nothing is known of what was asked.`,
    )
  }

  if (/region is missing/i.test(text)) {
    return as(exitCodes.usage, 'No Region is known. Pass --region, set AWS_REGION, or give the profile a region.')
  }
  switch (/could not load credentials/i.test(text) ? 'no-credentials' : kind) {
    case 'no-credentials':
      return as(
        exitCodes.noAccess,
        /expired|sso/i.test(text)
          ? `The AWS session has ended (${text}). Log in again, for example with \`aws sso login\`.`
          : `There are no AWS credentials${call?.profile === undefined ? '' : ` in the profile ${call.profile}`}. Name a profile with --profile, log in with \`aws sso login\`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (${text})`,
      )
    case 'expired-credentials':
      return as(exitCodes.noAccess, `The AWS credentials have expired. Log in again. (${what})`)
    case 'invalid-credentials':
      return as(
        exitCodes.noAccess,
        `AWS does not accept these credentials for ${what}: ${text}. Check --profile and the clock.`,
      )
    case 'denied':
      return as(
        exitCodes.noAccess,
        `Not allowed: ${what}. Give your role ${call?.action ?? 'the permission'} (docs/cli.md lists what each command needs), or use another --profile. AWS says: ${text}`,
      )
    case 'throttled':
      return as(
        exitCodes.throttled,
        `AWS asked to wait, also after several attempts: ${what} (${text}). Try again in a minute, or ask about fewer databases with --database.`,
      )
    case 'not-found':
      return as(
        exitCodes.notFound,
        `It does not exist${where}: ${text} (${call?.action ?? 'AWS'}). Check --region and --profile; \`npx cdk deploy 'Repoint-<database>'\` makes what Repoint needs.`,
      )
    case 'unreachable':
      // Without a call of AWS it is somebody else that gave no answer, such as the database.
      if (call === undefined) return undefined
      return as(
        exitCodes.failure,
        `No answer from ${what} (${text || code}). Check the network, the proxy, and AWS_ENDPOINT_URL if it is set.`,
      )
    case 'unavailable':
      return as(
        exitCodes.failure,
        `${what} could not answer (${code}: ${text}). It is a fault of AWS: try again in a minute, and if it lasts, check the AWS Health Dashboard.`,
      )
    default:
      return call === undefined ? undefined : as(exitCodes.failure, `${what} failed: ${code}: ${text}`)
  }
}
