import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AsyncSettings } from '../lambda/async-queue.ts'
import type { FunctionSettings } from '../lambda/environment.ts'
import { functionArn } from '../lambda/environment.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import { ApiFailure } from './failure.ts'
import { type JsonReply, type JsonRequest, type JsonService, unknownOperation } from './json-service.ts'

/** The functions of the account, by name. */
export type Functions = () => readonly {
  readonly settings: FunctionSettings
  readonly lambda: LambdaFunction
  /** What becomes of events that Lambda takes in for later. */
  readonly asynchronous?: AsyncSettings
}[]

const root = /^\/\d{4}-\d\d-\d\d\/functions\/([^/]+)(?:\/([a-z-]+)(?:\/([^/]+))?)?$/

/** What of a path is asked for, by method and last part. */
const actions: Readonly<Record<string, string>> = {
  'POST invocations': 'Invoke',
  'GET configuration': 'GetFunctionConfiguration',
  'GET ': 'GetFunction',
  'GET concurrency': 'GetFunctionConcurrency',
  'GET aliases': 'GetAlias',
  'GET event-invoke-config': 'GetFunctionEventInvokeConfig',
}

/** Lambda's REST API over the functions that really run. */
export const lambdaService = (functions: Functions): JsonService => ({
  actionOf: ({ method, url }) => actions[`${method} ${root.exec(url.pathname)?.[2] ?? ''}`] ?? 'unknown',
  run: async (action, request) => {
    const { settings, lambda, asynchronous } = find(functions, request)
    const brief = { function: settings.name }
    switch (action) {
      case 'Invoke':
        return invoke(lambda, request, brief)
      case 'GetFunctionConfiguration':
        return { result: configuration(settings), brief }
      case 'GetFunction':
        return { result: { Configuration: configuration(settings), Code: { RepositoryType: 'S3' } }, brief }
      case 'GetFunctionConcurrency': {
        const reserved = settings.reservedConcurrency
        return { result: reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }, brief }
      }
      case 'GetAlias':
        return { result: alias(settings, request), brief }
      case 'GetFunctionEventInvokeConfig':
        return { result: eventInvokeConfig(settings, asynchronous), brief }
      default:
        throw unknownOperation(action)
    }
  },
})

const find = (functions: Functions, { url }: JsonRequest) => {
  // A name, an ARN or a partial ARN, each with a qualifier or without.
  const asked = decodeURIComponent(root.exec(url.pathname)?.[1] ?? '')
  const name = asked.replace(/^.*:function:/, '').split(':')[0] ?? ''
  const found = functions().find(({ settings }) => settings.name === name)
  if (found) return found
  throw new ApiFailure('ResourceNotFoundException', `Function not found: ${asked}`, 404)
}

const invoke = async (
  lambda: LambdaFunction,
  { headers, body }: JsonRequest,
  brief: Readonly<Record<string, unknown>>,
): Promise<JsonReply> => {
  let payload: unknown
  try {
    payload = JSON.parse(body === '' ? '{}' : body)
  } catch {
    throw new ApiFailure('InvalidRequestContentException', 'Could not parse request body into json')
  }
  if (headers['x-amz-invocation-type'] === 'Event') {
    lambda.invokeAsync(payload)
    return { status: 202, result: {}, raw: '', brief }
  }
  const result = await lambda.invoke(payload)
  if (result === undefined) throw new ApiFailure('TooManyRequestsException', 'Rate Exceeded.', 429)
  const executed = { 'x-amz-executed-version': '$LATEST' }
  if (result.kind === 'answered')
    return { result: {}, raw: JSON.stringify(result.payload ?? null), headers: executed, brief }
  return {
    result: {},
    raw: JSON.stringify(result.error),
    headers: { ...executed, 'x-amz-function-error': 'Unhandled' },
    brief: { ...brief, failed: result.error.errorType },
  }
}

const roleName = 'Repoint-orders-ReconcilerRole'

/** The deployed bundle stands for the archive. */
const codeOf = ({ codeFolder }: FunctionSettings) => {
  const file = join(codeFolder, 'index.mjs')
  if (!existsSync(file)) return {}
  return {
    CodeSha256: createHash('sha256').update(readFileSync(file)).digest('base64'),
    LastModified: statSync(file).mtime.toISOString().replace('Z', '+0000'),
  }
}

/** The stack's one alias, which the schedule calls. */
const alias = (settings: FunctionSettings, { url }: JsonRequest) => {
  const name = root.exec(url.pathname)?.[3]
  if (name !== 'tick') throw new ApiFailure('ResourceNotFoundException', `Cannot find alias arn: ${name}`, 404)
  return { AliasArn: `${functionArn(settings)}:${name}`, Name: name, FunctionVersion: '$LATEST' }
}

const eventInvokeConfig = (settings: FunctionSettings, asynchronous: AsyncSettings | undefined) => {
  const { region, account, name } = settings
  if (asynchronous === undefined) {
    throw new ApiFailure('ResourceNotFoundException', `The function ${name} doesn't have an EventInvokeConfig`, 404)
  }
  const Destination = `arn:aws:sqs:${region}:${account}:${name}-dead-letters`
  return {
    FunctionArn: `${functionArn(settings)}:$LATEST`,
    MaximumRetryAttempts: asynchronous.maxRetries,
    MaximumEventAgeInSeconds: asynchronous.maxEventAgeMs / 1000,
    DestinationConfig: { OnFailure: asynchronous.givenUp === 'to-destination' ? { Destination } : {} },
  }
}

const configuration = (settings: FunctionSettings) => ({
  FunctionName: settings.name,
  FunctionArn: functionArn(settings),
  Role: `arn:aws:iam::${settings.account}:role/${roleName}`,
  ...codeOf(settings),
  Runtime: 'nodejs24.x',
  Architectures: ['arm64'],
  Handler: settings.handler,
  MemorySize: settings.memoryMb,
  Timeout: 900,
  State: 'Active',
  LastUpdateStatus: 'Successful',
  Version: '$LATEST',
  Environment: { Variables: settings.environment },
  LoggingConfig: { LogFormat: 'JSON', LogGroup: `/aws/lambda/${settings.name}` },
})
