import { type Command, Option } from 'commander'
import { createDns } from '../../functions/reconciler/adapters/dns.ts'
import { defaultPort, type Engine, engines } from '../../infra/app/settings/engines.ts'
import { readText } from '../../infra/app/settings/read-text.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { explain } from '../aws/explain.ts'
import { judgeConsumer } from '../checks/client-path.ts'
import { judgeConsumerSide } from '../checks/consumer-side.ts'
import { judgeDoctor, judgeRetired } from '../checks/doctor.ts'
import { type Finding, notice, unknown } from '../checks/finding.ts'
import { addCommonOptions, readKeepalive, runWith, runWithoutSettings, wholeNumber } from '../common-options.ts'
import type { BareContext, CommonOptions, Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { addTunnelOption, type Detours, detoursOf } from '../facts/client/tunnels.ts'
import { type LookOptions, look } from '../facts/client-connection.ts'
import { gatherConsumerSide } from '../facts/consumer-side.ts'
import { whyRetired } from '../facts/deployed.ts'
import { gatherDoctor } from '../facts/doctor.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { reachBy } from '../facts/path-look.ts'
import { gatherPreflight } from '../facts/preflight.ts'
import { UsageError } from '../failure.ts'
import { isOf } from '../migrate/open.ts'
import { dnsVariable, serversIn } from '../migrate/verify/verify-plan.ts'
import type { Output } from '../output.ts'
import { eachOf } from '../run-each.ts'
import { countFindings, showFindings } from '../text/findings.ts'
import { givenFlags } from '../text/given-flags.ts'
import { addDnsOption } from './migrate/options.ts'

export interface DoctorOptions extends CommonOptions {
  readonly verbose?: boolean
  /** Seconds. */
  readonly clientKeepalive?: number
  /** With the name of an entry of `consumers`, or without. */
  readonly consumer?: string | true
  readonly host?: string
  readonly port?: number
  readonly engine?: Engine
  readonly endpoint?: readonly string[]
  readonly ca?: string
  readonly consumerProfile?: string
  readonly dns?: readonly string[]
  readonly connectTo?: Detours
}

export const addDoctor = (program: Command): void => {
  addTunnelOption(addDnsOption(addCommonOptions(program.command('doctor'))))
    .summary('everything that makes failovers slow or wrong, each with its remedy')
    .description(
      'Reads how database, load balancer, network and function are set up, and reports what makes a failover slow or wrong: each finding with the fact, the remedy and its source. A check whose facts may not be read is `unknown` and names the missing permission; the others go on. Writes nothing. The exit code is 6 when there is a problem.\n\nWith --consumer it follows the path of a client from this machine: name, addresses, TCP, TLS certificate. With the name of an entry of consumers it also reads, as far as the credentials here allow, that consumer’s endpoints and where its hosted zone answers, and says which path the name takes.',
    )
    .option('-v, --verbose', 'show what is ok, too')
    .option(
      '--client-keepalive <seconds>',
      "the clients' TCP keepalive, to compare with the idle timeout",
      readKeepalive,
    )
    .option('--consumer [name]', "check a consumer's side from here; the name of an entry of consumers")
    .option('--host <name>', 'with --consumer: the name that clients connect to (no settings file needed then)')
    .option('--port <port>', "with --consumer: the port; by default the engine's", wholeNumber('--port', 1, 65_535))
    .addOption(new Option('--engine <engine>', 'with --consumer: what answers there').choices(engines))
    .option('--endpoint <name...>', 'with --consumer: names vpce-… of the endpoints that the name should lead to')
    .option('--consumer-profile <name>', "with --consumer: a profile for the consumer's account, to read its endpoints")
    .option('--ca <file>', 'with --consumer: PEM file of the authorities to trust, such as AWS’s global-bundle.pem')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint doctor                                   all databases of repoint.json
  $ repoint doctor -d orders --client-keepalive 300
  $ repoint doctor --json | jq '.[].findings[] | select(.severity == "problem")'
  $ repoint doctor --consumer analytics --ca global-bundle.pem
  $ repoint doctor --consumer -d orders --dns 10.1.0.2
  $ repoint doctor --consumer --host orders.abc123.eu-west-1.rds.amazonaws.com --engine postgres`,
    )
    .action((options: DoctorOptions) =>
      options.consumer !== undefined && options.host !== undefined
        ? runWithoutSettings(options, runAlone)
        : runWith(options, options.consumer === undefined ? runDoctor : runConsumer),
    )
}

export const runDoctor = async (context: Context, options: DoctorOptions): Promise<ExitCode> => {
  const ofConsumers = ['host', 'port', 'engine', 'endpoint', 'ca', 'dns', 'connectTo', 'consumerProfile'] as const
  const flags = givenFlags(options, ofConsumers)
  if (flags !== undefined) throw new UsageError(`${flags} ${flags.includes(',') ? 'go' : 'goes'} with --consumer.`)
  const { databases, out } = context
  const examine = async (database: DatabaseSettings): Promise<Examined> => {
    const facts = await gatherDoctor({
      clients: context.clientsFor(database),
      database,
      nowMs: context.now(),
      ...(options.clientKeepalive === undefined ? {} : { clientKeepaliveSeconds: options.clientKeepalive }),
    })
    const region = database.env.region ?? context.clientsFor(database).region
    const title = `${database.id}  ${database.kind}${region === undefined ? '' : ` in ${region}`}`
    const isRetired = database.gateway.stage === 'retired' && facts[0]?.lambda.kind === 'none'
    const findings = isRetired
      ? await examineGateway(context, database, { facts: facts[0], options })
      : judgeDoctor(facts)
    return { subject: { database: database.id }, title, findings }
  }
  // What keeps one account from being read says nothing of the others.
  const examineOneOf = async (database: DatabaseSettings): Promise<Examined> => {
    try {
      return await examine(database)
    } catch (error) {
      const { message, exitCode } = explain(error)
      if (databases.length === 1 || exitCode === exitCodes.interrupted) throw error
      const findings = [{ check: 'access', ...unknown(message) }]
      return { subject: { database: database.id }, title: database.id, findings }
    }
  }
  const examined = await out.progress(`Examining ${databases.map(({ id }) => id).join(', ')}`, progress =>
    eachOf(databases, examineOneOf, (done, of) => of > 1 && progress.update(`Examined ${done} of ${of}`), 4),
  )
  return show(out, examined, options)
}

/** The provider's side of a database that has only the gateway. */
const examineGateway = async (
  context: Context,
  database: DatabaseSettings,
  { facts, options }: { facts: DoctorFacts | undefined; options: DoctorOptions },
): Promise<readonly Finding[]> => {
  const clients = context.clientsFor(database)
  const { clientKeepalive } = options
  const path = await gatherPreflight({
    ...{ database, clients, consumerClients: clients },
    ...(clientKeepalive === undefined ? {} : { clientKeepaliveSeconds: clientKeepalive }),
  })
  const consumers = context.settings.consumers.filter(it => isOf(it, database))
  return [
    { check: 'stage', ...notice(whyRetired(database.id)) },
    ...(facts === undefined ? [] : judgeRetired(facts, path)),
    ...consumers.map(({ name }) => ({
      check: 'consumer-side',
      ...notice(
        `The side of ${name} is judged with its account's credentials: \`repoint migrate preflight -d ${database.id} --consumer ${name}\`.`,
      ),
    })),
  ]
}

