import { buildReconciler } from '../functions/build.ts'
import { writeRecord } from '../report/files.ts'
import { checkRecordFiles } from '../report/write-out.ts'
import { isInstalled } from './cloud/open-engine.ts'
import { compare } from './compare/compare.ts'
import type { Engine } from './database/database.ts'
import { leave, onEnd } from './leave.ts'
import { type Options, readOptions, speedOf } from './options.ts'
import type { RehearsalResult } from './rehearsal/rehearsal-result.ts'
import { rehearse } from './rehearsal/rehearse.ts'
import type { Updater } from './rehearsal/updater.ts'
import { type Paint, paintFor } from './report/paint.ts'
import { recordOf } from './report/rehearsal-record.ts'
import { resultText, showIntroduction } from './report/result-text.ts'
import { momentText } from './report/timeline-text.ts'
import { say, sayJson, sayWhy } from './say.ts'
import { findScenario, scenarios, whyNotOn } from './scenarios/catalogue.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { startTime } from './time.ts'
import { startTimeline } from './timeline.ts'

const updaterOf = ({ withoutRepoint, peerSchedule }: Options): Updater => {
  if (peerSchedule !== undefined) return { kind: 'peer', periodMs: peerSchedule * 1_000 }
  return withoutRepoint ? { kind: 'nobody' } : { kind: 'repoint' }
}

/** Runs one scenario and shows it live, or as one JSON document at its end. */
const run = async (
  scenario: Scenario,
  options: Options,
  codeFolder: string,
  paint: Paint,
): Promise<RehearsalResult> => {
  const speed = speedOf(options)
  const updater = updaterOf(options)
  const time = startTime({ speed })
  const timeline = startTimeline(time)
  const textOf = momentText(paint, { speed })
  let beganMs: number | undefined
  if (!options.json) {
    say(
      showIntroduction(
        { scenario: scenario.name, promise: scenario.promise, updater, plan: scenario.frontDoor ?? 'swap', speed },
        paint,
      ),
    )
    say(
      paint(
        'dim',
        `Preparing: database, load balancer, target group${updater.kind === 'repoint' ? ', and the function registers the writer' : ''} ...`,
      ),
    )
    timeline.onMoment(moment => {
      const line = beganMs === undefined ? undefined : textOf(moment, beganMs)
      if (line !== undefined) say(line)
    })
  }
  const result = await rehearse({
    scenario,
    engine: options.database,
    updater,
    time,
    timeline,
    codeFolder,
    ...(options.gatewayKeeps && { gatewaySettings: { keepsAnswerMs: options.gatewayKeeps * 1_000 } }),
    onPlay: ms => {
      beganMs = ms
    },
    onEnd: ending => {
      const written = writeRecord(recordOf(ending, new Date()), options)
      if (!options.json) for (const file of written) say(paint('dim', `Wrote ${file}`))
    },
  })
  beganMs = undefined
  if (!options.json) say(resultText(result, paint))
  return result
}

/** With `all`, those that the database can play. @throws Error where the one that is named cannot be played */
const choose = ({ scenario, database }: Options): readonly Scenario[] => {
  if (!isInstalled(database)) {
    throw new Error(`${database} is not installed here: on Debian, apt-get install ${packages[database]}`)
  }
  if (scenario === 'all') return scenarios.filter(each => whyNotOn(each, database) === undefined)
  const named = findScenario(scenario)
  const why = whyNotOn(named, database)
  if (why !== undefined) throw new Error(why)
  return [named]
}

/** 1: a promise is broken. 3: none that this machine could not have broken by standing still. */
const exitCodeOf = (results: readonly RehearsalResult[]): number => {
  if (results.some(({ outcome }) => outcome === 'broken')) return 1
  return results.some(({ outcome }) => outcome === 'not-judged') ? 3 : 0
}

const packages: Readonly<Record<Engine, string>> = {
  pglite: '',
  postgres: 'postgresql',
  mariadb: 'mariadb-server',
}

const main = async (): Promise<void> => {
  const options = readOptions(process.argv)
  const paint = paintFor(process.stdout, process.env)
  if (options.list) {
    for (const { name, promise } of scenarios) say(`${paint('bold', name.padEnd(24))}${promise}`)
    return
  }
  if (options.scenario === 'all' && (options.record ?? options.report) !== undefined) {
    throw new Error('--record and --report keep one scenario: name it with --scenario')
  }
  if (options.compare || options.sweepRegistration) {
    const { folder: codeFolder } = await buildReconciler()
    const { json: isJson, compare: isComparing, sweepRegistration: registrations } = options
    const speed = speedOf(options)
    const run = { speed, codeFolder, isJson, isComparing, paint, ...(registrations && { registrations }) }
    if (!(await compare(run))) process.exitCode = 1
    return
  }
  checkRecordFiles(options)
  const chosen = choose(options)
  const { folder } = await buildReconciler()
  const results: RehearsalResult[] = []
  for (const scenario of chosen) results.push(await run(scenario, options, folder, paint))
  if (options.json) sayJson(results.length === 1 ? results[0] : results)
  process.exitCode = exitCodeOf(results)
}

// What has been started is ended on the way out, also for who does not want to wait.
onEnd(exitCode => process.exit(exitCode))

main()
  .catch((error: unknown) => {
    sayWhy(error)
    process.exitCode = 2
  })
  .finally(leave)
