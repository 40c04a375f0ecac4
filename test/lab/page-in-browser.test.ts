import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PageServer, startPage } from '../../lab/standing/page-server.ts'
import { type LabWithCommand, openLab } from '../cli/standing-lab.ts'
import { chromiumPath, openBrowser } from '../report/browser.ts'

if (chromiumPath === undefined) {
  console.warn('SKIPPED: the live page is not looked at, because no Chromium is installed (apt-get install chromium).')
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the tests read inside the page, which has globals that this program has not. */
const read = <T>(page: Page, script: string): Promise<T> => page.evaluate(script) as Promise<T>

describe.skipIf(chromiumPath === undefined)('the live page in a browser', { timeout: 120_000 }, () => {
  let lab: LabWithCommand
  let server: PageServer
  let browser: Browser
  const pages: { page: Page; width: number }[] = []
  const complaints: string[] = []
  const requests = new Set<string>()

  const open = async (width: number, colorScheme: 'light' | 'dark'): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    page.on('request', request => requests.add(new URL(request.url()).origin))
    page.on('console', message => complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(server.url)
    pages.push({ page, width })
    return page
  }
  beforeAll(async () => {
    lab = await openLab({ speed: 20, hasClient: true })
    server = await startPage(lab)
    browser = await openBrowser()
    await open(1280, 'light')
    await open(375, 'dark')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await lab?.close()
  })

  const desk = () => pages[0]?.page as Page
  /** The page's policy forbids what Playwright would wait by. */
  const wait = async (script: string): Promise<void> => {
    const end = performance.now() + 60_000
    while (!(await read<boolean>(desk(), script))) {
      if (performance.now() > end) throw new Error(`it did not come to pass: ${script}`)
      await desk().waitForTimeout(50)
    }
  }
  const until = (state: string) => wait(`document.querySelector('#headline').dataset.state === '${state}'`)

  /** Everybody can read it: no violation, nothing wider than the screen, one chart, and it is as broad as it should be. */
  const inspect = async () => {
    for (const { page, width } of pages) {
      expect(await read<number>(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      const charts = '[...document.querySelectorAll("svg")].filter(one => one.getBoundingClientRect().width > 0).length'
      expect(await read<number>(page, charts)).toBe(1)
      await read(page, `${axe};undefined`)
      const { violations } = await read<{ violations: { id: string; nodes: { html: string }[] }[] }>(page, 'axe.run()')
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    }
    expect(complaints).toEqual([])
    expect([...requests]).toEqual([new URL(server.url).origin])
  }
  const text = (selector: string) => desk().locator(selector).innerText()

  it('before: the application reaches its database, and everything stands where it should', async () => {
    await until('up')
    expect(await text('#answer')).toMatch(/^Yes, for [\d.]+ (s|min)/)
    expect(await text('#why')).toBe('It reaches 10.0.1.10, which accepts writes.')
    expect(await text('#speed')).toContain('20 times faster than AWS. All times here are AWS’s.')
    expect(await text('#facts')).toMatch(
      /10\.0\.1\.10:5432 healthy, the writer.*available.*10\.0\.1\.10, the writer.*Rule database-events: on.*Schedule: on, every minute.*are silent/s,
    )
    await inspect()
  })

  it('during: a key begins a failover, and the page says for how long it is down, and why', async () => {
    await desk().focus('button[data-name=failover]')
    await desk().keyboard.press('Enter')
    await until('down')
    await wait("document.querySelectorAll('#phases li').length >= 4")

    expect(await text('#answer')).toMatch(/^(No, down|By turns, not reliably) for [\d.]+ s$/)
    expect(await text('#why')).toContain('10.0.2.20 is registered. Now the load balancer has to take it in')
    expect(await text('#phases')).toMatch(
      /Database fails over.*DNS follows.*Repoint reacts.*Load balancer takes it in.*so far/s,
    )
    expect(await text('#log')).toMatch(
      /Repoint registers 10\.0\.2\.20:5432\..*The standby 10\.0\.2\.20 in eu-west-1b is the writer now\./s,
    )
    await wait("document.querySelector('#wide').textContent.includes('down ')")
    expect(await text('#wide')).toMatch(/rebooting.*RegisterTargets 10\.0\.2\.20:5432.*down/s)
    const seconds = async () => Number.parseFloat((await text('#phases li.open b')).replace(/\D*$/, ''))
    const before = await seconds()
    await desk().waitForTimeout(1_200)
    expect(await seconds()).toBeGreaterThan(before)
    await inspect()
  })

  it('has a button for whatever may happen to a database', async () => {
    const names = await read<string[]>(
      desk(),
      '[...document.querySelectorAll("#actions button")].map(it => it.dataset.name)',
    )
    expect(names).toEqual([
      'failover',
      'failover-without-events',
      'failover-throttled',
      'reboot',
      'blue-green',
      'zone-failure',
      'strategy-swap',
      'strategy-standby',
      'deploy',
    ])
  })

  it('refuses a second failover as RDS does, in a sentence', async () => {
    if (lab.cloud.database.rdsView.instances()[0]?.status === 'available') return
    await desk().click('button[data-name=failover]')
    await wait("document.querySelector('#refused').textContent !== ''")
    expect(await text('#refused')).toContain('The database is rebooting')
  })

  it('after: it is reached again, with what it has cost and the whole story', async () => {
    await until('up')
    await wait("document.querySelector('#summary').textContent.includes('It is over')")
    await wait("document.querySelector('#connections').textContent.includes('none lost')")

    expect(await text('#why')).toBe('It reaches 10.0.2.20, which accepts writes.')
    expect(await text('#summary')).toMatch(
      /It is over: new connections failed for [\d.]+ s, the kept one for [\d.]+ s\./,
    )
    expect(await read(desk(), "document.querySelectorAll('#phases .open').length")).toBe(0)
    expect(await text('#facts')).toContain('10.0.2.20:5432 healthy, the writer')
    expect(await text('#log')).not.toMatch(/[{}]/)
    await inspect()
  })

  it('tells a blue/green switchover and the loss of a zone as it tells a failover', async () => {
    for (const [button, title, said] of [
      [
        'blue-green',
        'Blue/green switchover',
        /The green environment's 10\.0\.3\.31 in eu-west-1c accepts writes now\./,
      ],
      ['zone-failure', 'Loss of a zone', /Everything of the database in eu-west-1c stops answering\./],
    ] as const) {
      await desk().click(`button[data-name=${button}]`)
      await until('down')
      await wait(`document.querySelector('#story-title').textContent.includes('${title}')`)
      await wait("document.querySelectorAll('#phases li').length >= 3")
      await lab.served()
      await until('up')
      expect(await text('#log')).toMatch(said)
      await inspect()
    }
  })
})
