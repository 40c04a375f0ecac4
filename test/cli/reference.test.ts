import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createProgram } from '../../cli/program.ts'
import { constructsPage } from '../../cli/reference/constructs.ts'
import { declarationsIn } from '../../cli/reference/doc-comments.ts'
import { referenceOf } from '../../cli/reference/reference.ts'

it('docs/cli.md is what the program says; npm run docs writes it', () => {
  const written = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

  expect(written).toBe(referenceOf(createProgram()))
})

it('docs/constructs.md is what the doc comments say; npm run docs writes it', () => {
  const written = readFileSync(new URL('../../docs/constructs.md', import.meta.url), 'utf8')

  expect(written).toBe(constructsPage())
})

it('a declaration is read with its members, defaults and examples; what is private or internal is not', () => {
  const source = `/**
 * A door.
 *
 * @example
 * new Door(this, 'Door')
 */
export class Door {
  /** Who may open it. @default - nobody */
  readonly openers?: readonly string[]
  readonly #key: string

  /** Opens. @throws Error where it is locked */
  open(
    by: string,
    at: Date,
  ): void {
    this.#turn()
  }

  /** For the house. @internal */
  turn(): void {}
}

/** Of a door. */
export type Side = 'in' | 'out'
`
  expect(declarationsIn(source)).toEqual([
    {
      kind: 'class',
      name: 'Door',
      doc: { text: 'A door.', tags: { example: "new Door(this, 'Door')" } },
      members: [
        {
          name: 'openers',
          signature: 'readonly openers?: readonly string[]',
          doc: { text: 'Who may open it.', tags: { default: '- nobody' } },
        },
        {
          name: 'open',
          signature: 'open(by: string, at: Date): void',
          doc: { text: 'Opens.', tags: { throws: 'Error where it is locked' } },
        },
      ],
    },
    { kind: 'type', name: 'Side', doc: { text: 'Of a door.', tags: {} }, members: [] },
  ])
})
