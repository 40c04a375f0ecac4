import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Closable, Moment } from '../model.ts'
import { actions, type PageLab } from './page-actions.ts'
import { viewOf } from './page-view.ts'

export interface PageServer extends Closable {
  readonly url: string
}

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
}

/** The page asks nobody but this server, and nobody else's page may press its buttons. */
const guards = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const viewEveryMs = 1_000

/** A page on loopback that shows the lab live, and what its buttons call. */
export const startPage = async (lab: PageLab, port = 0): Promise<PageServer> => {
  const { cloud } = lab
  const streams = new Set<ServerResponse>()
  const broadcast = (event: string, data: unknown) => {
    for (const stream of streams) stream.write(message(event, data))
  }
  const early: Moment[] = [...cloud.timeline.moments]
  cloud.timeline.onMoment(moment => {
    early.push(moment)
    // A page that is opened later sees the last of it.
    if (early.length > 400) early.shift()
    broadcast('moment', moment)
  })
  const timer = setInterval(() => broadcast('view', viewOf(cloud)), viewEveryMs)

  const open = (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { ...guards, 'content-type': 'text/event-stream' })
    response.write(
      message(
        'actions',
        actions.map(({ name, title }) => ({ name, title })),
      ),
    )
    for (const moment of early) response.write(message('moment', moment))
    response.write(message('view', viewOf(cloud)))
    streams.add(response)
    request.on('close', () => streams.delete(response))
  }
  const act = (request: IncomingMessage, response: ServerResponse, name: string) => {
    const action = actions.find(candidate => candidate.name === name)
    // A header of one's own needs the same origin: another site's form cannot send it.
    if (action === undefined || request.headers['x-repoint-lab'] !== 'page') {
      response.writeHead(action === undefined ? 404 : 403, guards).end()
      return
    }
    const done = action.run(lab).then(
      () => undefined,
      (error: unknown) => {
        const what = error instanceof Error ? error.message : String(error)
        cloud.timeline.record('lab', 'Action failed', { error: what })
        return what
      },
    )
    if (!action.isAwaited) {
      response.writeHead(202, guards).end()
      return
    }
    void done.then(refused => {
      const plain = { ...guards, 'content-type': 'text/plain; charset=utf-8' }
      response.writeHead(refused === undefined ? 200 : 409, plain).end(refused === undefined ? '' : `${refused}\n`)
    })
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://lab').pathname
    if (!isHere(request)) response.writeHead(403, guards).end()
    else if (request.method === 'POST') act(request, response, path.slice('/act/'.length))
    else if (path === '/events') open(request, response)
    else send(response, path).catch(() => response.writeHead(500, guards).end())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      clearInterval(timer)
      await new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** A foreign name that resolves to loopback is not us. */
const isHere = ({ headers }: IncomingMessage): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')

const message = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

const send = async (response: ServerResponse, path: string): Promise<void> => {
  const [file, type] = files[path] ?? []
  if (file === undefined) {
    response.writeHead(404, guards).end()
    return
  }
  const content = await readFile(new URL(file, import.meta.url))
  response.writeHead(200, { ...guards, 'content-type': type }).end(content)
}
