import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { settingsBelow, settingsReference, settingsSchema } from '../../cli/reference/settings-reference.ts'

const rows = settingsBelow(settingsSchema()).filter(({ path }) => path !== '$schema')

describe('a setting', () => {
  it.each(rows)('has a description in the schema: $path', ({ schema: { description } }) => {
    expect(description ?? '').toMatch(/^[A-Z“`\p{L}].{4,}\.$/u)
  })

  it('has its place in docs/settings.md, which npm run docs writes', () => {
    const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')

    expect(page).toBe(settingsReference())
    for (const { path } of rows)
      expect(page).toContain(`\`${path.replace(/^(databases|loadBalancers|endpoints|consumers)\[\]\./, '')}\``)
  })

  it('is found in the schema', () => {
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.map(({ path }) => path)).toContain('databases[].frontDoor.healthCheck.intervalSeconds')
  })
})