/** A consumer's side, with what the settings know of it. */
export const runConsumer = async (context: Context, options: DoctorOptions): Promise<ExitCode> => {
  const wanted =
    typeof options.consumer === 'string'
      ? [await ofConsumer(context, options.consumer, options)]
      : context.databases.map(({ endpoint: host, port, engine }) => ({ host, port, engine }))
  return walk(
    context,
    wanted.map(it => ({ ...it, ...given(options) })),
    options,
  )
}

const ofConsumer = async (context: Context, name: string, options: DoctorOptions): Promise<Wanted> => {
  const { settings, settingsFile } = context
  const consumer = settings.consumers.find(it => it.name === name)
  if (consumer === undefined) {
    const names = settings.consumers.map(it => it.name).join(', ') || 'none'
    throw new UsageError(`There is no consumer ${name} in ${settingsFile}; it has ${names}.`)
  }
  const database = settings.databases.find(({ id }) => id === consumer.database)
  const { env, dnsName, hostname: host, port, serviceZoneIds } = consumer
  const place = {
    account: env.account ?? database?.env.account,
    region: env.region ?? options.region,
    profile: options.consumerProfile,
  }
  const hasProfile = (options.consumerProfile ?? options.profile) !== undefined
  const side = await gatherConsumerSide(() => context.clientsIn(place, false), consumer, { hasProfile })
  const serviceZones = serviceZoneIds?.length ?? database?.subnets.length
  return {
    host: dnsName ?? host,
    port,
    engine: database?.engine ?? '',
    ...(serviceZones === undefined ? {} : { serviceZones }),
    ...(side.endpoints.kind === 'known' ? { endpoints: side.endpoints.value } : {}),
    findings: judgeConsumerSide(consumer, side),
  }
}

