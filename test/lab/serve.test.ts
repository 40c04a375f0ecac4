import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProcess } from '../cli/doctor-lab.ts'
import { eventually } from '../cli/standing-lab.ts'

const serve = fileURLToPath(new URL('../../lab/serve.ts', import.meta.url))

let lab: ChildProcess
let stdout = ''
let stderr = ''
beforeAll(async () => {
  lab = spawn(process.execPath, [serve, '--speed', '60'], { stdio: ['ignore', 'pipe', 'pipe'] })
  lab.stdout?.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  await new Promise<void>((resolve, reject) => {
    lab.once('exit', () => reject(new Error(`the lab has ended: ${stderr}`)))
    lab.stderr?.setEncoding('utf8').on('data', text => {
      stderr += text
      if (stderr.includes('Ctrl-C ends it')) resolve()
    })
  })
  await eventually(() => stdout.includes('REPOINT_CONSUMER_DNS'))
}, 90_000)
afterAll(() => {
  if (lab.exitCode === null) lab.kill('SIGKILL')
})

/** Sends bytes as they are; what came back until the other side closed, or said something. */
const sendRaw = (place: string, bytes: string | Buffer): Promise<string> => {
  const [host = '', port] = place.split(':')
  return new Promise(resolve => {
    const socket = connect(Number(port), host, () => socket.write(bytes))
    const end = (text = '') => {
      socket.destroy()
      resolve(text)
    }
    socket
      .setTimeout(500, () => end())
      .on('error', () => end())
      .on('close', () => end())
      .on('data', chunk => end(String(chunk)))
  })
}

const places = () => {
  const { AWS_ENDPOINT_URL = '', REPOINT_CONSUMER_DNS = '', REPOINT_CONNECT_TO = '' } = variables()
  const databases = REPOINT_CONNECT_TO.split(',').map(one => one.split('=')[1] ?? '')
  return {
    page: new URL(page()).host,
    api: new URL(AWS_ENDPOINT_URL).host,
    others: [REPOINT_CONSUMER_DNS, ...new Set(databases)],
  }
}

const isAnswering = async () => (await fetch(page())).status

const page = () => /http:\/\/127\.0\.0\.1:\d+\//.exec(stderr)?.[0] ?? ''
const variables = (): Record<string, string> =>
  Object.fromEntries([...stdout.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]))

/** The names of what the page is sent, until one says `last`. */
const listen = async (last: RegExp): Promise<string> => {
  const ending = new AbortController()
  const response = await fetch(`${page()}events`, { signal: ending.signal })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (last.test(text)) break
  }
  ending.abort()
  return text
}

