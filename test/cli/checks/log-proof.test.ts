import { expect, it } from 'vitest'
import { judgeProof, type Proof } from '../../../cli/checks/log-proof.ts'
import type { AccessRecord } from '../../../cli/facts/access-log.ts'

const endpointId = 'vpce-0a1b2c3d4e5f60718'
const writer = '10.0.1.10'
const addresses = ['10.1.1.50', '10.1.2.50', '10.1.3.50']
const connections = addresses.map((to, index) => ({ ip: '10.1.1.7', port: 40_000 + index, to, atMs: 100_000 + index }))
const matching = { endpointId, addresses, connections, slackMs: 5_000, waitedMs: 7_000 }

/** What the log has of our connection to the nth address. */
const ours = (index: number, resourceIp = writer, atMs = 100_500 + index): AccessRecord => ({
  atMs,
  endpointId,
  source: `10.1.1.7:${40_000 + index}`,
  destinationIp: addresses[index] ?? '',
  resourceIp,
  resource: `${resourceIp}:5432`,
})
const others = (index: number, resourceIp = writer, atMs?: number): AccessRecord => ({
  ...ours(index, resourceIp, atMs),
  source: '10.1.9.9:41000',
})
const all = [ours(0), ours(1), ours(2)]
const settled = { addresses: [writer] }

it.each<[name: string, records: AccessRecord[], writer: Parameters<typeof judgeProof>[1], proof: Proof]>([
  [
    'prove it, the newest of them',
    [ours(1, writer, 100_900), ours(0), ours(2)],
    settled,
    {
      kind: 'proved',
      record: ours(1, writer, 100_900),
      matchedBy: 'source',
      sinceMs: 100_000,
      found: 3,
      connections: 3,
    },
  ],
  [
    'prove it at any of the writer’s addresses',
    [ours(0), ours(1, '10.0.2.20'), ours(2)],
    { addresses: [writer, '10.0.2.20'] },
    { kind: 'proved', record: ours(2), matchedBy: 'source', sinceMs: 100_000, found: 3, connections: 3 },
  ],
  [
    'prove it by others’ where none of ours is found',
    [others(0), others(1), others(2)],
    settled,
    { kind: 'proved', record: others(2), matchedBy: 'endpoint', sinceMs: 100_000, found: 0, connections: 3 },
  ],
  [
    'disprove it, the newest of those that reached another address',
    [ours(0, '10.0.2.20'), ours(1, '10.0.3.30'), ours(2)],
    settled,
    {
      kind: 'disproved',
      record: ours(1, '10.0.3.30'),
      matchedBy: 'source',
      writer: [writer],
      found: 3,
      connections: 3,
    },
  ],
  [
    'disprove it although some are missing',
    [ours(0, '10.0.2.20')],
    settled,
    {
      kind: 'disproved',
      record: ours(0, '10.0.2.20'),
      matchedBy: 'source',
      writer: [writer],
      found: 1,
      connections: 3,
    },
  ],
  [
    'are not disproved by others’',
    [others(0), others(1, '10.0.2.20'), others(2)],
    { addresses: [writer, '10.0.9.9'] },
    {
      kind: 'incomplete',
      record: others(1, '10.0.2.20'),
      why: 'a connection through our endpoint reached 10.0.2.20:5432, and the writer is 10.0.1.10, 10.0.9.9; whether it was ours the log does not show',
      found: 0,
      connections: 3,
    },
  ],
  [
    'are incomplete where nothing came in at some addresses',
    [ours(0)],
    settled,
    {
      kind: 'incomplete',
      record: ours(0),
      why: 'the log has no connection that came in at 10.1.2.50, 10.1.3.50; what it has reached 10.0.1.10:5432, which is the writer',
      found: 1,
      connections: 3,
    },
  ],
  ['are not delivered where the log is empty', [], settled, { kind: 'not-delivered', waitedMs: 7_000, connections: 3 }],
  [
    'are not delivered where it has none, whatever the writer is',
    [others(0, writer, 90_000)],
    { why: 'unsettled' },
    { kind: 'not-delivered', waitedMs: 7_000, connections: 3 },
  ],
  [
    'are compared with nothing while the writer is not settled',
    all,
    { why: 'two answers differ' },
    { kind: 'nothing-to-compare', record: ours(2), why: 'two answers differ' },
  ],
])('our connections %s', (_, records, where, proof) => {
  expect(judgeProof(records, where, matching)).toEqual(proof)
})
