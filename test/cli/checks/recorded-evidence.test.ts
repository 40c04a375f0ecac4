import { describe, expect, it } from 'vitest'
import { ok, problem } from '../../../cli/checks/finding.ts'
import { type EvidenceKind, judgeRecorded, type Recorded } from '../../../cli/checks/recorded-evidence.ts'
import type { MigrationStep } from '../../../cli/facts/migration-record.ts'
import { ago, nowMs, recordOf } from '../retire-facts.ts'

const about = { gatewayId: 'rgw-1', configurationId: 'rcfg-1' }
const aStep = (kind: MigrationStep['kind'], changes: object = {}): MigrationStep =>
  ({
    ...{ at: ago(2), by: 'jane', database: 'orders', consumer: 'analytics', kind, applied: false },
    ...{ outcome: 'passed', summary: 'well', evidence: { about } },
    ...changes,
  }) as MigrationStep
/** After the others, by somebody else. */
const later = (kind: MigrationStep['kind'], changes: object = {}) => aStep(kind, { at: ago(1), by: 'bob', ...changes })
const [drill, verify, preflight] = [aStep('drill'), aStep('verify'), aStep('preflight')]
const minutes = (count: number) => count / 24 / 60

const judge = (kind: EvidenceKind, steps: MigrationStep[], changes: Partial<Recorded> = {}) =>
  judgeRecorded(
    kind,
    { record: recordOf(...steps), database: 'orders', about: () => about, nowMs, ...changes },
    { remedy: 'Do it again.' },
  )
const not = (kind: string, why: string) => problem(`The record has no ${kind} to go by: ${why}.`, 'Do it again.')
const holds = (kind: string, when = '2 d 0 h ago (jane)') =>
  ok(`The last ${kind} passed ${when}, about the resources that are there now.`)

describe('the newest recorded result', () => {
  it.each<[string, EvidenceKind, MigrationStep[], ReturnType<typeof ok>]>([
    ['passed, about what is there now', 'drill', [drill], holds('drill')],
    [
      'passed in a laboratory, which is said',
      'verify',
      [aStep('verify', { inLaboratory: true })],
      holds('verify', '2 d 0 h ago (jane, in a laboratory)'),
    ],
    ['is not there', 'drill', [verify, preflight], not('drill', 'there is none')],
    ['is of another database', 'drill', [aStep('drill', { database: 'billing' })], not('drill', 'there is none')],
    [
      'failed, whatever passed before',
      'preflight',
      [preflight, later('preflight', { outcome: 'failed' })],
      not('preflight', 'the last one failed 1 d 0 h ago (bob)'),
    ],
    [
      'passed after one that failed',
      'preflight',
      [aStep('preflight', { outcome: 'failed', at: ago(3) }), preflight],
      holds('preflight'),
    ],
    [
      'waits for its access log',
      'verify',
      [aStep('verify', { outcome: 'waiting' })],
      not('verify', 'the last one was waiting 2 d 0 h ago (jane)'),
    ],
    [
      'was interrupted',
      'drill',
      [aStep('drill', { outcome: 'interrupted' })],
      not('drill', 'the last one was interrupted 2 d 0 h ago (jane)'),
    ],
    [
      'of a preflight is 7 days old',
      'preflight',
      [aStep('preflight', { at: ago(7) })],
      holds('preflight', '7 d 0 h ago (jane)'),
    ],
    [
      'of a preflight is older than 7 days',
      'preflight',
      [aStep('preflight', { at: ago(7 + minutes(1)) })],
      not('preflight', 'the last one passed 7 d 0 h ago (jane), and 7 d is the limit'),
    ],
    [
      'of a verification is older than 7 days',
      'verify',
      [aStep('verify', { at: ago(8) })],
      not('verify', 'the last one passed 8 d 0 h ago (jane), and 7 d is the limit'),
    ],
    ['of a drill is 30 days old', 'drill', [aStep('drill', { at: ago(30) })], holds('drill', '30 d 0 h ago (jane)')],
    [
      'of a drill is older than 30 days',
      'drill',
      [aStep('drill', { at: ago(31) })],
      not('drill', 'the last one passed 31 d 0 h ago (jane), and 30 d is the limit'),
    ],
    [
      'is of the next minutes by a clock that is ahead',
      'drill',
      [aStep('drill', { at: ago(-minutes(5)) })],
      holds('drill', '0 ms ago (jane)'),
    ],
    [
      'is still to come',
      'drill',
      [aStep('drill', { at: '2026-11-21T06:05:01.000Z' })],
      not('drill', 'the last one is dated 2026-11-21T06:05:01.000Z, which is still to come'),
    ],
    ...[undefined, {}, { about: undefined }].map(
      (evidence): [string, EvidenceKind, MigrationStep[], ReturnType<typeof ok>] => [
        `does not say what it was about, with evidence ${JSON.stringify(evidence)}`,
        'drill',
        [aStep('drill', { evidence })],
        not('drill', 'the last one passed 2 d 0 h ago (jane), and does not say which resources it was about'),
      ],
    ),
    [
      'was about other resources',
      'drill',
      [aStep('drill', { evidence: { about: { gatewayId: 'rgw-0' } } })],
      not(
        'drill',
        'the last one passed 2 d 0 h ago (jane), about other resources: the resource configuration was not there and is rcfg-1, the resource gateway was rgw-0 and is rgw-1',
      ),
    ],
  ])('%s', (_, kind, steps, expected) => {
    expect(judge(kind, steps)).toEqual(expected)
  })

  it('of a consumer is its own, and says whose', () => {
    const others = aStep('verify', { consumer: 'reports', outcome: 'failed' })

    expect(judge('verify', [verify, others], { consumer: 'analytics' })).toEqual(holds('verify of analytics'))
    expect(judge('verify', [others], { consumer: 'analytics' })).toEqual(not('verify of analytics', 'there is none'))
    expect(judge('verify', [verify, others]).severity).toBe('problem')
  })

  it('is compared with what is there now for its own consumer', () => {
    const compared = (step: MigrationStep) => ({ ...about, endpointId: `vpce-${step.consumer}` })
    const evidence = { about: { ...about, endpointId: 'vpce-reports' } }

    expect(judge('drill', [aStep('drill', { consumer: 'reports', evidence })], { about: compared })).toEqual(
      holds('drill'),
    )
    expect(judge('drill', [aStep('drill', { evidence })], { about: compared }).fact).toContain(
      'the resource endpoint was vpce-reports and is vpce-analytics',
    )
  })

  it('is passed over where it does not count, unless it failed', () => {
    const only = (steps: MigrationStep[]) =>
      judgeRecorded(
        'drill',
        { record: recordOf(...steps), database: 'orders', about: () => about, nowMs },
        { remedy: 'Do it again.', counts: ({ applied }) => applied },
      )
    const applied = aStep('drill', { applied: true })

    expect(only([applied, later('drill')])).toEqual(holds('drill'))
    expect(only([drill])).toEqual(not('drill', 'those that it has do not count'))
    expect(only([verify])).toEqual(not('drill', 'there is none'))
    expect(only([applied, later('drill', { outcome: 'failed' })])).toEqual(
      not('drill', 'the last one failed 1 d 0 h ago (bob)'),
    )
  })
})

