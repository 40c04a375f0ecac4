import { Command, InvalidArgumentError, Option } from 'commander'
import { buildReconciler } from '../functions/build.ts'
import { type Stage, stages } from '../infra/app/settings/stages.ts'
import type { DatabaseKind } from './fixture.ts'
import { leave } from './leave.ts'
import { timesAre } from './report/result-text.ts'
import { startPage } from './standing/page-server.ts'
import { openStandingLab } from './standing/standing-lab.ts'

/** `npm run lab`: a lab that goes on until Ctrl-C, for the `repoint` command and for looking around. */

interface Options {
  readonly database: DatabaseKind
  readonly speed: number
  readonly port: number
  readonly stage?: Stage
  readonly percent?: number
  readonly client: boolean
}

const numberUpTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!(value >= 0 && value <= most)) throw new InvalidArgumentError(`Expected a number up to ${most}.`)
    return value
  }

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

const main = async (): Promise<void> => {
  const options = new Command()
    .name('npm run lab --')
    .description('Keeps an AWS of its own running on this machine, with Repoint deployed; nothing leaves loopback.')
    .addOption(
      new Option('--database <kind>', 'what kind of database').choices(['instance', 'cluster']).default('instance'),
    )
    .addOption(
      new Option(
        '--stage <stage>',
        'a consumer too, and both at this stage of the migration to a resource gateway',
      ).choices(stages),
    )
    .option('--percent <share>', 'of new connections through the gateway, with stage shift', numberUpTo(99))
    .option('--client', 'with an application at work in the consumer’s VPC, with --stage', false)
    .option('--speed <times>', 'how many times faster than AWS', numberUpTo(60), 20)
    .option('--port <port>', 'of the page; a free one by default', numberUpTo(65_535), 0)
    .allowExcessArguments(false)
    .parse()
    .opts<Options>()
  say('Building the function and preparing the laboratory ...')
  const { folder } = await buildReconciler()
  const lab = await openStandingLab({
    ...{ kind: options.database, speed: options.speed || 1, codeFolder: folder },
    ...(options.stage && { stage: options.stage }),
    ...(options.percent && { percent: options.percent }),
    hasClient: options.client && options.stage !== undefined,
  })
  const page = await startPage(lab, options.port)
  const exports = Object.entries(lab.variables).map(([name, value]) => `export ${name}='${value}'`)
  say(`The lab is running; times: ${timesAre(lab.cloud.time.speed)}. In another terminal:\n`)
  // The one thing on stdout: `eval "$(…)"` may take it.
  process.stdout.write(`${exports.join('\n')}\n`)
  say(
    `\nthen \`repoint status\`, for example. The lab live, and buttons to fail it over or to deploy its settings again: ${page.url}\nCtrl-C ends it.`,
  )
  const end = async () => {
    await page.close()
    await lab.close()
  }
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve())
  await asked
  await end()
}

main()
  .catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  })
  .finally(leave)
