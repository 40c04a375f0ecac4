import { createServer as createHttp, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type Certificate, issueCertificate } from '../database/certificate.ts'
import { listen, stopListening } from '../listening.ts'
import { guarded, type Handler, readBody } from '../loopback-http.ts'
import type { Closable, LabTime, Timeline } from '../model.ts'
import type { Account } from './account.ts'
import { type Call, readScope } from './calls.ts'
import { type ApiAnswer, openDispatch } from './dispatch.ts'
import { type Faults, planFaults } from './faults.ts'
import type { Services } from './service.ts'
import { servicesOf } from './services.ts'
import { openBuckets, type Throttle } from './throttle.ts'

export interface ApiOptions {
  readonly time: LabTime
  readonly timeline: Timeline
  /** Serve over TLS too, as AWS does. */
  readonly https?: boolean
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
  /** Answers for this account from now on; before that every request fails. `services` stand in for the account's own. */
  serve(account: Account, services?: Services): void
}

/** The API over an account that is complete. */
export const startApi = async ({
  account,
  services,
  ...options
}: ApiOptions & { readonly account: Account; readonly services?: Services }): Promise<Api> => {
  const api = await openApi(options)
  api.serve(account, services)
  return api
}

/**
 * An AWS endpoint on loopback for what Repoint and its users call. Signatures are not verified. It has its address before
 * it has an account, since the account's function is told where the API is.
 */
export const openApi = async ({ time, timeline, https = false, callers = {} }: ApiOptions): Promise<Api> => {
  const calls: Call[] = []
  const faults = planFaults()
  const throttle = openBuckets(time)
  let dispatch: ReturnType<typeof openDispatch> | undefined

  const answer: Handler = async (request, response, url) => {
    const body = await readBody(request)
    const [atMs, wallMs, begun] = [time.now(), Date.now(), performance.now()]
    const { method = 'POST', headers } = request
    const scope = readScope(headers.authorization)
    const target = headers['x-amz-target']
    if (!dispatch) throw new Error('the API has no account yet')
    const result = await dispatch(
      {
        ...{ method, headers, body, url },
        target: typeof target === 'string' ? target : undefined,
      },
      scope,
    )
    if (result.fault?.kind === 'slow') await time.sleep(result.fault.ms)
    const isLost = result.fault?.kind === 'lost-reply'
    const call: Call = {
      ...{ service: result.service, action: result.action, accessKey: scope?.accessKey ?? '', atMs, wallMs },
      tookMs: Math.round(performance.now() - begun),
      status: isLost ? 'reply lost' : result.status,
      ...(result.errorCode ? { errorCode: result.errorCode } : {}),
    }
    calls.push(call)
    recordCall(timeline, call, { caller: callers[call.accessKey], brief: result.brief })
    if (isLost) request.socket.destroy()
    else send(response, result)
  }

  const listener = guarded(answer, error => timeline.record('lab', 'The API failed', { error: String(error) }))
  const servers: Server[] = [createHttp(listener)]
  const certificate = https ? await issueCertificate(['localhost', '127.0.0.1']) : undefined
  if (certificate) servers.push(createHttps({ key: certificate.key, cert: certificate.cert }, listener))
  const [port, securePort] = await Promise.all(servers.map(server => listen(server, { host: '127.0.0.1', port: 0 })))

  return {
    url: `http://127.0.0.1:${port}`,
    ...(certificate ? { secure: { url: `https://127.0.0.1:${securePort}`, certificate } } : {}),
    ...{ calls, faults, throttle },
    serve: (account, services = {}) => {
      const all = { ...servicesOf(account), ...services }
      dispatch = openDispatch({ services: all, account: account.id, faults, throttle })
    },
    close: async () => {
      const closed = servers.map(stopListening)
      for (const server of servers) server.closeAllConnections()
      await Promise.all(closed)
    },
  }
}

const recordCall = (
  timeline: Timeline,
  { action, errorCode, status, tookMs }: Call,
  { caller, brief }: { readonly caller: string | undefined; readonly brief: Readonly<Record<string, unknown>> },
): void => {
  timeline.record('api', action, {
    ...(caller ? { caller } : {}),
    ...brief,
    ...(errorCode ? { error: errorCode } : {}),
    status,
    ...(tookMs > 0 ? { tookMs } : {}),
  })
}

const send = (response: ServerResponse, answer: ApiAnswer): void => {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'x-amzn-requestid': answer.requestId,
    ...answer.headers,
  })
  response.end(answer.body)
}
