import {
  createServer as createHttp,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Closable, LabTime, Timeline } from '../model.ts'
import type { Account } from './account.ts'
import { type Call, readScope, type Scope } from './calls.ts'
import { type ApiAnswer, openDispatch } from './dispatch.ts'
import { type Faults, planFaults } from './faults.ts'
import type { JsonRequest, JsonServices } from './json-service.ts'
import { type Certificate, issueCertificate } from './loopback-certificate.ts'
import { openOperationDispatch } from './operation-dispatch.ts'
import { openBuckets, type Throttle } from './throttle.ts'

export interface ApiOptions {
  readonly account: Account
  readonly time: LabTime
  readonly timeline: Timeline
  /** Serve over TLS too, as AWS does. */
  readonly https?: boolean
  /** What the stack deploys beside the front door; asked for at each request, since the function needs the API to start. */
  readonly services?: () => JsonServices
  /** Names for access keys other than the function's, shown in the timeline. */
  readonly callers?: Readonly<Record<string, string>>
}

export interface Api extends Closable {
  readonly url: string
  /** Present with `https`. */
  readonly secure?: { readonly url: string; readonly certificate: Certificate }
  readonly calls: readonly Call[]
  readonly faults: Faults
  readonly throttle: Throttle
  readonly connections: () => number
}

/** An AWS endpoint on loopback for what Repoint and its users call. Signatures are not verified. */
export const startApi = async ({
  account,
  time,
  timeline,
  https = false,
  callers = {},
  services,
}: ApiOptions): Promise<Api> => {
  const calls: Call[] = []
  const faults = planFaults()
  const throttle = openBuckets(time)
  const dispatch = openDispatch({ account, faults, throttle })
  const operate = async (scope: Scope | undefined, asked: Omit<JsonRequest, 'url'> & { url: string }) => {
    if (services === undefined || scope === undefined) return undefined
    const request = { ...asked, url: new URL(asked.url, 'http://lab') }
    return openOperationDispatch({ services: services(), faults, account })(scope.service, request)
  }
  let connections = 0

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    const [atMs, wallMs, begun] = [time.now(), Date.now(), performance.now()]
    const scope = readScope(request.headers.authorization)
    const target = request.headers['x-amz-target']
    const { method = 'POST', url = '/' } = request
    const asked = { body, method, url, target: typeof target === 'string' ? target : undefined }
    const result = (await operate(scope, { ...asked, headers: request.headers })) ?? dispatch({ ...asked, scope })
    if (result.fault?.kind === 'slow') await time.sleep(result.fault.ms)
    const lost = result.fault?.kind === 'lost-reply'
    const call: Call = {
      service: result.service,
      action: result.action,
      accessKey: scope?.accessKey ?? '',
      atMs,
      wallMs,
      tookMs: Math.round(performance.now() - begun),
      status: lost ? 'reply lost' : result.status,
      ...(result.errorCode ? { errorCode: result.errorCode } : {}),
    }
    calls.push(call)
    const caller = callers[call.accessKey]
    timeline.record('api', result.action, {
      ...(caller ? { caller } : {}),
      ...result.brief,
      ...(result.errorCode ? { error: result.errorCode } : {}),
      status: call.status,
      ...(call.tookMs > 0 ? { tookMs: call.tookMs } : {}),
    })
    if (lost) request.socket.destroy()
    else send(response, result)
  }

  const listener: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      timeline.record('lab', 'The API failed', { error: String(error) })
      response.writeHead(500).end()
    })
  }
  const servers: Server[] = [createHttp(listener)]
  const certificate = https ? await issueCertificate() : undefined
  if (certificate) servers.push(createHttps({ key: certificate.key, cert: certificate.cert }, listener))
  const [port, securePort] = await Promise.all(servers.map(server => listen(server)))
  for (const server of servers) server.on('connection', () => connections++)

  return {
    url: `http://127.0.0.1:${port}`,
    ...(certificate ? { secure: { url: `https://127.0.0.1:${securePort}`, certificate } } : {}),
    calls,
    faults,
    throttle,
    connections: () => connections,
    close: async () => {
      await Promise.all(servers.map(server => closeServer(server)))
    },
  }
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const send = (response: ServerResponse, answer: ApiAnswer): void => {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'x-amzn-requestid': answer.requestId,
    ...answer.headers,
  })
  response.end(answer.body)
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

const closeServer = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
