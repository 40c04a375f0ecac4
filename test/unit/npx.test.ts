import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)

const under = (folder: string, ending: string): string[] =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith(ending))
    .map(path => `${folder}/${path}`)

/** They say why nobody must do it. */
const warnings = ['SECURITY.md', 'docs/installing.md']

describe('what a reader is told to run', () => {
  it.each(
    [
      'README.md',
      'CONTRIBUTING.md',
      'TESTING.md',
      'terraform/README.md',
      ...under('docs', '.md'),
      ...under('examples', '.md'),
      ...under('cli', '.ts'),
      ...under('infra', '.ts'),
      ...under('functions', '.ts'),
      ...under('lab', '.ts'),
    ].filter(path => !warnings.includes(path)),
  )('is never a name of the registry that a stranger may take: %s', path => {
    expect(readFileSync(new URL(path, root), 'utf8')).not.toMatch(/npx (--\S+ )*repoint\b/)
  })

  it.each(warnings)('is warned about in %s', path => {
    expect(readFileSync(new URL(path, root), 'utf8')).toContain('npx repoint')
  })
})
