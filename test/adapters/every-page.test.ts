import { describe, expect, it } from 'vitest'
import { everyPage } from '../../functions/reconciler/adapters/every-page.ts'

const call = { action: 'rds:DescribeDBInstances', resource: '*' }
interface Page {
  items: string[] | undefined
  marker: string | undefined
}

describe('a listing', () => {
  it.each<[string, Page[], string[], object[]]>([
    ['of one page is one call', [{ items: ['a', 'b'], marker: undefined }], ['a', 'b'], [{}]],
    ['without items is empty', [{ items: undefined, marker: undefined }], [], [{}]],
    ['ends at an empty marker', [{ items: ['a'], marker: '' }], ['a'], [{}]],
    [
      'goes on past an empty page',
      [
        { items: ['a'], marker: 'x' },
        { items: undefined, marker: 'y' },
        { items: ['b'], marker: undefined },
      ],
      ['a', 'b'],
      [{}, { Marker: 'x' }, { Marker: 'y' }],
    ],
  ])('%s', async (_how, pages, expected, markers) => {
    const asked: object[] = []
    const read = async (marker: object) => {
      asked.push(marker)
      return pages[asked.length - 1] as Page
    }
    expect(await everyPage(call, read)).toEqual(expected)
    expect(asked).toEqual(markers)
  })

  it('that AWS turns away on a later page is not given as far as it was read', async () => {
    const read = async (marker: { Marker?: string }) => {
      if (marker.Marker) throw Object.assign(new Error('Rate exceeded'), { name: 'Throttling' })
      return { items: ['a'], marker: 'x' }
    }
    await expect(everyPage(call, read)).rejects.toMatchObject({ name: 'TransientError', kind: 'throttled' })
  })
})
