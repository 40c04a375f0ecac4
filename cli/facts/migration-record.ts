import * as v from 'valibot'
import { readText } from '../../infra/app/settings/read-text.ts'
import { exitCodes } from '../exit-codes.ts'
import { CliError } from '../failure.ts'
import { withLock } from './file-lock.ts'
import { upgradeStep } from './older-steps.ts'
import { replaceFile } from './replace-file.ts'

/** The record of a migration: one file beside the settings, to be kept in the same repository. */

const stepOutcomes = ['passed', 'waiting', 'failed', 'interrupted', 'done', 'refused', 'rolled-back'] as const

/** Ids of the resources that a step was about: what is made anew has another one, and the step says nothing of it. */
const about = v.object({
  endpointId: v.optional(v.string()),
  nlbEndpointId: v.optional(v.string()),
  configurationId: v.optional(v.string()),
  gatewayId: v.optional(v.string()),
})

const findings = v.pipe(
  v.array(
    v.object({
      check: v.string(),
      severity: v.string(),
      fact: v.string(),
      remedy: v.optional(v.string()),
      source: v.optional(v.string()),
      isForcible: v.optional(v.boolean()),
    }),
  ),
  v.readonly(),
)
const weights = v.object({ nlb: v.optional(v.number()), gateway: v.optional(v.number()) })
const path = v.picklist(['nlb', 'gateway'])

/** Of a kind what somebody goes by later; what else was written down stays. */
const evidenceOf = {
  preflight: v.looseObject({ about: v.optional(about), findings }),
  verify: v.looseObject({
    about: v.optional(about),
    paths: v.array(v.looseObject({ path, endpointId: v.string() })),
    findings,
  }),
  drill: v.looseObject({ about: v.optional(about), path: v.optional(path) }),
  /** Of weights that were moved, or of why they were not. */
  move: v.looseObject({
    before: v.optional(weights),
    after: v.optional(weights),
    isInSync: v.optional(v.boolean()),
    findings: v.optional(findings),
  }),
  retire: v.looseObject({ step: v.string(), findings }),
}

const stepOf = <Kind extends string, Evidence extends v.GenericSchema>(kind: Kind, evidence: Evidence) =>
  v.object({
    at: v.pipe(v.string(), v.isoTimestamp()),
    /** ARN of whoever called AWS, or the name of the machine's user. */
    by: v.string(),
    /** Somebody else than AWS answered: laboratory evidence. */
    inLaboratory: v.optional(v.literal(true)),
    database: v.string(),
    consumer: v.optional(v.string()),
    kind: v.literal(kind),
    /** Whether it changed anything. */
    applied: v.boolean(),
    /** Stages. */
    from: v.optional(v.string()),
    to: v.optional(v.string()),
    /** The gateway's share of new connections after it. */
    percent: v.optional(v.number()),
    outcome: v.picklist(stepOutcomes),
    summary: v.string(),
    evidence: v.optional(evidence),
  })

const stepSchema = v.variant('kind', [
  stepOf('preflight', evidenceOf.preflight),
  stepOf('verify', evidenceOf.verify),
  stepOf('drill', evidenceOf.drill),
  stepOf('shift', evidenceOf.move),
  stepOf('rollback', evidenceOf.move),
  stepOf('watch', evidenceOf.move),
  stepOf('retire', evidenceOf.retire),
])

const recordSchema = v.object({
  format: v.literal('repoint-migration'),
  version: v.literal(1),
  steps: v.array(v.pipe(v.unknown(), v.transform(upgradeStep), stepSchema)),
})

export type About = v.InferOutput<typeof about>
export type MigrationStep = v.InferOutput<typeof stepSchema>
export type MigrationRecord = v.InferOutput<typeof recordSchema>

const empty: MigrationRecord = { format: 'repoint-migration', version: 1, steps: [] }

/** A file that is not there is a migration of which nothing has been recorded. @throws CliError for a damaged one. */
export const readRecord = (file: string): MigrationRecord => {
  let text: string
  try {
    text = readText(file)
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
  const parsed = v.safeParse(recordSchema, value, { abortEarly: true })
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
 * Adds a step. Whoever reads meanwhile sees the file before or after it, never half of it; whoever writes meanwhile waits.
 *
 * @throws CliError where the file is damaged or cannot be written.
 */
export const appendStep = async (file: string, step: MigrationStep): Promise<void> => {
  const own = v.parse(stepSchema, step)
  try {
    await withLock(`${file}.lock`, () => {
      const { steps } = readRecord(file)
      replaceFile(file, `${JSON.stringify({ ...empty, steps: [...steps, own] }, null, 2)}\n`)
    })
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(
      `The step could not be recorded: ${(error as Error).message}. Make ${file} writable, or name another with --record.`,
    )
  }
}
