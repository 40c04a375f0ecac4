import { readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as fixture from '../../lab/fixture.ts'
import type { StandingOptions } from '../../lab/standing/standing-lab.ts'
import { type LabWithCommand, openLab } from '../cli/standing-lab.ts'
import { isWriteUp } from './documented-commands.ts'

/** The pages that lead from a write-up to Repoint: what they show is what the laboratory says. */

type Options = Omit<StandingOptions, 'codeFolder'>

const root = new URL('../../docs/', import.meta.url)

/** A line of `sh` with its command, and the output that the page shows right below. */
interface Shown {
  readonly command: string
  readonly lines: readonly string[]
}

const shownIn = (page: string): readonly Shown[] => {
  const text = readFileSync(new URL(page, root), 'utf8')
  return [...text.matchAll(/^```sh\n(repoint .*?)\n```\n\n```\n(.*?)^```/gms)].map(([, command = '', output = '']) => ({
    command: command.replaceAll(/\\\n\s*/g, ''),
    lines: output.split('\n').filter(line => line.trim() !== '' && line.trim() !== '…'),
  }))
}

/** Times differ from run to run, and a wrapped line from one width to another. */
const comparable = (text: string): string =>
  text
    .replaceAll(/\d+(\.\d+)?/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim()

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

describe.each(labs)('a page from a write-up, in the laboratory $name', { timeout: 180_000 }, ({ options, pages }) => {
  let lab: LabWithCommand
  beforeAll(async () => {
    lab = await openLab(options)
  }, 180_000)
  afterAll(() => lab?.close())

  const cases = pages.flatMap(page => shownIn(page).map(shown => ({ page, ...shown })))

  it.each(cases)('shows what it says: $page, $command', async ({ page, command, lines }) => {
    if (page === 'from-peering.md') await peer(lab)
    await lab.served()
    const { code, stdout, stderr } = await lab.repoint(
      ...command.replace('global-bundle.pem', lab.caFile).split(' ').slice(1),
    )
    const said = comparable(stdout)

    expect([code, stderr.includes('repoint: ')]).toEqual([0, false])
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.filter(line => !said.includes(comparable(line)))).toEqual([])
  })
})

/** As the page's settings do it. */
const peer = async (lab: LabWithCommand): Promise<void> => {
  const settings = JSON.parse(await readFile(lab.settingsFile, 'utf8'))
  settings.consumers[0].peeredVpcIds = [fixture.consumer.peeredVpc.id]
  writeFileSync(lab.settingsFile, JSON.stringify(settings))
  await lab.deploy()
}

describe('the pages from write-ups', () => {
  it('are five, each with commands whose output is shown', () => {
    const pages = labs.flatMap(it => it.pages)
    expect(pages.map(page => [isWriteUp(`docs/${page}`), shownIn(page).length > 0])).toEqual(
      Array.from({ length: 5 }, () => [true, true]),
    )
  })
})
