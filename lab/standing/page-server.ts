import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { colours } from '../../report/page/style.ts'
import type { Application } from '../client/application.ts'
import { listen, stopListening } from '../listening.ts'
import { guarded } from '../loopback-http.ts'
import type { Closable } from '../model.ts'
import { openLive } from './live.ts'
import { actions, checkDatabase, type PageLab } from './page-actions.ts'

export interface PageServer extends Closable {
  readonly url: string
}

export interface ServedLab extends PageLab {
  readonly application?: Application
}

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
}

/** The page asks nobody but this server, and nobody else's page may press its buttons. The chart brings styles of its own. */
const guards = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}
const plain = { ...guards, 'content-type': 'text/plain; charset=utf-8' }

const lookEveryMs = 500

/** A page that reads no more keeps no memory: its browser connects again. Bytes. */
const mostUnread = 8 * 1024 ** 2

/** A page on loopback that shows the lab live, and what its buttons call. @throws Error without a client */
export const startPage = async (lab: ServedLab, askedPort = 0): Promise<PageServer> => {
  const { cloud, application } = lab
  if (application === undefined) throw new Error('the page shows what a client sees: the lab has none')
  const streams = new Set<ServerResponse>()
  const broadcast = (event: string, data: unknown) => {
    for (const stream of streams) {
      if (stream.writableLength > mostUnread) stream.destroy()
      else stream.write(message(event, data))
    }
  }
  const live = openLive({ cloud, application, onEntry: entry => broadcast('entry', entry) })
  const timer = setInterval(() => {
    live.look()
    if (streams.size === 0) return
    broadcast('view', live.view())
    if (!live.isChartFinal()) broadcast('chart', live.chart())
  }, lookEveryMs)

  const open = (response: ServerResponse) => {
    response.writeHead(200, { ...guards, 'content-type': 'text/event-stream' })
    const buttons = actions
      .filter(({ only }) => only === undefined || only === cloud.kind)
      .map(({ name, title, about }) => ({ name, title, about }))
    response.write(message('lab', { speed: cloud.time.speed, actions: buttons, entries: live.log.entries }))
    response.write(message('view', live.view()))
    response.write(message('chart', live.chart()))
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }
  const act = async ({ headers }: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const action = actions.find(candidate => candidate.name === name)
    // A header of one's own needs the same origin: another site's form cannot send it.
    if (action === undefined || headers['x-repoint-lab'] !== 'page') {
      response.writeHead(action === undefined ? 404 : 403, guards).end()
      return
    }
    const run = async () => {
      if (action.needsDatabase) checkDatabase(cloud)
      cloud.timeline.record('lab', 'Button', { title: action.title })
      await action.run(lab)
    }
    const refused = run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    const first = action.isAwaited ? await refused : await Promise.race([refused, undefined])
    void refused.then(what => {
      if (what !== undefined) cloud.timeline.record('lab', 'Action failed', { error: what })
    })
    if (first !== undefined) response.writeHead(409, plain).end(`${first}\n`)
    else response.writeHead(action.isAwaited ? 200 : 202, guards).end()
  }
  const server = createServer(
    guarded(
      async (request, response, { pathname }) => {
        if (request.method === 'POST') await act(request, response, pathname.slice('/act/'.length))
        else if (pathname === '/events') open(response)
        else await send(response, pathname)
      },
      error => cloud.timeline.record('lab', 'The page failed', { error: String(error) }),
    ),
  )
  const port = await listen(server, { host: '127.0.0.1', port: askedPort })
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      clearInterval(timer)
      const closed = stopListening(server)
      server.closeAllConnections()
      await closed
    },
  }
}

const message = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

const send = async (response: ServerResponse, path: string): Promise<void> => {
  if (path === '/colours.css') {
    response.writeHead(200, { ...guards, 'content-type': 'text/css; charset=utf-8' }).end(colours)
    return
  }
  const [file, type] = Object.hasOwn(files, path) ? (files[path] ?? []) : []
  if (file === undefined) {
    response.writeHead(404, guards).end()
    return
  }
  const content = await readFile(new URL(file, import.meta.url))
  response.writeHead(200, { ...guards, 'content-type': type }).end(content)
}
