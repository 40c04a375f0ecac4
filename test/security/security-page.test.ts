import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { functionPermissions } from '../../infra/permissions.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const page = read('docs/security.md')

/** `test/a.test.ts`, _the name of a test in there_ */
const claimsOf = (text: string) =>
  [...text.matchAll(/`(test\/[^`]+\.test\.ts)`,\s+_([^_]+)_/g)].map(([, file = '', name = '']) => ({ file, name }))

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

describe.each(['docs/security.md', 'docs/migrating.md'])('%s', file => {
  const claims = claimsOf(read(file))

  it.each(claims)('names a test that is there: $name', ({ file: test, name }) => {
    expect(read(test)).toMatch(new RegExp(`'${escaped(name)}'`))
  })

  it('mentions no test file without the test in it', () => {
    expect(claims.length).toBeGreaterThan(20)
    expect(read(file).match(/test\/[a-z/-]+\.test\.ts/g)).toHaveLength(claims.length)
  })
})

describe('docs/security.md', () => {
  it('says of each permission what it could be abused for, once', () => {
    const rows = [...page.matchAll(/^\| `([A-Z][A-Za-z]+)` /gm)].map(([, sid]) => sid)
    expect(rows.toSorted()).toEqual(functionPermissions.map(({ sid }) => sid).toSorted())
  })

  it.each(['README.md', 'SECURITY.md'])('is found from %s', file => {
    expect(read(file)).toContain('(docs/security.md)')
    expect(readdirSync(join(root, 'docs'))).toContain('security.md')
  })
})
