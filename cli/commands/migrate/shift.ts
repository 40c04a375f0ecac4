import type { Command } from 'commander'
import { stageOfShare, weightsOfShare } from '../../../infra/app/settings/stage-weights.ts'
import { type Finding, isAgainst } from '../../checks/finding.ts'
import { judgeShift } from '../../checks/shift.ts'
import { runWith, wholeNumber } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { areSame } from '../../facts/weighted-records.ts'
import { CliError } from '../../failure.ts'
import { type MigrateOptions, type Migration, moverOf, openMigration, theConsumer } from '../../migrate/open.ts'
import { recordStep } from '../../migrate/record-step.ts'
import { lookBeforeShift } from '../../migrate/shift/gather-shift.ts'
import { moveWeights, sayInterrupted } from '../../migrate/shift/move.ts'
import { repairSettings, sayDrift, sayNothingToMove } from '../../migrate/shift/repair-settings.ts'
import { showAgainst } from '../../text/findings.ts'
import { sayMoved, showIntended, showNext } from '../../text/weight-move.ts'
import { showWeights } from '../../text/weights.ts'
import { addMigrateOptions } from './options.ts'

export interface ShiftOptions extends MigrateOptions {
  readonly apply?: boolean
  readonly force?: boolean
}

export const addMigrateShift = (migrate: Command): void => {
  addMigrateOptions(migrate.command('shift'))
    .argument('<percent>', "the gateway's share of new connections: 0 to 100", wholeNumber('The share', 0, 100))
    .summary('send a share of new connections through the gateway')
    .description(
      "Says which weights the consumer's records have and would get, what that means, and what stands against it. With --apply it moves both weights in one change, waits until Route 53 has it everywhere, writes stage and share into the settings, and records the step. 0 is stage shadow, 1 to 99 shift, 100 gateway. The exit code is 5 where it is refused.",
    )
    .option('--apply', 'do it')
    .option('--force', 'without a preflight and a verification that passed; the record will say so')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate shift 5 -d orders              what it would do, and whether it may
  $ repoint migrate shift 5 -d orders --apply
  $ repoint migrate rollback -d orders --apply     all of it back, at once`,
    )
    .action((percent: number, options: ShiftOptions) =>
      runWith(options, (context, its) => runShift(context, percent, its)),
    )
}

export const runShift = async (context: Context, percent: number, options: ShiftOptions): Promise<ExitCode> => {
  const { out } = context
  const migration = openMigration(context, options)
  const consumer = theConsumer(migration)
  const mover = moverOf(migration)
  const { situation, records } = await lookBeforeShift(migration, percent)
  const { live } = situation
  const wanted = weightsOfShare(percent)
  const findings = judgeShift(situation)
  const subject = { database: migration.database.id, consumer: consumer.name, now: live, wanted, findings }
  sayDrift(out, mover, live)
  const text = showIntended({ ...migration, consumer, live, wanted, findings, paint: out.paint })
  if (areSame(live, wanted) && records.others === undefined) {
    const repaired = options.apply ? await repairSettings(mover, { live, percent, kind: 'shift' }) : undefined
    return sayNothingToMove(mover, { live, percent, repaired, subject })
  }
  const failed = findings.filter(isAgainst)
  const blocking = failed.filter(({ isForcible }) => !(options.force && isForcible))
  const forced = failed.filter(it => !blocking.includes(it))
  if (blocking.length > 0) {
    if (options.apply) await recordRefusal(migration, percent, blocking)
    out.result(text, { ...subject, outcome: 'refused' })
    throw new CliError(`Nothing was done:\n${showAgainst(blocking)}`, exitCodes.refused)
  }
  if (!options.apply) {
    out.result(`${text}\nThis was a dry run: --apply does it.`, { ...subject, outcome: 'dry-run' })
    return exitCodes.ok
  }
  out.note(text)
  if (forced.length > 0) out.warn(`--force goes on although:\n${showAgainst(forced)}`)
  const summary = `${showWeights(live)} → ${showWeights(wanted)}${forced.length > 0 ? `, forced without: ${forced.map(({ check }) => check).join(', ')}` : ''}`
  const evidence = { findings }
  const step = { kind: 'shift', outcome: 'done', summary, evidence } as const
  const moved = await moveWeights(mover, { percent, records, expected: live, step }).catch(error => {
    sayInterrupted(out, error, subject)
    throw error
  })
  sayMoved(out, moved)
  out.result(`Moved: ${showWeights(wanted)}.\n${showNext(consumer)}`, { ...subject, outcome: 'done', moved })
  return exitCodes.ok
}

const recordRefusal = async (migration: Migration, percent: number, blocking: readonly Finding[]): Promise<void> => {
  const evidence = { findings: [...blocking] }
  const summary = `refused: ${blocking.map(({ fact }) => fact).join(' ')}`
  await recordStep(migration, {
    kind: 'shift',
    applied: false,
    to: stageOfShare(percent),
    percent,
    outcome: 'refused',
    summary,
    evidence,
  })
}
