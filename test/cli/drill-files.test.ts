import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, writeDrill } from '../../cli/migrate/verify/drill-files.ts'
import { aRecord } from '../report/a-record.ts'

const names = ['comparison.html', 'gateway.json', 'nlb.json']
const drilled = { nlb: aRecord(), gateway: aRecord() }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'repoint-drill-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('a drill of the gateway alone leaves its record and its own page', async () => {
  makeFolder(folder, false)
  const written = await writeDrill({ gateway: aRecord() }, folder)
  expect(readdirSync(folder).toSorted()).toEqual(['gateway.html', 'gateway.json'])
  expect(written).toHaveLength(2)
})

describe('the records of a drill of both paths', () => {
  it('are written to a folder that is made for them', async () => {
    const made = join(folder, 'a/b')
    makeFolder(made, true)
    await writeDrill(drilled, made)
    expect(readdirSync(made).toSorted()).toEqual(names)
  })

  describe.each(names)('%s', name => {
    it('is not replaced, which is said before the drill', async () => {
      writeFileSync(join(folder, name), 'precious')
      expect(() => makeFolder(folder, true)).toThrow(/exists already: .*--force/)
      await expect(writeDrill(drilled, folder)).rejects.toThrow(/exists already/)
      expect(readFileSync(join(folder, name), 'utf8')).toBe('precious')
    })

    it('is replaced with force', async () => {
      writeFileSync(join(folder, name), 'of before')
      makeFolder(folder, true, { force: true })
      await writeDrill(drilled, folder, { force: true })
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('of before')
    })

    it.each([false, true])('never goes through a link (force: %s)', async force => {
      const target = join(folder, 'victim')
      symlinkSync(target, join(folder, name))
      expect(() => makeFolder(folder, true, { force })).toThrow(/is a link, and links are not followed/)
      await expect(writeDrill(drilled, folder, { force })).rejects.toThrow(/is a link/)
      expect(existsSync(target)).toBe(false)
    })
  })
})
