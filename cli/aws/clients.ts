import type { CloudFormation } from '@aws-sdk/client-cloudformation'
import type { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { EC2 } from '@aws-sdk/client-ec2'
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { EventBridge } from '@aws-sdk/client-eventbridge'
import type { IAM } from '@aws-sdk/client-iam'
import type { Lambda } from '@aws-sdk/client-lambda'
import type { RDS } from '@aws-sdk/client-rds'
import type { Redshift } from '@aws-sdk/client-redshift'
import type { Route53 } from '@aws-sdk/client-route-53'
import type { Scheduler } from '@aws-sdk/client-scheduler'
import type { SecretsManager } from '@aws-sdk/client-secrets-manager'
import type { SQS } from '@aws-sdk/client-sqs'
import type { STS } from '@aws-sdk/client-sts'
import type { VPCLattice } from '@aws-sdk/client-vpc-lattice'
import type { AccountAccess } from '../../infra/app/settings/fleet-fields.ts'
import { UsageError } from '../failure.ts'
import { attachCall, iamAction } from './calls.ts'
import { refuseForeignAnswers } from './foreign-answer.ts'
import { requireProfile } from './profiles.ts'
import { openRates, type Rates } from './rates.ts'

/**
 * The SDK's aggregated clients (`await (await clients.lambda()).invoke({...})`), imported when they are first asked for:
 * `--help` must not wait for an SDK. This file alone names its packages; everybody else takes their types.
 *
 * Credentials, profile and endpoint are the SDK's own: the standard chain, AWS_ENDPOINT_URL. Each call waits for its
 * turn in AWS's published request rates, and what it throws knows which permission the call needs.
 */
export interface Clients {
  readonly region: string | undefined
  readonly lambda: () => Promise<Lambda>
  /** For invocations of the function: waits for the answer of a whole watch, and never sends one twice. */
  readonly invoker: () => Promise<Lambda>
  readonly rds: () => Promise<RDS>
  readonly elbv2: () => Promise<ElasticLoadBalancingV2>
  readonly eventBridge: () => Promise<EventBridge>
  readonly scheduler: () => Promise<Scheduler>
  readonly cloudFormation: () => Promise<CloudFormation>
  readonly cloudWatch: () => Promise<CloudWatch>
  readonly logs: () => Promise<CloudWatchLogs>
  readonly ec2: () => Promise<EC2>
  readonly sqs: () => Promise<SQS>
  readonly sts: () => Promise<STS>
  readonly iam: () => Promise<IAM>
  readonly route53: () => Promise<Route53>
  readonly redshift: () => Promise<Redshift>
  readonly secrets: () => Promise<SecretsManager>
  readonly vpcLattice: () => Promise<VPCLattice>
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
  const own = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    retryMode: 'adaptive',
    // The SDK's own variable wins where it is set.
    ...(process.env.AWS_MAX_ATTEMPTS ? {} : { maxAttempts: 5 }),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true, logger: silent },
    logger: silent,
  }
  const government = { signal, rates, region, profile }
  const askSts = async () => govern(new (await import('@aws-sdk/client-sts')).STS(own) as STS & Governed, government)
  const credentials =
    options.roleArn === undefined ? undefined : assumeRole(askSts, options.roleArn, options.externalId)
  const shared = { ...own, ...(credentials === undefined ? {} : { credentials }) }
  const hold = options.account === undefined ? undefined : holdToAccount(askSts, options, options.account)
  const prepare = <T extends object>(client: T): T => govern(client as T & Governed, { ...government, hold })
  return {
    region,
    lambda: once(async () => prepare(new (await import('@aws-sdk/client-lambda')).Lambda(shared))),
    invoker: once(async () => {
      const { Lambda } = await import('@aws-sdk/client-lambda')
      const requestHandler = { ...shared.requestHandler, requestTimeout: longestAnswerMs }
      return prepare(new Lambda({ ...shared, maxAttempts: 1, requestHandler }))
    }),
    rds: once(async () => prepare(new (await import('@aws-sdk/client-rds')).RDS(shared))),
    elbv2: once(async () =>
      prepare(new (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2(shared)),
    ),
    eventBridge: once(async () => prepare(new (await import('@aws-sdk/client-eventbridge')).EventBridge(shared))),
    scheduler: once(async () => prepare(new (await import('@aws-sdk/client-scheduler')).Scheduler(shared))),
    cloudFormation: once(async () =>
      prepare(new (await import('@aws-sdk/client-cloudformation')).CloudFormation(shared)),
    ),
    cloudWatch: once(async () => prepare(new (await import('@aws-sdk/client-cloudwatch')).CloudWatch(shared))),
    logs: once(async () => prepare(new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(shared))),
    ec2: once(async () => prepare(new (await import('@aws-sdk/client-ec2')).EC2(shared))),
    // A queue's URL names AWS's host, whatever the endpoint is.
    sqs: once(async () =>
      prepare(new (await import('@aws-sdk/client-sqs')).SQS({ ...shared, useQueueUrlAsEndpoint: false })),
    ),
    sts: once(async () => prepare(new (await import('@aws-sdk/client-sts')).STS(shared))),
    secrets: once(async () => prepare(new (await import('@aws-sdk/client-secrets-manager')).SecretsManager(shared))),
    databaseToken: async login => {
      const { Signer } = await import('@aws-sdk/rds-signer')
      await hold?.()
      const who = {
        ...(region === undefined ? {} : { region }),
        ...(profile === undefined ? {} : { profile }),
        ...(credentials === undefined ? {} : { credentials }),
      }
      return new Signer({ ...login, ...who }).getAuthToken()
    },
    iam: once(async () => prepare(new (await import('@aws-sdk/client-iam')).IAM(shared))),
    route53: once(async () => prepare(new (await import('@aws-sdk/client-route-53')).Route53(shared))),
    redshift: once(async () => prepare(new (await import('@aws-sdk/client-redshift')).Redshift(shared))),
    vpcLattice: once(async () => prepare(new (await import('@aws-sdk/client-vpc-lattice')).VPCLattice(shared))),
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
