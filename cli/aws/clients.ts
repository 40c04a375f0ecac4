import type { STS } from '@aws-sdk/client-sts'
import type { AccountAccess } from '../../infra/app/settings/fleet-fields.ts'
import { UsageError } from '../failure.ts'
import { attachCall, iamAction } from './calls.ts'
import { refuseForeignAnswers } from './foreign-answer.ts'
import { requireProfile } from './profiles.ts'
import { openRates, type Rates } from './rates.ts'

/** Their packages are named here alone; everybody else takes their types. */
const packages = {
  lambda: async () => (await import('@aws-sdk/client-lambda')).Lambda,
  rds: async () => (await import('@aws-sdk/client-rds')).RDS,
  elbv2: async () => (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2,
  eventBridge: async () => (await import('@aws-sdk/client-eventbridge')).EventBridge,
  scheduler: async () => (await import('@aws-sdk/client-scheduler')).Scheduler,
  cloudFormation: async () => (await import('@aws-sdk/client-cloudformation')).CloudFormation,
  cloudWatch: async () => (await import('@aws-sdk/client-cloudwatch')).CloudWatch,
  logs: async () => (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs,
  ec2: async () => (await import('@aws-sdk/client-ec2')).EC2,
  sqs: async () => (await import('@aws-sdk/client-sqs')).SQS,
  sts: async () => (await import('@aws-sdk/client-sts')).STS,
  iam: async () => (await import('@aws-sdk/client-iam')).IAM,
  route53: async () => (await import('@aws-sdk/client-route-53')).Route53,
  redshift: async () => (await import('@aws-sdk/client-redshift')).Redshift,
  secrets: async () => (await import('@aws-sdk/client-secrets-manager')).SecretsManager,
  vpcLattice: async () => (await import('@aws-sdk/client-vpc-lattice')).VPCLattice,
}

type Name = keyof typeof packages
type ClientOf<Its extends Name> = InstanceType<Awaited<ReturnType<(typeof packages)[Its]>>>
type SdkClients = { readonly [Its in Name]: () => Promise<ClientOf<Its>> }

/**
 * The SDK's aggregated clients (`await (await clients.lambda()).invoke({...})`), imported when they are first asked for:
 * `--help` must not wait for an SDK.
 *
 * Credentials, profile and endpoint are the SDK's own: the standard chain, AWS_ENDPOINT_URL. Each call waits for its
 * turn in AWS's published request rates, and what it throws knows which permission the call needs.
 */
export interface Clients extends SdkClients {
  readonly region: string | undefined
  /** For invocations of the function: waits for the answer of a whole watch, and never sends one twice. */
  readonly invoker: SdkClients['lambda']
  /** A password for 15 minutes, by IAM; made here, without a call. */
  readonly databaseToken: (login: { hostname: string; port: number; username: string }) => Promise<string>
}

export interface ClientOptions extends Partial<AccountAccess> {
  readonly region?: string
  /** The profile is one that the settings name. */
  readonly isOfSettings?: boolean
  /** Whose the credentials have to be: with any others nothing is asked. */
  readonly account?: string
  /** Calls end with its reason when it is aborted. */
  readonly signal?: AbortSignal
  readonly rates?: Rates
}

/** What the SDK would say on the console in the middle of a result, such as that keys stand beside a profile. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** An invocation of the function answers after its watch: up to Lambda's 15 minutes. */
const longestAnswerMs = 16 * 60_000

/** @throws UsageError where the profile does not exist */
export const createClients = (options: ClientOptions): Clients => {
  const { region, profile, signal, rates = openRates() } = options
  requireProfile(profile, process.env, options.isOfSettings ? 'accounts of the settings' : undefined)
  const who = { ...(region === undefined ? {} : { region }), ...(profile === undefined ? {} : { profile }) }
  const own = {
    ...who,
    retryMode: 'adaptive',
    // The SDK's own variable wins where it is set.
    ...(process.env.AWS_MAX_ATTEMPTS ? {} : { maxAttempts: 5 }),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true, logger: silent },
    logger: silent,
  }
  const government = { signal, rates, region, profile }
  const askSts = async () => govern(new (await packages.sts())(own) as STS & Governed, government)
  const assumed =
    options.roleArn === undefined ? {} : { credentials: assumeRole(askSts, options.roleArn, options.externalId) }
  const hold = options.account === undefined ? undefined : holdToAccount(askSts, options, options.account)
  const client = <Its extends Name>(name: Its, special: object = {}): (() => Promise<ClientOf<Its>>) =>
    once(async () => {
      // The packages' constructors differ in the settings of their services alone.
      const Client = (await packages[name]()) as unknown as new (config: object) => ClientOf<Its> & Governed
      return govern(new Client({ ...own, ...assumed, ...special }), { ...government, hold })
    })
  const requestHandler = { ...own.requestHandler, requestTimeout: longestAnswerMs }
  const all = Object.fromEntries((Object.keys(packages) as Name[]).map(name => [name, client(name)]))
  return {
    ...(all as unknown as SdkClients),
    region,
    invoker: client('lambda', { maxAttempts: 1, requestHandler }),
    // A queue's URL names AWS's host, whatever the endpoint is.
    sqs: client('sqs', { useQueueUrlAsEndpoint: false }),
    databaseToken: async login => {
      const { Signer } = await import('@aws-sdk/rds-signer')
      await hold?.()
      return new Signer({ ...login, ...who, ...assumed }).getAuthToken()
    },
  }
}

type AskSts = () => Promise<STS>

/** The SDK keeps them until shortly before they expire. */
const assumeRole = (askSts: AskSts, roleArn: string, externalId: string | undefined) => async () => {
  const { Credentials: found } = await (await askSts()).assumeRole({
    RoleArn: roleArn,
    RoleSessionName: 'repoint',
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  })
  return {
    accessKeyId: found?.AccessKeyId ?? '',
    secretAccessKey: found?.SecretAccessKey ?? '',
    ...(found?.SessionToken === undefined ? {} : { sessionToken: found.SessionToken }),
    ...(found?.Expiration === undefined ? {} : { expiration: found.Expiration }),
  }
}

/**
 * Names of functions, rules and alarms are the same in every account: with another one's credentials a command would find,
 * and change, that account's database of the same id. A role is of the account that its ARN names.
 */
const holdToAccount = (
  askSts: AskSts,
  { profile, roleArn, isOfSettings }: ClientOptions,
  account: string,
): (() => Promise<void>) => {
  let held: Promise<void> | undefined
  const ask = async () => {
    if (roleArn !== undefined) return
    const { Account } = await (await askSts()).getCallerIdentity({})
    if (Account === account) return
    const whose = profile === undefined ? 'The credentials are' : `The profile ${profile} is`
    throw new UsageError(
      `${whose} of account ${Account}, and this is about ${account}: ${isOfSettings ? 'correct it in accounts of the settings' : 'name another one'}.`,
    )
  }
  return async () => {
    held ??= ask()
    try {
      await held
    } catch (error) {
      // What is answered later, is asked again.
      held = undefined
      throw error
    }
  }
}

const once = <T>(create: () => Promise<T>): (() => Promise<T>) => {
  let created: Promise<T> | undefined
  return () => {
    created ??= create()
    return created
  }
}

interface Names {
  readonly clientName?: string
  readonly commandName?: string
}

/** What every client has, as far as it is used here. The clients' own types differ in their inputs. */
interface Governed {
  readonly config: { region(): Promise<string> }
  readonly middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<unknown>, names: Names) => (args: never) => Promise<unknown>,
      options: { step: 'initialize' | 'finalizeRequest' | 'deserialize'; name: string; priority: 'high' | 'low' },
    ): void
  }
}

