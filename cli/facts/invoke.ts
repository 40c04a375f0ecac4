import { setTimeout as delay } from 'node:timers/promises'
import type { Report } from '../../functions/reconciler/ports.ts'
import { functionName } from '../../infra/app/settings/resource-names.ts'
import type { Clients } from '../aws/clients.ts'
import { exitCodes } from '../exit-codes.ts'
import { CliError } from '../failure.ts'
import { missingFunction, type NamedDatabase } from './deployed.ts'

export interface Invocation {
  readonly clients: Clients
  readonly database: NamedDatabase
  readonly payload: unknown
  readonly signal: AbortSignal
  /** The function is at work already and takes one at a time. */
  readonly onBusy?: (waitedMs: number) => void
}

/** A watch lasts up to Lambda's 15 minutes; behind two of them something else is wrong. */
const longestWaitMs = 20 * 60_000

/**
 * Runs the deployed function and waits for its report. While another run holds its one place, it waits.
 *
 * @throws CliError when there is no such function, or when it fails.
 */
export const invoke = async (invocation: Invocation): Promise<Report> => {
  const { clients, database, payload, signal, onBusy } = invocation
  const name = functionName(database)
  const lambda = await clients.invoker()
  const begunMs = performance.now()
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await lambda.invoke({ FunctionName: name, Payload: Buffer.from(JSON.stringify(payload)) })
      const text = Buffer.from(answer.Payload ?? []).toString()
      if (answer.FunctionError !== undefined) throw failed(name, text)
      return JSON.parse(text) as Report
    } catch (error) {
      const waitedMs = performance.now() - begunMs
      const isBusy = error instanceof Error && error.name === 'TooManyRequestsException'
      if (!isBusy || waitedMs > longestWaitMs) return missingFunction(clients, database)(error)
      onBusy?.(waitedMs)
      await delay(Math.min(500 * 2 ** attempt, 5_000), undefined, { signal })
    }
  }
}

const failed = (name: string, text: string): CliError => {
  let error: { errorType?: string; errorMessage?: string } = {}
  try {
    error = JSON.parse(text)
  } catch {}
  const { errorType = 'Error', errorMessage = text } = error
  return new CliError(
    `${name} failed: ${errorType}: ${errorMessage} (its log group is /aws/lambda/${name}; \`repoint resync --local\` does the same work here)`,
    exitCodes.failure,
  )
}
