import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { buildReconciler } from '../../functions/build.ts'
import { leave } from '../../lab/leave.ts'
import { rehearse } from '../../lab/rehearsal/rehearse.ts'
import { recordOf } from '../../lab/report/rehearsal-record.ts'
import { findScenario } from '../../lab/scenarios/catalogue.ts'
import { startPage } from '../../lab/standing/page-server.ts'
import { openStandingLab } from '../../lab/standing/standing-lab.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { writeRecord } from '../../report/files.ts'
import { openBrowser } from '../report/browser.ts'

/** `npm run pictures`: the pictures of the README, taken of what is really there. Needs Chromium. */

const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))
const speed = 10
const view = { viewport: { width: 1120, height: 920 }, colorScheme: 'light' } as const

/** The live page while the load balancer takes the new writer in. */
const takeLivePage = async (browser: Browser, codeFolder: string): Promise<void> => {
  const lab = await openStandingLab({ speed, codeFolder, hasClient: true })
  const page = await startPage(lab)
  try {
    const tab = await (await browser.newContext(view)).newPage()
    await tab.goto(page.url)
    await lab.cloud.time.sleep(60_000)
    await tab.click('button[data-name=failover]')
    await lab.cloud.time.sleep(75_000)
    await tab.screenshot({ path: join(pictures, 'live-page.png') })
  } finally {
    await page.close()
    await lab.close()
  }
}

/** The page of a rehearsal's record. */
const takeReport = async (browser: Browser, codeFolder: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'))
  const report = join(folder, 'report.html')
  const time = startTime({ speed })
  try {
    await rehearse({
      ...{
        scenario: findScenario('failover'),
        updater: { kind: 'repoint' },
        time,
        timeline: startTimeline(time),
        codeFolder,
      },
      onEnd: ending => void writeRecord(recordOf(ending, new Date()), { report }),
    })
    const tab = await (await browser.newContext(view)).newPage()
    await tab.goto(pathToFileURL(report).href)
    await tab.screenshot({ path: join(pictures, 'report-page.png') })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const main = async (): Promise<void> => {
  const { folder } = await buildReconciler()
  const browser = await openBrowser()
  try {
    await takeLivePage(browser, folder)
    await takeReport(browser, folder)
  } finally {
    await browser.close()
  }
}

main()
  .catch((error: unknown) => {
    console.error(error)
    process.exitCode = 1
  })
  .finally(leave)
