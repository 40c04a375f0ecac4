import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { shapes } from '../worlds/history.ts'
import { mutants, mutated } from '../worlds/mutants.ts'

/** Whether the worlds find them is shown by `npm run worlds:mutants`; here, that there is something to find. */
describe('a mutant of the random worlds', () => {
  it.each(mutants.map(mutant => [mutant.name, mutant] as const))(
    '%s: changes the rule that it names',
    (_name, mutant) => {
      const source = readFileSync(`functions/reconciler/${mutant.file}`, 'utf8')
      expect(mutated(source, mutant)).not.toBe(source)
      expect(mutant.shapes.filter(shape => !shapes.includes(shape))).toEqual([])
    },
  )

  it('whose text is not there, or twice, is an error', () => {
    expect(() => mutated('one two one', { from: 'one', to: '' })).toThrow('occurs 2 times')
    expect(() => mutated('one', { from: 'two', to: '' })).toThrow('occurs 0 times')
  })
})
