import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptOf } from '../../infra/constructs/inline-script.ts'

interface Put {
  readonly method: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Runs the script as it is in the template, with Node's own `fetch`. */
const runDelete = async (module: string, ResponseURL: string): Promise<void> => {
  const exported: { handler?: (event: unknown, context: unknown) => Promise<void> } = {}
  const anyClass = new Proxy({}, { get: () => class {} })
  new Function('exports', 'require', 'console', scriptOf(module))(exported, () => anyClass, { log: () => {} })
  const request = { StackId: 'arn:stack', RequestId: 'request', LogicalResourceId: 'Resource', ResourceProperties: {} }
  const event = { ...request, RequestType: 'Delete', PhysicalResourceId: 'before', ResponseURL }
  await exported.handler?.(event, { getRemainingTimeInMillis: () => 60_000, logStreamName: 'stream' })
}

describe('a custom resource’s answer', () => {
  const puts: Put[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', part => {
      body += String(part)
    })
    request.on('end', () => {
      puts.push({ method: request.method, headers: request.headers, body })
      response.end()
    })
  })
  beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise<void>(resolve => server.close(() => resolve())))

  it.each([
    'custom-resources/provider-stage.ts',
    'custom-resources/consumer-stage.ts',
    'custom-resources/endpoint-name-handler.ts',
  ])('goes to an address that was signed without a content type, and has a length (%s)', async module => {
    puts.length = 0
    const { port } = server.address() as AddressInfo
    await runDelete(module, `http://127.0.0.1:${port}/answer?signature=abc`)
    const [put] = puts
    expect(puts).toHaveLength(1)
    expect(put?.method).toBe('PUT')
    expect(put?.headers['content-type']).toBe('')
    expect(put?.headers['content-length']).toBe(String(Buffer.byteLength(put?.body ?? '')))
    expect(put?.headers).not.toHaveProperty('transfer-encoding')
    expect(JSON.parse(put?.body ?? '')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before' })
  })
})
