import { describe, expect, it } from 'vitest'
import type { Moment } from '../../lab/model.ts'
import { judge } from '../../lab/rehearsal/rehearsal-result.ts'
import { paintFor } from '../../lab/report/paint.ts'
import { recordOf } from '../../lab/report/rehearsal-record.ts'
import { resultText } from '../../lab/report/result-text.ts'
import type { RunRecord } from '../../lab/scenarios/scenario.ts'
import { zonesApart } from '../../lab/scenarios/zones.ts'
import { buildPage } from '../../report/page.ts'
import { shownOutputs } from '../docs/shown-output.ts'

const [a, b] = ['eu-west-1a', 'eu-west-1b'] as const
const both = `${a}, ${b}`
const reset = 'connection reset'

/** Where the writer is, whether cross-zone is on, where the endpoint is, and what a consumer in each zone sees. */
type Finding = readonly [writerIn: string, crossZone: 'on' | 'off', endpointIn: string, inA: string, inB: string]

const findings: readonly Finding[] = [
  [a, 'on', both, 'works', 'works'],
  [a, 'off', both, 'works', reset],
  [b, 'on', both, 'works', 'works'],
  [b, 'off', both, reset, 'works'],
  [b, 'on', a, 'works', 'works'],
  [b, 'off', a, reset, reset],
]

const seen = ([writerIn, crossZone, endpointIn, inA, inB]: Finding): Moment => ({
  ...{ atMs: 0, lane: 'lab', what: 'What a consumer in each zone sees' },
  fields: { writerIn, crossZone, endpointIn, [`in ${a}`]: inA, [`in ${b}`]: inB },
})

const habit = { outages: [], longestOutageSeconds: 0, errorsByKind: {}, isDown: false }
const runOf = (found: readonly Finding[]) =>
  ({
    ...{ calls: [], reports: [], firstTargets: [], plan: 'swap', addresses: [], engineName: 'postgres' },
    writerIp: '10.0.2.20',
    client: { connections: { fresh: habit, 'long-lived': habit }, longestOutageSeconds: 0, errorsByKind: {} },
    writes: { acknowledged: 1, stored: 1, lost: [], storedUnacknowledged: 0 },
    moments: found.map(seen),
  }) as unknown as RunRecord

const resultOf = (run: RunRecord) =>
  judge({
    scenario: zonesApart,
    updater: { kind: 'repoint' },
    speed: 20,
    record: run,
    expectations: zonesApart.expectations(run),
    lastedMs: 1_000,
    pauses: { totalMs: 0, longestMs: 0 },
  })

describe('what a consumer in each zone sees', () => {
  const run = runOf(findings)
  const result = resultOf(run)

  it('keeps every promise where cross-zone alone decides', () => {
    expect(result.isKept).toBe(true)
  })

  it('is printed as the table that the page shows', () => {
    const shown = shownOutputs.find(({ command }) => command === 'npm start -- --scenario zones')
    const printed = resultText(result, paintFor({ isTTY: false }, {})).split('\n')
    expect(shown?.lines).toHaveLength(findings.length + 1)
    expect(shown?.lines.filter(line => !printed.includes(line))).toEqual([])
  })

  it('stands in the record and on its page, a sentence a row', () => {
    const record = recordOf({ scenario: zonesApart, run, samples: [], result }, new Date(0))
    const rows = findings.map(
      ([writerIn, crossZone, endpointIn, inA, inB]) =>
        `Writer in ${writerIn}. cross-zone: ${crossZone}; endpoint in: ${endpointIn}; a consumer in ${a}: ${inA}; a consumer in ${b}: ${inB}.`,
    )
    expect(record.notes.slice(-rows.length)).toEqual(rows)
    const page = buildPage(record)
    for (const row of rows) expect(page).toContain(`<p>${row}</p>`)
  })

  const changed = (index: number, ...cells: readonly string[]) =>
    findings.map((row, at) => (at === index ? ([...row.slice(0, 3), ...cells] as unknown as Finding) : row))

  it.each([
    ['with cross-zone on a consumer is shut out', changed(2, 'timeout', 'works'), 'with cross-zone on'],
    ['with cross-zone off another zone serves', changed(3, 'works', 'works'), 'with cross-zone off'],
    ['nobody serves even the writer’s own zone', changed(3, reset, reset), 'with cross-zone off'],
    ['an endpoint in one zone reaches another', changed(5, 'works', reset), 'with an endpoint in one zone'],
    ['cross-zone off was never looked at', findings.filter(([, it]) => it === 'on'), 'with cross-zone off'],
  ])('breaks a promise where %s', (_, found, promise) => {
    const broken = resultOf(runOf(found)).expectations.filter(({ holds }) => !holds)
    expect(broken[0]?.what).toContain(promise)
  })
})
