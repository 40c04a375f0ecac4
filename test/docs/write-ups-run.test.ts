import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instanceOf } from '../../lab/cloud/blue-green-switchover.ts'
import * as fixture from '../../lab/fixture.ts'
import type { StandingOptions } from '../../lab/standing/standing-lab.ts'
import { type LabWithCommand, openLab } from '../cli/standing-lab.ts'
import { missingFrom, shownOutputs, textOf, writeUps } from './shown-output.ts'

/** The pages that lead from a write-up to Repoint: what they show is what the laboratory says. */

type Options = Omit<StandingOptions, 'codeFolder'>

const labs: readonly { readonly name: string; readonly options: Options; readonly pages: readonly string[] }[] = [
  {
    name: 'with a consumer, at stage shadow',
    options: { speed: 60, stage: 'shadow' },
    pages: ['from-mysql-gateway.md', 'from-overlapping-networks.md', 'from-peering.md'],
  },
  {
    name: 'of a host name',
    options: { speed: 60, hasHostName: true },
    pages: ['from-virtual-ip.md', 'from-redshift-endpoint.md'],
  },
]

const crossZone = 'load_balancing.cross_zone.enabled'

/** What the page says of the state before its command, and for that command alone where it can be undone. */
const preparations: Readonly<Record<string, (lab: LabWithCommand) => Promise<(() => void) | undefined>>> = {
  'from-overlapping-networks.md, repoint doctor -d orders': async ({ cloud }) => {
    const { attributes } = cloud.targetGroup
    const before = attributes[crossZone] ?? ''
    attributes[crossZone] = 'false'
    return () => {
      attributes[crossZone] = before
    }
  },
  'from-peering.md, repoint doctor --consumer analytics': async ({ settingsFile }) => {
    const settings = JSON.parse(await readFile(settingsFile, 'utf8'))
    settings.consumers[0].peeredVpcIds = [fixture.consumer.peeredVpc.id]
    await writeFile(settingsFile, JSON.stringify(settings))
  },
  'from-peering.md, repoint doctor --consumer analytics -v': async lab => {
    await lab.deploy()
  },
  'from-redshift-endpoint.md, repoint doctor -d warehouse': async ({ cloud, settingsFile }) => {
    const [, entry = ''] = /^```json\n(.*?)^```/ms.exec(textOf('from-redshift-endpoint.md')) ?? []
    const settings = JSON.parse(await readFile(settingsFile, 'utf8'))
    settings.databases = [settings.databases[0], ...JSON.parse(entry).databases]
    await writeFile(settingsFile, JSON.stringify(settings))
    const states = { relocation: 'disabled', multiAz: 'Disabled' }
    cloud.resources.redshiftClusters = [{ id: 'warehouse', nodeType: 'ra3.xlplus', port: 5439, ...states }]
  },
}

/** In the order of the pages: what one of them changes, the next ones see. */
const commandsOf = (pages: readonly string[]) =>
  pages.flatMap(page => shownOutputs.filter(it => it.page === page && it.command.startsWith('repoint ')))

describe.each(labs)('a page from a write-up, in the laboratory $name', { timeout: 180_000 }, ({ options, pages }) => {
  let lab: LabWithCommand
  beforeAll(async () => {
    lab = await openLab(options)
  }, 180_000)
  afterAll(() => lab?.close())

  it.each(commandsOf(pages))('shows what it says: $page, $command', async ({ page, command, lines }) => {
    const undo = await preparations[`${page}, ${command}`]?.(lab)
    await lab.served()
    const { code, stdout, stderr } = await lab.repoint(
      ...command.replace('global-bundle.pem', lab.caFile).split(' ').slice(1),
    )
    undo?.()

    const isProblem = lines.some(line => line.startsWith('✗ problem'))
    expect([code, stderr.includes('repoint: ')]).toEqual([isProblem ? 6 : 0, false])
    expect(missingFrom(stdout, lines)).toEqual([])
  })

  it.runIf(options.hasHostName)('hears of a failover by the rule of wakeOn alone, and follows it', async () => {
    const { timeline } = lab.cloud
    await instanceOf(lab.cloud).failover()
    await lab.served()
    const rules = timeline.moments.filter(({ what }) => what === 'Event delivered').map(({ fields }) => fields.rule)
    expect(new Set(rules)).toEqual(new Set(['repoint-orders-wake-on-1']))
  })
})

describe('the pages from write-ups', () => {
  it('have a laboratory each', () => {
    expect(labs.flatMap(({ pages }) => pages).toSorted()).toEqual(writeUps)
  })

  it('show each command that something is prepared for', () => {
    const shown = commandsOf(labs.flatMap(({ pages }) => pages)).map(({ page, command }) => `${page}, ${command}`)
    expect(Object.keys(preparations).filter(it => !shown.includes(it))).toEqual([])
  })
})
