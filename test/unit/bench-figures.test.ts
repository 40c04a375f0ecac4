import { expect, it } from 'vitest'
import { isMet, median } from '../../lab/bench/figures.ts'
import { renderTable } from '../../lab/bench/figures-table.ts'

it('takes the middle of an odd and the mean of the two middle ones of an even number of values', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})

it('meets a target up to its value, and has no opinion without one', () => {
  const figure = { name: 'Cold swap', value: 3, unit: 'times' } as const
  expect(isMet({ ...figure, atMost: 3 })).toBe(true)
  expect(isMet({ ...figure, atMost: 2.9 })).toBe(false)
  expect(isMet(figure)).toBeUndefined()
})

it('does not meet a target with a value that could not be measured', () => {
  expect(isMet({ name: 'Cold swap', value: Number.NaN, unit: 'times', atMost: 3 })).toBe(false)
})

it('says in the table what misses', () => {
  const table = renderTable([
    { name: 'Cold swap', value: 3.456, unit: 'times', atMost: 3 },
    { name: 'Artefact', value: 224, unit: 'KB', atMost: 230 },
    { name: 'CPU', value: 2.25, unit: 'ms' },
  ])
  const rows = table.split('\n')
  expect(rows.find(row => row.includes('Cold swap'))).toMatch(/3\.46x.*at most 3x.*MISSED/)
  expect(rows.find(row => row.includes('Artefact'))).toMatch(/224 KB.*at most 230 KB.*met/)
  expect(rows.find(row => row.includes('CPU'))).not.toMatch(/met|MISSED/)
})
