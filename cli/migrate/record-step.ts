import { userInfo } from 'node:os'
import type { Clients } from '../aws/clients.ts'
import { explain } from '../aws/explain.ts'
import { laboratoryOf } from '../facts/laboratory.ts'
import { appendStep, type MigrationStep } from '../facts/migration-record.ts'
import type { Migration } from './open.ts'

/** What a command knows of its step; who, when and about what is known already. */
type Without<Step, Key extends PropertyKey> = Step extends unknown ? Omit<Step, Key> : never
export type OwnStep = Without<MigrationStep, 'at' | 'by' | 'inLaboratory' | 'database' | 'consumer'>

interface Recorder extends Pick<Migration, 'consumerClientsAfterAll' | 'recordFile'> {
  readonly context: Pick<Migration['context'], 'env' | 'now'>
  readonly database: { readonly id: string }
  readonly consumer?: { readonly name: string }
}

/** Records a step under the name of whoever does it. @throws CliError where the record cannot be written. */
export const recordStep = async (
  { context, database, consumer, consumerClientsAfterAll, recordFile }: Recorder,
  step: OwnStep,
): Promise<void> => {
  const whole = {
    at: new Date(context.now()).toISOString(),
    by: await whoAsks(consumerClientsAfterAll),
    ...(laboratoryOf(context.env).isInForce ? { inLaboratory: true } : {}),
    database: database.id,
    ...(consumer === undefined ? {} : { consumer: consumer.name }),
    ...step,
  } as MigrationStep
  await appendStep(recordFile, whole)
}

/** Where it was recorded, or why it was not: what has been done stands without it. */
export const sayRecorded = async (recorder: Recorder, step: OwnStep): Promise<string> => {
  try {
    await recordStep(recorder, step)
    return `Recorded in ${recorder.recordFile}`
  } catch (error) {
    return `warning: ${explain(error).message}`
  }
}

/** In AWS's words; without an answer, the machine's. */
const whoAsks = async (clients: Clients): Promise<string> => {
  try {
    const { Arn } = await (await clients.sts()).getCallerIdentity({})
    if (Arn !== undefined) return Arn
  } catch {}
  return userInfo().username
}
