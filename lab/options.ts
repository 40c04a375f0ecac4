import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Stage, stages } from '../infra/app/settings/stages.ts'
import { type Engine, engines } from './database/database.ts'
import type { DatabaseKind } from './fixture.ts'

export interface LabOptions {
  readonly kind: DatabaseKind | 'hostname'
  readonly database: Engine
  readonly speed?: number
  readonly port: number
  readonly stage?: Stage
  readonly percent?: number
}

export interface Options {
  readonly scenario: string
  readonly list: boolean
  readonly database: Engine
  readonly realistic: boolean
  /** By default as fast as the database allows. */
  readonly speed?: number
  readonly withoutRepoint: boolean
  /** Seconds. */
  readonly peerSchedule?: number
  /** Seconds. */
  readonly gatewayKeeps?: number
  readonly json: boolean
  readonly compare: boolean
  /** Seconds. */
  readonly sweepRegistration?: readonly number[]
  /** Files to write the record and its page to. */
  readonly record?: string
  readonly report?: string
  /** Existing files may be replaced. */
  readonly force: boolean
}

/** Faster runs leave the function too little wall time between two looks. */
const fastest = 60

/** Reads a command line. Ends the process with help, or with what is wrong and exit code 2, as `repoint` does. */
export const readCommandLine = <Options extends object>(command: Command, argv: readonly string[]): Options => {
  try {
    return command
      .exitOverride()
      .parse([...argv])
      .opts<Options>()
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
    throw error
  }
}

const numberUpTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= 0 && value <= most)) {
      throw new InvalidArgumentError(`Expected a number up to ${most}.`)
    }
    return value
  }

const positive =
  (most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!(value > 0 && value <= most)) throw new InvalidArgumentError(`Expected a number above 0, at most ${most}.`)
    return value
  }

const durations = (text: string): number[] => text.split(',').map(positive(3_600))

const databaseOption = (): Option =>
  new Option('--database <engine>', 'PGlite, which is embedded, or a real server that is installed')
    .choices(engines)
    .default('pglite')

const speedOption = (): Option =>
  new Option('--speed <times>', 'how many times faster than AWS (20 by default, 5 with a real server)').argParser(
    positive(fastest),
  )

/** Of `npm start`. */
export const rehearsalCommand = (): Command =>
  new Command()
    .name('npm start --')
    .description('Rehearses a failover on an AWS of its own, on this machine: nothing leaves loopback.')
    .option('--scenario <name>', 'what happens to the database; "all" for one after the other', 'failover')
    .addOption(databaseOption())
    .option('--list', 'show the scenarios and end')
    .option('--realistic', 'true delays (speed 1): minutes instead of seconds')
    .addOption(speedOption())
    .option('--without-repoint', 'what the same failover costs when nobody updates the target group')
    .option(
      '--peer-schedule <seconds>',
      'instead of Repoint, a function that only polls at this interval',
      positive(86_400),
    )
    .option(
      '--gateway-keeps <seconds>',
      'how long a resource gateway goes by an old answer of the DNS, which AWS does not say (by default not at all)',
      positive(3_600),
    )
    .option('--compare', 'the same failover under every strategy, and without Repoint: a table')
    .option(
      '--sweep-registration <seconds,...>',
      'what each strategy costs while a registration takes the load balancer so long',
      durations,
    )
    .option('--json', 'the result with every moment as JSON, and nothing else')
    .option('--record <file.json>', 'write what happened to this file, for `repoint report`')
    .option('--report <file.html>', 'write a page that shows what happened to this file')
    .option('--force', 'replace the files of --record and --report where they exist')
    .allowExcessArguments(false)

/** Reads the command line. Ends the process with help or with what is wrong. */
export const readOptions = (argv: readonly string[]): Options => ({
  ...flags,
  ...readCommandLine<Partial<Options> & Standard>(rehearsalCommand(), argv),
})

/** What is not asked for; a flag's own default would be printed in the help. */
const flags = { list: false, realistic: false, withoutRepoint: false, json: false, compare: false, force: false }

type Standard = Pick<Options, 'scenario' | 'database'>

/** Of `npm run lab`. */
export const labCommand = (): Command =>
  new Command()
    .name('npm run lab --')
    .description('Keeps an AWS of its own running on this machine, with Repoint deployed; nothing leaves loopback.')
    .addOption(
      new Option('--kind <kind>', 'what kind of database; hostname is an instance behind a name of your own')
        .choices(['instance', 'cluster', 'hostname'])
        .default('instance'),
    )
    .addOption(databaseOption())
    .addOption(
      new Option(
        '--stage <stage>',
        'a consumer too, and both at this stage of the migration to a resource gateway',
      ).choices(stages),
    )
    .option('--percent <share>', 'of new connections through the gateway, with stage shift', numberUpTo(99))
    .addOption(speedOption())
    .option('--port <port>', 'of the page; a free one by default', numberUpTo(65_535), 0)
    .allowExcessArguments(false)

/** A real server starts and recovers in wall time. */
export const speedOf = ({
  realistic = false,
  speed,
  database,
}: Partial<Pick<Options, 'realistic' | 'speed'>> & Pick<Options, 'database'>): number =>
  realistic ? 1 : (speed ?? (database === 'pglite' ? 20 : 5))
