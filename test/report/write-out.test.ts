import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeRecord } from '../../report/files.ts'
import { checkRecordFiles, FileError, writeOut } from '../../report/write-out.ts'
import { aRecord } from './a-record.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'repoint-write-out-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const file = (name: string) => join(folder, name)

describe('a file that is written out', () => {
  it('is made where there was none', () => {
    writeOut(file('new.json'), 'content')
    expect(readFileSync(file('new.json'), 'utf8')).toBe('content')
  })

  it('keeps what is there, and names the option that replaces it', () => {
    writeFileSync(file('there.json'), 'precious')
    expect(() => writeOut(file('there.json'), 'content')).toThrow(
      `${file('there.json')} exists already: name another file, or replace it with --force.`,
    )
    expect(readFileSync(file('there.json'), 'utf8')).toBe('precious')
  })

  it('replaces with force all that was there', () => {
    writeFileSync(file('there.json'), 'a long content of before')
    writeOut(file('there.json'), 'short', { force: true })
    expect(readFileSync(file('there.json'), 'utf8')).toBe('short')
  })

  it.each([
    ['to a file of somebody', true, false],
    ['to a file of somebody, with force', true, true],
    ['to nothing', false, false],
    ['to nothing, with force', false, true],
  ])('never goes through a link %s', (_, isThere, force) => {
    const target = file('victim')
    if (isThere) writeFileSync(target, 'precious')
    symlinkSync(target, file('link.json'))
    expect(() => writeOut(file('link.json'), 'content', { force })).toThrow(/is a link, and links are not followed/)
    expect(isThere ? readFileSync(target, 'utf8') : existsSync(target)).toBe(isThere ? 'precious' : false)
    expect(lstatSync(file('link.json')).isSymbolicLink()).toBe(true)
  })

  it('is no folder', () => {
    mkdirSync(file('folder'))
    expect(() => writeOut(file('folder'), 'content', { force: true })).toThrow(/is not a file/)
  })

  it('says which file cannot be written', () => {
    expect(() => writeOut(file('missing/a.json'), 'content')).toThrow(
      new RegExp(`^${file('missing/a.json')} cannot be written: ENOENT`),
    )
  })
})

describe('a record and its page', () => {
  it('are both written, and named', () => {
    const files = { record: file('a.json'), report: file('a.html') }
    expect(writeRecord(aRecord(), files)).toEqual([files.record, files.report])
    expect(JSON.parse(readFileSync(files.record, 'utf8'))).toEqual(aRecord())
    expect(readFileSync(files.report, 'utf8')).toContain('<main>')
  })

  it('are refused before anything happens where one of them exists', () => {
    writeFileSync(file('a.html'), 'precious')
    expect(() => checkRecordFiles({ record: file('a.json'), report: file('a.html') })).toThrow(FileError)
    expect(() => checkRecordFiles({ record: file('a.json'), report: file('a.html'), force: true })).not.toThrow()
    expect(() => checkRecordFiles({})).not.toThrow()
  })
})
