import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'
import { exitCodes } from '../exit-codes.ts'
import { CliError } from '../failure.ts'

/** The record of a migration: one file beside the settings, to be kept in the same repository. */

export const stepKinds = ['preflight', 'verify', 'drill', 'shift', 'rollback', 'watch', 'retire'] as const
export const stepOutcomes = ['passed', 'failed', 'done', 'refused', 'rolled-back'] as const

const stepSchema = v.object({
  at: v.pipe(v.string(), v.isoTimestamp()),
  /** ARN of whoever called AWS, or the name of the machine's user. */
  by: v.string(),
  database: v.string(),
  consumer: v.optional(v.string()),
  kind: v.picklist(stepKinds),
  /** Whether it changed anything. */
  applied: v.boolean(),
  /** Stages. */
  from: v.optional(v.string()),
  to: v.optional(v.string()),
  /** The gateway's share of new connections after it. */
  percent: v.optional(v.number()),
  outcome: v.picklist(stepOutcomes),
  summary: v.string(),
  evidence: v.optional(v.unknown()),
})

const recordSchema = v.object({
  format: v.literal('repoint-migration'),
  version: v.literal(1),
  steps: v.array(stepSchema),
})

export type StepKind = (typeof stepKinds)[number]
export type MigrationStep = v.InferOutput<typeof stepSchema>
export type MigrationRecord = v.InferOutput<typeof recordSchema>

const empty: MigrationRecord = { format: 'repoint-migration', version: 1, steps: [] }

/** A file that is not there is a migration of which nothing has been recorded. @throws CliError for a damaged one. */
export const readRecord = (file: string): MigrationRecord => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty
    throw new CliError(`The record ${file} cannot be read: ${(error as Error).message}.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(file, (error as Error).message)
  }
  const parsed = v.safeParse(recordSchema, value)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw damaged(file, `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
}

const damaged = (file: string, why: string): CliError =>
  new CliError(
    `${file} is no record of a migration, and was left as it is (${why}). Restore it from version control, move it away, or name another with --record.`,
    exitCodes.failure,
  )

/**
 * Adds a step. Whoever reads meanwhile sees the file before or after it, never half of it.
 *
 * @throws CliError where the file is damaged or cannot be written.
 */
export const appendStep = (file: string, step: MigrationStep): void => {
  const { steps } = readRecord(file)
  const text = `${JSON.stringify({ ...empty, steps: [...steps, v.parse(stepSchema, step)] }, null, 2)}\n`
  const beside = `${file}.${process.pid}.new`
  try {
    writeFileSync(beside, text)
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw new CliError(
      `The step could not be recorded: ${(error as Error).message}. Make ${file} writable, or name another with --record.`,
    )
  }
}

/** The newest of a kind. What concerns the provider alone has no consumer, and counts for each. */
export const lastOf = (
  { steps }: MigrationRecord,
  kind: StepKind,
  { database, consumer }: { readonly database: string; readonly consumer?: string | undefined },
): MigrationStep | undefined =>
  steps.findLast(
    step =>
      step.kind === kind &&
      step.database === database &&
      (step.consumer === undefined || consumer === undefined || step.consumer === consumer),
  )

/** The newest of a kind, if it passed: one that failed after it takes its word away. */
export const lastPassed = (
  record: MigrationRecord,
  kind: StepKind,
  database: string,
  consumer?: string,
): MigrationStep | undefined => {
  const last = lastOf(record, kind, { database, consumer })
  return last?.outcome === 'passed' ? last : undefined
}
