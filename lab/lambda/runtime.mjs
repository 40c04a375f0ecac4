/**
 * What Lambda's Node runtime does, over the public Runtime API
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): import the handler, then for ever ask for the next
 * invocation, run it, answer. Plain JavaScript, because Node starts it without any loader. It ends with its parent:
 * the connection to the Runtime API and the standard input both close then.
 */
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const { AWS_LAMBDA_RUNTIME_API: api = '', LAMBDA_TASK_ROOT: root = '', _HANDLER: handlerName = '' } = process.env
const [host, port] = api.split(':')
const agent = new Agent({ keepAlive: true, maxSockets: 2 })

/** @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, body: string }>} */
const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const sent = request({ agent, host, port, method, path: `/2018-06-01/runtime/${path}` }, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })

const describe = error =>
  JSON.stringify({
    errorType: error?.name ?? typeof error,
    errorMessage: error?.message ?? String(error),
    trace: String(error?.stack ?? '').split('\n'),
  })

const exitWithParent = () => process.exit(0)
process.stdin.on('end', exitWithParent).on('error', exitWithParent).resume()

const load = async () => {
  const [file = '', name = ''] = handlerName.split('.')
  const handler = (await import(pathToFileURL(join(root, `${file}.mjs`)).href))[name]
  if (typeof handler !== 'function') throw new Error(`${handlerName} is undefined or not exported`)
  return handler
}

const contextOf = headers => {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms'])
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  }
}

let current
const crash = error => {
  const path = current ? `invocation/${current}/error` : 'init/error'
  call('POST', path, describe(error)).finally(() => process.exit(1))
}
process.on('uncaughtException', crash).on('unhandledRejection', crash)

const serve = async () => {
  const handler = await load()
  for (;;) {
    const next = await call('GET', 'invocation/next').catch(exitWithParent)
    current = next.headers['lambda-runtime-aws-request-id']
    process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id']
    let path = `invocation/${current}/response`
    let body
    try {
      body = JSON.stringify((await handler(JSON.parse(next.body), contextOf(next.headers))) ?? null)
    } catch (error) {
      path = `invocation/${current}/error`
      body = describe(error)
    }
    await call('POST', path, body).catch(exitWithParent)
    current = undefined
  }
}

await serve().catch(crash)