describe('npm run lab', { timeout: 60_000 }, () => {
  it('prints what a command needs to work against it, and nothing else on stdout', async () => {
    expect(
      stdout
        .trim()
        .split('\n')
        .every(line => /^(export|unset) /.test(line)),
    ).toBe(true)
    // A profile's keys would be taken instead of the lab's, and a token sent beside them.
    expect(stdout).toMatch(/^unset AWS_PROFILE AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\n/)
    expect(variables().REPOINT_LAB_SPEED).toBe('60')
    expect(stderr).toContain('takes 60 times as long on AWS')
    expect(Object.keys(variables())).toEqual(
      expect.arrayContaining([
        'AWS_ENDPOINT_URL',
        'AWS_REGION',
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'REPOINT_SETTINGS',
        'REPOINT_CONSUMER_DNS',
      ]),
    )
    const status = await runProcess(['status', '--json'], variables())
    expect(JSON.parse(status.stdout)).toMatchObject([{ database: 'orders' }])
  })

  it('shows a page that may ask nobody but the lab', async () => {
    const response = await fetch(page())

    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(await response.text()).toContain('<h1>Repoint laboratory</h1>')
    for (const file of ['page.js', 'page.css', 'colours.css']) {
      const text = await (await fetch(page() + file)).text()
      expect(text).not.toMatch(/https?:\/\//)
    }
  })

  it('fails over at a button, and tells it live', async () => {
    const answer = await fetch(`${page()}act/failover`, { method: 'POST', headers: { 'x-repoint-lab': 'page' } })
    const told = await listen(/Repoint registers 10\.0\.2\.20:5432/)

    expect(answer.status).toBe(202)
    expect(told).toContain('event: view')
    expect(told).toContain('The writer 10.0.1.10 in eu-west-1a stops answering.')
    expect(told).toMatch(/event: chart\ndata: \{"wide":"<svg/)
  })

  it('deploys its settings at a button, and says what it refuses', async () => {
    const file = variables().REPOINT_SETTINGS ?? ''
    const press = () => fetch(`${page()}act/deploy`, { method: 'POST', headers: { 'x-repoint-lab': 'page' } })
    const text = await readFile(file, 'utf8')
    expect((await press()).status).toBe(200)

    await writeFile(file, text.replace('"port": 5432', '"port": 0'))
    const refused = await press()
    await writeFile(file, text)

    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('databases.0.port: got 0')])
  })

  it.each([
    ['another page', { headers: {} }, 'act/failover', 403],
    ['a button that is none', { headers: { 'x-repoint-lab': 'page' } }, 'act/explode', 404],
  ])('does nothing for %s', async (_, { headers }, path, status) => {
    const answer = await fetch(page() + path, { method: 'POST', headers })

    expect(answer.status).toBe(status)
  })

  it.each([
    ['a name that leads to loopback', { host: 'evil.example' }],
    ['a name that begins as ours', { host: 'localhost.evil.example' }],
    ['a page of somebody else', { origin: 'https://evil.example' }],
    ['a page on another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin, such as a sandboxed frame', { origin: 'null' }],
    ['an image of another site, for which a browser names no origin', { fetchSite: 'cross-site' }],
    ['a script of another port of this machine', { fetchSite: 'same-site' }],
  ])(
    'its API and its page answer nobody who comes by %s',
    async (_, { host, origin, fetchSite }: { host?: string; origin?: string; fetchSite?: string }) => {
      const { page: own, api } = places()
      for (const [place, path, more] of [
        [own, '/act/reboot', 'X-Repoint-Lab: page'],
        [own, '/events', ''],
        [api, '/', 'Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/rds/aws4_request'],
      ] as const) {
        const lines = [
          `${path === '/events' ? 'GET' : 'POST'} ${path} HTTP/1.1`,
          `Host: ${host ?? place}`,
          ...(origin ? [`Origin: ${origin}`] : []),
          ...(fetchSite ? [`Sec-Fetch-Site: ${fetchSite}`] : []),
          'Content-Length: 0',
          ...(more ? [more] : []),
        ]
        expect(await sendRaw(place, `${lines.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /)
      }
    },
  )

  it.each([
    ['a target that is no path', 'GET // HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['a port that is none', 'GET http://x:99999/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['a broken escape', 'POST /%E0%A4%A HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n'],
    ['a name of every object', 'GET /__proto__ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
    [
      'another protocol',
      'GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ],
    ['a body that never ends', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\nx'],
    ['a question of the DNS that nobody can answer', Buffer.from('001100010000ffff00000000000000', 'hex')],
    ['a name of the DNS that points at itself', Buffer.from('0012000100000001000000000000c00c00010001', 'hex')],
    ['a packet of a database that is too long', Buffer.from('7fffffff00030000', 'hex')],
    ['a message that no database knows', Buffer.from('000000080003000070000000045300000004', 'hex')],
    ['a packet of a database that is no text', Buffer.from('0000000c0003000080ffff00', 'hex')],
  ])('no port of it can be made to end it by %s', async (_, bytes) => {
    const { page: own, api, others } = places()
    for (const place of [own, api, ...others]) await sendRaw(place, bytes)

    expect(await isAnswering()).toBe(200)
    expect(lab.exitCode).toBeNull()
  })

  it('ends when the npm that runs it has been ended, which passes no signal on', { timeout: 120_000 }, async () => {
    const npm = spawn('npm', ['run', 'lab', '--', '--speed', '60'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    npm.stdout?.setEncoding('utf8').on('data', text => {
      said += text
    })
    npm.stderr?.resume()
    await eventually(() => /AWS_ENDPOINT_URL='[^']+'/.test(said), 100_000)
    const [, url = ''] = /AWS_ENDPOINT_URL='([^']+)'/.exec(said) ?? []
    npm.kill('SIGTERM')

    let isOpen = true
    const look = setInterval(
      () =>
        fetch(url)
          .then(answer => answer.body?.cancel())
          .catch(() => {
            isOpen = false
          }),
      200,
    )
    await eventually(() => !isOpen).finally(() => clearInterval(look))
  })

  it('ends at SIGTERM, and its ports with it', async () => {
    const { page: own, api, others } = places()
    const ended = new Promise(resolve => lab.once('exit', resolve))
    // A page that is open does not keep it.
    const reading = fetch(`${page()}events`)
      .then(answer => answer.text())
      .catch(() => 'cut')
    lab.kill('SIGTERM')

    expect(await ended).toBe(0)
    await reading
    const isOpen = (place: string) => {
      const [host = '', port] = place.split(':')
      return new Promise(resolve => {
        const socket = connect(Number(port), host)
        socket.on('connect', () => resolve(`${place} is open`)).on('error', () => resolve('closed'))
      })
    }
    for (const place of [own, api, ...others]) expect(await isOpen(place)).toBe('closed')
  })
})
