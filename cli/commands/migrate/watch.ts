import type { Command } from 'commander'
import { shareOf } from '../../../infra/app/settings/stage-weights.ts'
import { isAgainst } from '../../checks/finding.ts'
import { judgeHealth } from '../../checks/path-health.ts'
import { judgeShift } from '../../checks/shift.ts'
import { runWith, wholeNumber } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { addSqlOptions, refuseSqlOptions, type SqlOptions } from '../../facts/client/sql-options.ts'
import { gatherMigration } from '../../facts/migration.ts'
import { findZone, liveWeights, readRecords, zoneNameOf, zoneOf } from '../../facts/weighted-records.ts'
import { CliError, UsageError } from '../../failure.ts'
import { type MigrateOptions, moverOf, openMigration, theConsumer } from '../../migrate/open.ts'
import { lookBeforeShift } from '../../migrate/shift/gather-shift.ts'
import { sayWeights } from '../../migrate/shift/move.ts'
import { addressesOf } from '../../migrate/verify/verify-paths.ts'
import { planVerify, type ReachOptions } from '../../migrate/verify/verify-plan.ts'
import { createLooks } from '../../migrate/watch/looks.ts'
import { proveGuard, startProbes, whyNotGuarded, whyNotProbed } from '../../migrate/watch/probes.ts'
import { sayBefore, sayEnd } from '../../migrate/watch/say.ts'
import { recordEnd, watch } from '../../migrate/watch/watch-loop.ts'
import { durationOption } from '../../text/durations.ts'
import { showAgainst } from '../../text/findings.ts'
import { showLimits, showLine, showLook } from '../../text/watch.ts'
import { showWeights } from '../../text/weights.ts'
import { addMigrateOptions, addReachOptions } from './options.ts'

export interface WatchOptions extends MigrateOptions, SqlOptions, ReachOptions {
  readonly apply?: boolean
  readonly force?: boolean
  readonly steps?: readonly number[]
  readonly every: number
  readonly look: number
  readonly probe: number
  readonly failures: number
  readonly budget: number
  readonly window: number
  readonly resets: number
}

const attemptTimeoutMs = 3_000
const leastProbeMs = 50

