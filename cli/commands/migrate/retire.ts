import type { Command } from 'commander'
import { isAgainst } from '../../checks/finding.ts'
import { decideRetire, type RetireDecision, stepOf } from '../../checks/retire.ts'
import { runWith } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { longestKeptMs } from '../../facts/load-balancer-use.ts'
import { readRecord } from '../../facts/migration-record.ts'
import { gatherRetirement, type RetireFacts } from '../../facts/retirement.ts'
import { CliError, UsageError } from '../../failure.ts'
import type { MigrateOptions } from '../../migrate/open.ts'
import { openRetirement, type Retirement } from '../../migrate/open.ts'
import { sayRecorded } from '../../migrate/record-step.ts'
import { type Edited, prepareRetired, writeRetired } from '../../migrate/retire/edit-retired.ts'
import { durationOption, showDuration } from '../../text/durations.ts'
import { showAgainst } from '../../text/findings.ts'
import { deployOf, showAfter, showRetirement } from '../../text/retire-decision.ts'
import { addMigrateOptions } from './options.ts'

export interface RetireOptions extends MigrateOptions {
  readonly apply?: boolean
  readonly quietFor: number
}

export const addMigrateRetire = (migrate: Command): void => {
  addMigrateOptions(migrate.command('retire'))
    .summary('end the path through the load balancer: what still speaks against it, and then the settings')
    .description(
      "Says everything that still uses the load balancer: weights, stages, endpoint connections, flows; and whether a drill on the path through the gateway has passed. With --apply it edits the settings, the consumers' first and, once their interface endpoints are gone, the database's; deploying them is yours, and nothing is deleted before. About every consumer of the database in the settings file, unless one is named. Refused (5) while anything speaks against it or is not known; there is no --force.",
    )
    .option('--apply', 'edit the settings')
    .addOption(
      durationOption(
        '--quiet-for <duration>',
        'how long nobody may have come through the load balancer; AWS counts by the minute',
        '24h',
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate retire -d orders                    everything that still speaks against it
  $ repoint migrate retire -d orders --apply            the consumers' settings; deploy them
  $ repoint migrate retire -d orders --apply            then, when their endpoints are gone, the database's
  $ repoint migrate retire -d orders --quiet-for 7d     where a job comes by once a week`,
    )
    .action((options: RetireOptions) => runWith(options, runRetire))
}

export const runRetire = async (context: Context, options: RetireOptions): Promise<ExitCode> => {
  const { out, settingsFile } = context
  if (options.quietFor > longestKeptMs) {
    throw new UsageError(`--quiet-for ${showDuration(options.quietFor)} is more than CloudWatch keeps (455d).`)
  }
  const retirement = openRetirement(context, options)
  const situation = await look(context, retirement, options.quietFor)
  const { database } = situation
  const decision = decideRetire(situation)
  const { step, findings } = decision
  const text = showRetirement(database, decision, out.paint)
  const subject = { ...describe(situation, decision), findings }
  if (step === 'done' || step === 'deploy') {
    out.result(text, { ...subject, outcome: 'nothing-to-do' })
    return exitCodes.ok
  }
  const reasons = showAgainst(findings)
  const isRefused = reasons !== ''
  if (isRefused || !options.apply) {
    const verdict = `Nothing speaks against it. This was a dry run: --apply edits ${settingsFile}, and then ${deployOf(database, decision)}`
    const outcome = isRefused ? 'refused' : 'dry-run'
    out.result(isRefused ? text : `${text}\n\n${verdict}`, { ...subject, outcome })
    await write(context, retirement, { situation, decision, outcome: isRefused ? 'refused' : 'passed' })
    if (isRefused) throw new CliError(`Nothing was done:\n${reasons}`, exitCodes.refused)
    return exitCodes.ok
  }
  out.note(text)
  const note = writeRetired(settingsFile, editOf(situation, decision))
  out.note(note)
  await write(context, retirement, { situation, decision, outcome: 'done' })
  out.result(showAfter(database, decision), { ...subject, outcome: 'done', deploy: deployOf(database, decision) })
  return exitCodes.ok
}

const look = async (context: Context, retirement: Retirement, quietForMs: number): Promise<RetireFacts> => {
  const { first, entries } = retirement
  const { database, recordFile } = first
  // Refused before anything slow, where it is damaged.
  const record = readRecord(recordFile)
  const nowMs = context.now()
  const gathered = await context.out.progress(
    `Looking for whoever still uses the load balancer of ${database.id}`,
    () => gatherRetirement(first, retirement.sides, { quietForMs, nowMs }),
  )
  const known = { database, entries, record, quietForMs, nowMs, settingsProblem: undefined, ...gathered }
  return { ...known, settingsProblem: whyNotInSettings(context, known) }
}

const whyNotInSettings = ({ settingsFile }: Context, situation: RetireFacts): string | undefined => {
  const step = stepOf(situation)
  if (step !== 'consumers' && step !== 'provider') return undefined
  // A stage before gateway is a reason of its own: what remains to be seen is whether the file takes the last one.
  const consumers = situation.chosen.map(({ consumer }) => consumer)
  try {
    prepareRetired(settingsFile, { step, database: situation.database, consumers })
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const editOf = ({ database }: RetireFacts, { step, consumers }: RetireDecision): Edited => ({
  step: step === 'consumers' ? 'consumers' : 'provider',
  database,
  consumers,
})

const describe = ({ database, chosen, quietForMs, connections, flows }: RetireFacts, { step }: RetireDecision) => ({
  database: database.id,
  consumers: chosen.map(({ consumer }) => consumer.name),
  step,
  quietForMs,
  connections,
  flows,
  endpoints: chosen.map(({ consumer: { name }, side, flows: own }) => ({
    consumer: name,
    ...(side.zone.kind === 'known' ? { weights: side.zone.value.weights } : {}),
    flows: own,
  })),
})

/** About the one consumer where it is one; else it counts for the whole database. */
const write = async (
  context: Context,
  { first }: Retirement,
  {
    situation,
    decision,
    outcome,
  }: {
    situation: RetireFacts
    decision: RetireDecision
    outcome: 'done' | 'refused' | 'passed'
  },
): Promise<void> => {
  const { consumer: _, ...whole } = first
  const { consumers, findings, step } = decision
  const [only, ...more] = consumers
  const failed = findings.filter(isAgainst).map(({ fact }) => fact)
  const whose =
    step === 'consumers' ? `its consumers (${consumers.map(({ name }) => name).join(', ')})` : 'its provider'
  const isDone = outcome === 'done'
  const about = only !== undefined && more.length === 0 ? { ...whole, consumer: only } : whole
  const note = await sayRecorded(about, {
    kind: 'retire',
    applied: isDone,
    ...(isDone ? { from: 'gateway', to: 'retired' } : {}),
    outcome,
    summary:
      outcome === 'refused'
        ? `refused, ${whose}: ${failed.join(' ')}`
        : `${isDone ? 'the settings say retired' : 'nothing speaks against it'}: ${whose}`,
    evidence: { ...describe(situation, decision), findings: [...findings] },
  })
  context.out.note(note)
}
