import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildComparisonPage } from '../../report/comparison-page.ts'
import { buildPage } from '../../report/page.ts'
import { aRecord } from './a-record.ts'
import { chromiumPath, openBrowser } from './browser.ts'

if (chromiumPath === undefined) {
  console.warn('SKIPPED: the pages are not looked at, because no Chromium is installed (apt-get install chromium).')
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the tests read inside the page, which has globals that this program has not. */
const read = <T>(page: Page, script: string): Promise<T> => page.evaluate(script) as Promise<T>

describe.skipIf(chromiumPath === undefined)('in a browser', { timeout: 60_000 }, () => {
  let folder: string
  let browser: Browser
  const files: Record<string, string> = {}
  beforeAll(async () => {
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'pages-'))
    const pages = {
      drill: buildPage(aRecord()),
      comparison: buildComparisonPage(aRecord(), aRecord({ title: 'after' })),
    }
    for (const [name, content] of Object.entries(pages)) {
      files[name] = join(folder, `${name}.html`)
      await writeFile(files[name], content)
    }
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })

  const visit = async (
    { name, width, colorScheme }: { name: string; width: number; colorScheme: 'light' | 'dark' },
    look: (page: Page) => Promise<void>,
  ): Promise<{ requests: string[]; complaints: string[] }> => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    const [requests, complaints]: [string[], string[]] = [[], []]
    try {
      const page = await context.newPage()
      page.on('request', request => requests.push(request.url()))
      page.on('console', message => complaints.push(message.text()))
      page.on('pageerror', error => complaints.push(error.message))
      await page.goto(pathToFileURL(files[name] ?? '').href)
      await look(page)
      return { requests, complaints }
    } finally {
      await context.close()
    }
  }

  const cases = ['drill', 'comparison'].flatMap(name =>
    ([375, 1100] as const).flatMap(width =>
      (['light', 'dark'] as const).map(colorScheme => ({ name, width, colorScheme })),
    ),
  )

  it.each(cases)(
    '$name, $colorScheme, $width px: accessible, silent, self-contained, as wide as the screen',
    async at => {
      const { requests, complaints } = await visit(at, async page => {
        expect(await read<number>(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(at.width)
        const shown = await read<number>(
          page,
          '[...document.querySelectorAll("svg")].filter(one => one.getBoundingClientRect().width > 0).length',
        )
        expect(shown).toBeGreaterThanOrEqual(2)
        // The page forbids scripts; axe comes in through the debugger.
        await read(page, `${axe};undefined`)
        const { violations } = await read<{ violations: { id: string; nodes: { html: string }[] }[] }>(
          page,
          'axe.run()',
        )
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      })
      expect(complaints).toEqual([])
      expect(requests).toEqual([pathToFileURL(files[at.name] ?? '').href])
    },
  )

  it('the numbers are those of the record', async () => {
    await visit({ name: 'drill', width: 1100, colorScheme: 'light' }, async page => {
      const texts = (selector: string) => page.locator(selector).allInnerTexts()
      expect((await texts('.figure')).map(text => text.split('\n')[0])).toEqual(['94.0 s', '0.9 s'])
      expect(await texts('.phases b')).toEqual(['10.6 s', '2.9 s', '0.9 s', '77.6 s', '3.3 s'])
      const rows = await texts('section[aria-labelledby=clients] tbody tr')
      expect(rows[0]).toMatch(/94\.0 s.*94\.0 s in 1.*376 of 492.*376 timeout/s)
      expect(rows[1]).toMatch(/14\.0 s.*56 of 492/s)
      const embedded = await read<string>(page, 'document.getElementById("repoint-record").textContent')
      expect(JSON.parse(embedded)).toEqual(aRecord())
    })
  })

  it('dark is dark and paper is light', async () => {
    await visit({ name: 'drill', width: 1100, colorScheme: 'dark' }, async page => {
      const background = () => read<string>(page, 'getComputedStyle(document.querySelector("section")).backgroundColor')
      expect(await background()).toBe('rgb(21, 27, 36)')
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
      expect(await background()).toBe('rgb(255, 255, 255)')
    })
  })
})
