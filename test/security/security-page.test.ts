import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { functionPermissions } from '../../infra/permissions.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const page = read('docs/security.md')

/** `test/a.test.ts`, _the name of a test in there_ */
const claims = [...page.matchAll(/`(test\/[^`]+\.test\.ts)`,\s+_([^_]+)_/g)].map(([, file = '', name = '']) => ({
  file,
  name,
}))

describe('docs/security.md', () => {
  it.each(claims)('names a test that is there: $name', ({ file, name }) => {
    expect(read(file)).toMatch(new RegExp(`'${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}'`))
  })

  it('mentions no test file without the test in it', () => {
    expect(page.match(/test\/[a-z/-]+\.test\.ts/g)).toHaveLength(claims.length)
  })

  it('says of each permission what it could be abused for, once', () => {
    const rows = [...page.matchAll(/^\| `([A-Z][A-Za-z]+)` /gm)].map(([, sid]) => sid)
    expect(rows.toSorted()).toEqual(functionPermissions.map(({ sid }) => sid).toSorted())
  })

  it.each(['README.md', 'SECURITY.md'])('is found from %s', file => {
    expect(read(file)).toContain('(docs/security.md)')
    expect(readdirSync(join(root, 'docs'))).toContain('security.md')
  })
})
