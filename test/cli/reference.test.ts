import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createProgram } from '../../cli/program.ts'
import { referenceOf } from '../../cli/reference/reference.ts'

it('docs/cli.md is what the program says; npm run docs writes it', () => {
  const written = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

  expect(written).toBe(referenceOf(createProgram()))
})
