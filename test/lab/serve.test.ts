import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
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
  await eventually(() => stdout.includes('REPOINT_SETTINGS'))
}, 90_000)
afterAll(() => {
  if (lab.exitCode === null) lab.kill('SIGKILL')
})

const page = () => /http:\/\/127\.0\.0\.1:\d+\//.exec(stderr)?.[0] ?? ''
const variables = () =>
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
        .every(line => line.startsWith('export ')),
    ).toBe(true)
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
    expect(await response.text()).toContain('<h1>Repoint lab</h1>')
    for (const file of ['page.js', 'page.css']) {
      const text = await (await fetch(page() + file)).text()
      expect(text).not.toMatch(/https?:\/\//)
    }
  })

  it('fails over at a button, and tells it live', async () => {
    const answer = await fetch(`${page()}act/failover`, { method: 'POST', headers: { 'x-repoint-lab': 'page' } })
    const told = await listen(/"RegisterTargets"[^\n]*10\.0\.2\.20/)

    expect(answer.status).toBe(202)
    expect(told).toContain('event: view')
    expect(told).toContain('The writer stops answering')
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

  it('ends at Ctrl-C', async () => {
    const ended = new Promise(resolve => lab.once('exit', resolve))
    lab.kill('SIGINT')

    expect(await ended).toBe(0)
  })
})