interface Government {
  readonly signal: AbortSignal | undefined
  readonly rates: Rates
  readonly region: string | undefined
  readonly profile: string | undefined
  /** Asked before each call. @throws what keeps it from being made */
  readonly hold?: (() => Promise<void>) | undefined
}

/** Waits its turn before each attempt, ends when interrupted, and signs what is thrown with the call. */
const govern = <T extends object>(client: T & Governed, { signal, rates, region, profile, hold }: Government): T => {
  const actionOf = ({ clientName = '', commandName = '' }: Names) => iamAction(clientName, commandName)
  client.middlewareStack.add(next => refuseForeignAnswers(next as never), {
    step: 'deserialize',
    name: 'repointForeignAnswers',
    // Nearer to the wire than what parses.
    priority: 'low',
  })
  client.middlewareStack.add(
    (next, names) => async args => {
      await rates.take(actionOf(names), signal)
      return next(args)
    },
    // Low within the step is nearest to the wire: every attempt passes here.
    { step: 'finalizeRequest', name: 'repointRates', priority: 'low' },
  )
  client.middlewareStack.add(
    (next, names) => async args => {
      try {
        await hold?.()
        return await orInterrupted(next(args), signal)
      } catch (error) {
        const found = region ?? (await client.config.region().catch(() => ''))
        attachCall(error, { action: actionOf(names), region: found, ...(profile === undefined ? {} : { profile }) })
        throw error
      }
    },
    { step: 'initialize', name: 'repointCalls', priority: 'high' },
  )
  return client
}

const orInterrupted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return work
  signal.throwIfAborted()
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, interrupted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    work.catch(() => undefined)
  }
}