/** Where nobody has the settings: the consumer's own machine. */
const runAlone = (context: BareContext, options: DoctorOptions): Promise<ExitCode> => {
  const { host, engine, port } = options
  if (host === undefined || engine === undefined) {
    throw new UsageError(
      'With --host pass --engine, for example --engine postgres; `repoint doctor --help` lists them.',
    )
  }
  const usual = port ?? defaultPort(engine)
  if (usual === undefined) throw new UsageError('With --engine other pass --port.')
  return walk(context, [{ host, engine, port: usual, ...given(options) }], options)
}

type Wanted = Pick<LookOptions, 'host' | 'port' | 'engine' | 'endpoints' | 'authorities' | 'serviceZones'> & {
  /** What was found before its path is walked. */
  readonly findings?: readonly Finding[]
}

const given = ({ port, engine, endpoint, ca }: DoctorOptions): Partial<Wanted> => ({
  ...(port === undefined ? {} : { port }),
  ...(engine === undefined ? {} : { engine }),
  ...(endpoint === undefined ? {} : { endpoints: endpoint.map(name => ({ name })) }),
  ...(ca === undefined ? {} : { authorities: readAuthorities(ca) }),
})

const walk = async (
  { out, signal, env }: BareContext,
  wanted: readonly Wanted[],
  options: DoctorOptions,
): Promise<ExitCode> => {
  const detours = detoursOf(options, env)
  const servers = options.dns ?? serversIn(env[dnsVariable] ?? '')
  const dns = createDns({ servers })
  const walkOne = async ({ findings: before = [], ...it }: Wanted): Promise<Examined> => {
    const { host, port } = it
    const { resolve, placeOf } = reachBy({ host, port }, { dns, detours })
    // Without a resolver of its own a client asks the operating system, with its hosts file.
    const isAsked = servers.length > 0 || detours.has(`${host}:${port}`)
    const seen = await look({ ...it, signal, placeOf, ...(isAsked ? { resolve } : {}) })
    const findings = [...judgeConsumer(seen, Date.now()), ...before]
    return { subject: { host, port }, title: `${host}:${port} from here`, findings }
  }
  const hosts = wanted.map(({ host }) => host).join(', ')
  return show(out, await out.progress(`Connecting to ${hosts}`, () => eachOf(wanted, walkOne)), options)
}

interface Examined {
  readonly subject: Readonly<Record<string, unknown>>
  readonly title: string
  readonly findings: readonly Finding[]
}

const show = (out: Output, examined: readonly Examined[], options: DoctorOptions): ExitCode => {
  const { paint, width } = out
  const isVerbose = options.verbose === true
  out.result(
    examined.map(({ title, findings }) => showFindings(title, findings, { paint, width, isVerbose })).join('\n\n'),
    examined.map(({ subject, findings }) => ({ ...subject, counts: countFindings(findings), findings })),
  )
  const all = examined.flatMap(({ findings }) => findings)
  if (all.some(({ severity }) => severity === 'problem')) return exitCodes.findings
  // Nothing could be read: that nothing was found says nothing.
  return all.every(({ severity }) => severity === 'unknown') ? exitCodes.failure : exitCodes.ok
}

const readAuthorities = (file: string): string => {
  let text: string
  try {
    text = readText(file)
  } catch (error) {
    throw new UsageError(`--ca ${file} cannot be read: ${(error as Error).message}`)
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new UsageError(`--ca ${file} holds no PEM certificate.`)
}