export const addMigrateWatch = (migrate: Command): void => {
  const command = addMigrateOptions(migrate.command('watch'))
    .summary('follow both paths, move step by step, and go back when the path through the gateway has errors')
    .description(
      "Follows new and open connections and resets on both paths, the gateway's access log, and clients of its own that connect along each path and by the name, anew each time and, with credentials, on a connection that they keep. With --steps and --apply it moves from share to share, each after both paths have been well for --every. When the path through the gateway alone fails, several times in a row or by more than the budget, it goes back to 0 at once and records why; when both have, the database itself is away: nothing is moved until both work again. With --apply and no --steps it moves nothing forward, and still goes back. Without --apply it moves nothing. Refused (5) with --apply where a path cannot be probed, or a client of its own has not worked on it once. The exit code is 6 where it went back or stopped.",
    )
    .option('--apply', 'move weights: forward by --steps, and back')
    .option('--force', 'without a preflight and a verification that passed; the record will say so')
    .option('--steps <shares>', 'shares of the gateway in percent, rising: 5,25,50,100', readSteps)
    .addOption(durationOption('--every <duration>', 'how long both paths have to be well at each share', '10m'))
    .addOption(durationOption('--look <duration>', 'time between two looks', '10s'))
    .addOption(durationOption('--probe <duration>', 'time between two connections of a client of its own', '1s'))
    .option('--failures <number>', 'so many failed probes in a row are an error', wholeNumber('--failures', 1), 5)
    .option(
      '--budget <percent>',
      "of the window's probes so many more than through the load balancer may fail",
      wholeNumber('--budget', 1),
      10,
    )
    .addOption(durationOption('--window <duration>', 'how far back the budget counts', '2m'))
    .option('--resets <number>', 'so many resets a minute are an error', wholeNumber('--resets', 1), 10)
  addSqlOptions(addReachOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate watch -d orders                                         only looks; Ctrl-C ends it
  $ repoint migrate watch -d orders --steps 5,25,50,100 --every 30m         what it would do
  $ repoint migrate watch -d orders --steps 5,25,50,100 --every 30m --apply
  $ repoint migrate watch -d orders --json | jq -c '{at: .at, verdict: .verdict.kind}'

Interrupted (Ctrl-C), it leaves the weights as they are, and says how.`,
    )
    .action((options: WatchOptions) => runWith(options, runWatch))
}

export const runWatch = async (context: Context, options: WatchOptions): Promise<ExitCode> => {
  const { out, signal } = context
  if (options.probe < leastProbeMs) throw new UsageError(`--probe is at least ${leastProbeMs / 1000} s.`)
  const migration = openMigration(context, options)
  refuseSqlOptions(migration.database, options, 'probes')
  const consumer = theConsumer(migration)
  const [facts, zoneId] = await Promise.all([
    gatherMigration(migration),
    findZone(migration.consumerClients, zoneOf(consumer)),
  ])
  const where = { zoneId, name: zoneNameOf(consumer) }
  const records = await readRecords(migration.consumerClients, where)
  const share = shareOf(liveWeights(records))
  const steps = (options.steps ?? []).filter(step => step > share)
  const whyNotStep = (percent: number) => whyNot(migration, percent, options.force === true)
  if (options.steps !== undefined) {
    const asked = { share, steps, everyMs: options.every }
    const early = await sayBefore(out, { ...asked, applies: options.apply === true, whyNotStep })
    if (early !== undefined) return early
  }
  const plan = await planVerify(context, migration, {
    facts,
    options: { ...options, lookups: 0, logWait: 0, timeout: attemptTimeoutMs },
  })
  const limits = {
    failures: options.failures,
    budget: options.budget,
    windowMs: options.window,
    resets: options.resets,
  }
  const unguarded = whyNotGuarded(plan)
  if (unguarded !== undefined && options.apply) throw new CliError(`Nothing was done: ${unguarded}`, exitCodes.refused)
  if (whyNotProbed(plan) === undefined && !plan.paths.some(({ path }) => path === 'nlb')) {
    out.note('There is only the path through the gateway: it is watched, and nothing is moved.')
  } else if (unguarded !== undefined) out.warn(unguarded)
  else out.note(showLimits(limits))
  // Probes end with the watch, however it ends.
  const ending = new AbortController()
  const stop = () => ending.abort()
  signal.addEventListener('abort', stop, { once: true })
  const name = { host: where.name, port: consumer.port }
  const probes = startProbes({ plan, name, everyMs: options.probe, windowMs: options.window, signal: ending.signal })
  try {
    if (options.apply) await proveGuard(probes, { plan, everyMs: options.probe, share })
    const addresses = await addressesOf(plan.paths, plan.dns)
    const looks = createLooks({ migration, facts, plan, where, probes, addresses })
    const end = await watch({
      migration: moverOf(migration),
      plan: { steps, everyMs: options.every },
      limits,
      applies: options.apply === true,
      isForced: options.force === true,
      lookEveryMs: options.look,
      glanceEveryMs: Math.min(options.probe, options.look),
      records,
      ...looks,
      onLook: (seen, verdict, dueInMs) => {
        const shown = { look: seen, verdict, dueInMs }
        const wipe = out.isTerminal && !out.isJson ? '\u001b[2J\u001b[H' : ''
        const text = out.isTerminal ? wipe + showLook(shown, out.paint) : showLine(shown, out.paint)
        out.result(text, {
          at: new Date(seen.atMs).toISOString(),
          ...seen,
          findings: judgeHealth(seen, limits),
          verdict,
          dueInMs,
        })
      },
      whyNotStep,
    })
    if (steps.length > 0 && options.apply) await recordEnd(moverOf(migration), end)
    return await sayEnd(out, end, { hasSteps: steps.length > 0, stands: () => sayWeights(migration, where) })
  } finally {
    stop()
    signal.removeEventListener('abort', stop)
  }
}

const whyNot = async (
  migration: ReturnType<typeof openMigration>,
  percent: number,
  isForced: boolean,
): Promise<string | undefined> => {
  const { situation } = await lookBeforeShift(migration, percent)
  const failed = judgeShift({ ...situation, percent }).filter(it => isAgainst(it) && !(isForced && it.isForcible))
  return failed.length === 0 ? undefined : `${showWeights(situation.live)} now, and\n${showAgainst(failed)}`
}

function readSteps(text: string): readonly number[] {
  const steps = text.split(',').map(Number)
  const isRising = steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 0))
  if (isRising && steps.every(step => Number.isInteger(step) && step >= 1 && step <= 100)) return steps
  throw new UsageError(`--steps ${text} are not rising whole numbers from 1 to 100, such as 5,25,50,100.`)
}
