import { describe, expect, it } from 'vitest'
import { findStrays, followWriter, type WriterSince } from '../../../cli/checks/strays.ts'

const writer: WriterSince = { addresses: ['10.0.1.10', '10.0.2.20'], sinceMs: 1_000 }

describe('the writer', () => {
  it.each<[name: string, before: WriterSince | undefined, addresses: string[] | undefined, after?: WriterSince]>([
    ['is known since the first look', undefined, ['10.0.1.10'], { addresses: ['10.0.1.10'], sinceMs: 5_000 }],
    ['is known since before', writer, ['10.0.1.10', '10.0.2.20'], writer],
    ['is the same in another order', writer, ['10.0.2.20', '10.0.1.10'], writer],
    [
      'is another with another address',
      writer,
      ['10.0.1.10', '10.0.3.30'],
      { addresses: ['10.0.1.10', '10.0.3.30'], sinceMs: 5_000 },
    ],
    ['is another with fewer addresses', writer, ['10.0.1.10'], { addresses: ['10.0.1.10'], sinceMs: 5_000 }],
    ['is not known any more without an answer', writer, undefined],
    ['is not known without any', undefined, undefined],
  ])('%s', (_, before, addresses, after) => {
    expect(followWriter(before, addresses, 5_000)).toEqual(after)
  })
})

describe('a stray', () => {
  const record = (atMs: number, resourceIp: string) => ({
    atMs,
    endpointId: 'vpce-1',
    resourceIp,
    resource: `${resourceIp}:5432`,
  })
  const stray = (atMs: number, resourceIp: string) => ({ atMs, resourceIp, writer: writer.addresses })

  it.each<[name: string, records: ReturnType<typeof record>[], found: ReturnType<typeof stray>[]]>([
    ['is none in an empty log', [], []],
    ['is none at any of the writer’s addresses', [record(9_000, '10.0.1.10'), record(9_000, '10.0.2.20')], []],
    ['is none within the time of grace', [record(1_500, '10.0.3.30')], []],
    ['is one after it', [record(1_501, '10.0.3.30')], [stray(1_501, '10.0.3.30')]],
    [
      'is each one, in the log’s order',
      [record(9_000, '10.0.3.30'), record(500, '10.0.3.30'), record(8_000, '10.0.4.40'), record(9_000, '10.0.1.10')],
      [stray(9_000, '10.0.3.30'), stray(8_000, '10.0.4.40')],
    ],
  ])('%s', (_, records, found) => {
    expect(findStrays(records, writer, 500)).toEqual(found)
  })

  it('is none while the writer is not known', () => {
    expect(findStrays([record(9_000, '10.0.3.30')], undefined, 500)).toEqual([])
  })
})