describe('since a result that passed', () => {
  const passed = 'the last one passed 2 d 0 h ago (jane), and since then'
  const back = { applied: true, outcome: 'done' }
  const rolledBack = { applied: true, outcome: 'rolled-back' }

  it.each<[string, EvidenceKind, MigrationStep, string | undefined]>([
    ['a drill that failed', 'verify', later('drill', { outcome: 'failed' }), 'a drill failed (bob)'],
    ['a drill that passed', 'verify', later('drill'), undefined],
    ['a drill that was interrupted', 'verify', later('drill', { outcome: 'interrupted' }), undefined],
    ['a rollback', 'verify', later('rollback', back), 'a rollback took all of it back for analytics (bob)'],
    [
      'a rollback for everybody',
      'drill',
      later('rollback', { ...back, consumer: undefined }),
      'a rollback took all of it back (bob)',
    ],
    ['a rollback that was only planned', 'drill', later('rollback', { outcome: 'done' }), undefined],
    ['a watch that went back', 'drill', later('watch', rolledBack), 'a watch took all of it back for analytics (bob)'],
    ['a watch that only said so', 'drill', later('watch', { outcome: 'rolled-back' }), undefined],
    ['a shift', 'drill', later('shift', back), undefined],
    ['a shift that went back', 'drill', later('shift', rolledBack), 'a shift took all of it back for analytics (bob)'],
    [
      'a verification that failed',
      'drill',
      later('verify', { outcome: 'failed' }),
      'a verify failed (bob), and none has passed after it',
    ],
    ['a verification that waits', 'drill', later('verify', { outcome: 'waiting' }), undefined],
    ['a preflight that failed', 'drill', later('preflight', { outcome: 'failed' }), undefined],
    ['a rollback, of a preflight', 'preflight', later('rollback', back), undefined],
    ['a verification that failed, of a preflight', 'preflight', later('verify', { outcome: 'failed' }), undefined],
  ])('%s speaks against a %s, or does not', (_, kind, step, against) => {
    const expected = against === undefined ? holds(kind) : not(kind, `${passed} ${against}`)

    expect(judge(kind, [aStep(kind), step])).toEqual(expected)
    // Two people's files were put together: what is dated later is later.
    expect(judge(kind, [step, aStep(kind)])).toEqual(expected)
    expect(judge(kind, [{ ...step, at: ago(3) }, aStep(kind)])).toEqual(holds(kind))
    // What stands after it was recorded after it, whatever somebody's clock said.
    expect(judge(kind, [aStep(kind), { ...step, at: ago(3) }])).toEqual(expected)
  })

  it.each<[EvidenceKind, string, string]>([
    ['preflight', 'failed', 'a preflight failed (bob)'],
    ['drill', 'failed', 'a drill failed (bob)'],
    ['drill', 'interrupted', 'a drill was interrupted (bob)'],
    ['verify', 'waiting', 'a verify was waiting (bob), and none has passed after it'],
  ])('a %s of a later date that %s speaks against it from another file', (kind, outcome, against) => {
    expect(judge(kind, [later(kind, { outcome }), aStep(kind)])).toEqual(not(kind, `${passed} ${against}`))
  })

  it('a verification that failed is taken back by one that passed after it, and by nothing else', () => {
    const failed = later('verify', { outcome: 'failed' })

    expect(judge('drill', [drill, failed, later('verify')])).toEqual(holds('drill'))
    expect(judge('drill', [drill, failed, later('verify', { outcome: 'waiting' })])).toEqual(
      not('drill', `${passed} a verify failed (bob), and none has passed after it`),
    )
  })

  it('the last of several that speak against it is named', () => {
    const steps = [drill, later('rollback', back), later('watch', rolledBack), later('verify', { outcome: 'failed' })]

    expect(judge('drill', steps)).toEqual(not('drill', `${passed} a watch took all of it back for analytics (bob)`))
  })
})
