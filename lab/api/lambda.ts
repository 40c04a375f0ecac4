import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { account, functionArn, region } from '../fixture.ts'
import type { FunctionSettings } from '../lambda/environment.ts'
import type { DeployedFunction } from '../operations/operations.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { lambdaErrors } from './errors/service-errors.ts'
import type { RestRequest, RestRoute } from './rest-protocol.ts'
import type { Reply } from './service.ts'

/** Lambda's REST API over the functions that really run. */
export const lambdaRoutes = ({ operations }: Account): readonly RestRoute[] =>
  operations ? routesOf(operations.functions) : []

type Functions = () => readonly DeployedFunction[]

const routesOf = (functions: Functions): readonly RestRoute[] => {
  const route = (
    action: string,
    rest: string,
    run: (found: DeployedFunction, request: RestRequest, last: string | undefined) => Reply | Promise<Reply>,
    method = 'GET',
  ): RestRoute => ({
    method,
    path: new RegExp(`^/\\d{4}-\\d\\d-\\d\\d/functions/(?<function>[^/]+)${rest}$`),
    action,
    run: ({ function: asked = '', last }, request) => run(find(functions, asked), request, last),
  })
  const shown = (action: string, rest: string, show: (found: DeployedFunction, last: string | undefined) => object) =>
    route(action, rest, (found, _, last) => ({
      result: show(found, last),
      brief: { function: found.settings.name },
    }))
  return [
    route('Invoke', '/invocations', invoke, 'POST'),
    shown('GetFunctionConfiguration', '/configuration', ({ settings }) => configuration(settings)),
    shown('GetFunctionConcurrency', '/concurrency', ({ settings: { reservedConcurrency } }) =>
      reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency },
    ),
    shown('GetAlias', '/aliases/(?<last>[^/]+)', ({ settings }, name) => alias(settings, name)),
    shown('GetFunctionEventInvokeConfig', '/event-invoke-config', eventInvokeConfig),
  ]
}

/** `asked`: a name, an ARN or a partial ARN, each with a qualifier or without. */
const find = (functions: Functions, asked: string): DeployedFunction => {
  const name = asked.replace(/^.*:function:/, '').split(':')[0] ?? ''
  const found = functions().find(({ settings }) => settings.name === name)
  if (found) return found
  throw new ApiFailure(lambdaErrors.functionNotFound, asked)
}

const invoke = async ({ settings, lambda }: DeployedFunction, { headers, body }: RestRequest): Promise<Reply> => {
  const brief = { function: settings.name }
  let payload: unknown
  try {
    payload = JSON.parse(body === '' ? '{}' : body)
  } catch {
    throw new ApiFailure(lambdaErrors.badPayload)
  }
  if (headers['x-amz-invocation-type'] === 'Event') {
    lambda.invokeAsync(payload)
    return { status: 202, result: {}, raw: '', brief }
  }
  const result = await lambda.invoke(payload)
  if (result === undefined) throw new ApiFailure(lambdaErrors.atConcurrency)
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
const alias = (settings: FunctionSettings, name: string | undefined) => {
  if (name !== 'tick') throw new ApiFailure(lambdaErrors.aliasNotFound, String(name))
  return { AliasArn: `${functionArn(settings.name)}:${name}`, Name: name, FunctionVersion: '$LATEST' }
}

const eventInvokeConfig = ({ settings, asynchronous }: DeployedFunction) => {
  const { name } = settings
  if (asynchronous === undefined) {
    throw new ApiFailure(lambdaErrors.noInvokeConfig, name)
  }
  const Destination = `arn:aws:sqs:${region}:${account}:${name}-dead-letters`
  return {
    FunctionArn: `${functionArn(name)}:$LATEST`,
    MaximumRetryAttempts: asynchronous.maxRetries,
    MaximumEventAgeInSeconds: asynchronous.maxEventAgeMs / 1000,
    DestinationConfig: { OnFailure: asynchronous.givenUp === 'to-destination' ? { Destination } : {} },
  }
}

const configuration = (settings: FunctionSettings) => ({
  FunctionName: settings.name,
  FunctionArn: functionArn(settings.name),
  Role: `arn:aws:iam::${account}:role/${roleName}`,
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
