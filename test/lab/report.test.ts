import { readdir, readFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { swap } from '../../lab/compare/cases.ts'
import { showComparison, showSweep } from '../../lab/compare/comparison-table.ts'
import { rdsEvent } from '../../lab/database/rds-event.ts'
import { matchesPattern } from '../../lab/events/pattern.ts'
import type { Moment } from '../../lab/model.ts'
import type { RehearsalResult } from '../../lab/rehearsal/rehearsal-result.ts'
import { paintFor } from '../../lab/report/paint.ts'
import { resultText, showIntroduction } from '../../lab/report/result-text.ts'
import { momentText } from '../../lab/report/timeline-text.ts'
import { say, sayJson, sayWhy } from '../../lab/say.ts'
import { concluded, reported } from '../../lab/scenarios/expectations.ts'
import type { RunRecord } from '../../lab/scenarios/scenario.ts'
import { deploymentOf, speedUp } from '../../lab/template/deployment.ts'

const plain = paintFor({ isTTY: false }, {})
const aMoment = (changes: Partial<Moment>): Moment => ({
  atMs: 0,
  lane: 'lab',
  what: 'Something',
  fields: {},
  ...changes,
})

describe('the timeline', () => {
  it('shows scenario time, lane, what and fields', () => {
    const line = momentText(plain, { speed: 20 })(
      aMoment({ atMs: 23_540, lane: 'dns', fields: { ip: '10.0.2.20' } }),
      10_000,
    )
    expect(line).toBe('   13.5 s  dns       Something  ip=10.0.2.20')
  })

  it('shows what others have sent to it in one line that no terminal obeys', () => {
    const hostile = '\u001b]0;x\u0007\nPASSED\u202e'
    const line = momentText(plain, { speed: 20 })(
      aMoment({ what: hostile, fields: { id: hostile, list: [hostile] } }),
      0,
    )
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('leaves out a read that says the same as before, and tells it again when it changes', () => {
    const timeline = momentText(plain, { speed: 20 })
    const read = (targets: string) =>
      timeline(aMoment({ lane: 'api', what: 'DescribeTargetHealth', fields: { targets } }), 0)
    expect([read('a'), read('a'), read('b')].map(line => line !== undefined)).toEqual([true, false, true])
  })

  it("turns the function's wall time into scenario time", () => {
    const report = { outcome: 'repointed', reason: 'failover-followed', timings: { registeredMs: 700, looks: 3 } }
    const line = momentText(plain, { speed: 20 })(aMoment({ lane: 'function', fields: { report } }), 0)
    expect(line).toContain('outcome=repointed  reason=failover-followed  registered=14.0 s  looks=3')
  })

  it('tells once that an application works and fails by turns', () => {
    const timeline = momentText(plain, { speed: 20 })
    const lines = Array.from({ length: 10 }, (_, index) => {
      const fields = { connection: 'fresh', ...(index % 2 ? { outageSeconds: 1 } : { error: 'read-only' }) }
      return timeline(aMoment({ lane: 'client', atMs: index * 1_000, fields }), 0)
    })
    expect(lines.filter(line => line !== undefined)).toHaveLength(5)
    expect(lines.filter(line => line?.includes('by turns'))).toHaveLength(1)
  })

  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: false }, {}, false],
  ])('colours terminals only: %j %j', (stream, env, isColoured) => {
    expect(paintFor(stream, env)('red', 'x') !== 'x').toBe(isColoured)
  })
})

/** A line of its own, a title, a colour, a C1 code, another direction, a separator. */
const attack = '\nPASS\u001b]0;x\u0007\u001b[32m\u009b0m\u202e\u2028'
const hostile = (text: string) => `${text}${attack}`

type Foreign = (text: string) => string

/** Every user of this machine can publish such an event, and call an API by such a name. */
const sent = (foreign: Foreign) =>
  ({
    reports: [{ detail: { reason: foreign('failover-followed') } }],
    moments: [aMoment({ what: 'Reconcile finished', fields: { report: { reason: foreign('in-sync') } } })],
  }) as unknown as RunRecord

const aHabit = {
  ...{ outages: [], longestOutageSeconds: 0, totalOutageSeconds: 0, isDown: false, errorsByKind: {} },
  ...{ connects: 1, writesOk: 1, readsOk: 1 },
}
const aResult = (foreign: Foreign): RehearsalResult => {
  const run = sent(foreign)
  return {
    ...{ scenario: foreign('failover'), promise: foreign('It follows.'), updater: { kind: 'repoint' }, plan: 'swap' },
    ...{ speed: 20, isKept: false, outcome: 'broken', pauses: { totalMs: 0, longestMs: 0 }, failovers: 1, lastedMs: 1 },
    expectations: [
      { ...reported(run, 'failover-followed'), holds: false },
      { ...concluded(run, 'in-sync'), holds: false },
      { what: foreign('it'), holds: false },
    ],
    table: [
      [foreign('zone'), foreign('reached')],
      [foreign('a'), foreign('10.0.1.10')],
    ],
    calls: { [foreign('DescribeTargetHealth')]: 2 },
    client: {
      connections: { fresh: aHabit, 'long-lived': aHabit },
      ...{ longestOutageSeconds: 0, errorsByKind: { [foreign('refused')]: 1 } },
      ...{ writesOk: 1, readsOk: 1, acknowledgedWrites: 1 },
    },
    writes: { acknowledged: 1, stored: 1, lost: [], storedUnacknowledged: 0 },
    moments: [aMoment({ what: foreign('Event published'), fields: { id: foreign('1') } })],
  }
}

const measured = (foreign: Foreign) =>
  swap.map(one => ({
    ...one,
    label: foreign(one.label),
    row: {
      ...{ longestOutageSeconds: 1, newConnectionsSeconds: 1, keptConnectionSeconds: 1, errorsForSeconds: 1 },
      ...{ isDown: false, lostWrites: 0, pausedSeconds: 0 },
    },
    broken: [foreign('a promise')],
  }))

const coloured = paintFor({ isTTY: true }, {})

/** Each text that the laboratory prints of facts, with facts that others may have written. */
const renderers: Readonly<Record<string, (foreign: Foreign) => string | undefined>> = {
  momentText: foreign =>
    momentText(coloured, { speed: 20 })(aMoment({ what: foreign('It'), fields: { a: foreign('b') } }), 0),
  resultText: foreign => resultText(aResult(foreign), coloured),
  showIntroduction: foreign => showIntroduction(aResult(foreign), coloured),
  showComparison: foreign => showComparison(measured(foreign), coloured),
  showSweep: foreign => showSweep([{ registrationSeconds: 60, measured: measured(foreign) }]),
}
/** Numbers and words of ours. */
const withoutForeign = ['hasBroken', 'notJudged', 'settings', 'showDelays', 'showPauses', 'timesAre']

const written = (write: (stream: Writable) => void): string => {
  let text = ''
  write(
    new Writable({
      write(chunk, _, done) {
        text += String(chunk)
        done()
      },
    }),
  )
  return text
}

const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const ownColour = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')

describe('what the laboratory prints of events and calls that anybody on this machine can send', () => {
  it.each(Object.entries(renderers))('%s begins no line with it and lets no terminal obey it', (_, render) => {
    const shown = (foreign: Foreign) => written(stream => say(render(foreign) ?? '', stream))
    const harmless = shown(text => text)
    const attacked = shown(hostile)
    expect(attacked).toContain('\\nPASS')
    expect(attacked.split('\n')).toHaveLength(harmless.split('\n').length)
    expect(attacked.match(ownColour)).toEqual(harmless.match(ownColour))
    expect(attacked.replaceAll(ownColour, '').replaceAll('\n', '')).not.toMatch(obeyed)
  })

  it('every text of a report or a comparison is put to this', async () => {
    const files = ['report/result-text.ts', 'report/timeline-text.ts', 'compare/comparison-table.ts']
    const texts = await Promise.all(files.map(file => readFile(new URL(`../../lab/${file}`, import.meta.url), 'utf8')))
    const exported = texts.flatMap(text => [...text.matchAll(/^export const (\w+)/gm)].map(([, name]) => name))
    expect(exported.toSorted()).toEqual([...Object.keys(renderers), ...withoutForeign].toSorted())
  })

  it('is JSON that no terminal obeys and that means what it meant', () => {
    const shown = written(stream => sayJson(aResult(hostile), stream))
    expect(shown.replaceAll('\n', '')).not.toMatch(obeyed)
    expect(JSON.parse(shown)).toEqual(aResult(hostile))
  })

  it('begins no line of an error', () => {
    const shown = written(stream => sayWhy(new Error(hostile('It failed')), stream))
    expect(shown.replaceAll('\n', '')).not.toMatch(obeyed)
    expect(shown.split('\n').slice(1, -1)).toEqual([expect.stringMatching(/^ {2}PASS/)])
  })
})

describe('the deployment that the lab runs', { timeout: 60_000 }, () => {
  const source = { kind: 'instance', id: 'orders' } as const

  it("wakes the function for its own database's events and nobody else's", async () => {
    const [rule] = (await deploymentOf('instance')).rules
    const event = (arn: string) => rdsEvent({ ...source, arn }, 'failoverStarted', new Date())
    const arn = 'arn:aws:rds:eu-west-1:111122223333:db:orders'
    expect(rule && matchesPattern(rule.pattern, event(arn))).toBe(true)
    expect(rule && matchesPattern(rule.pattern, event(`${arn}-2`))).toBe(false)
  })

  it('divides times by the speed and leaves counts alone', async () => {
    const environment = speedUp((await deploymentOf('instance')).environment, 20)
    expect(JSON.parse(environment.REPOINT_CONFIG ?? '')).toMatchObject({
      settle: { answers: 3, intervalMs: 50, spanMs: 300, flapMs: 1750, readLagMs: 300, bothHealthyMs: 3000 },
      watch: { startedMs: 15_000, completedMs: 3_000, rebootMs: 1_500, healthyMs: 18_000 },
    })
  })

  /** Durations in the function's code that no setting gives, so that they are the same at every speed. */
  const wallTimes = {
    'memory.ts sightingsMs': 'how long a memory is kept: longer costs nothing',
    'watch.ts oldestEventMs': 'which event a report still counts its times from',
    'handler.ts marginMs': 'for real calls at the end of a run; the laboratory gives the function as much more',
    'observe-owners.ts provedMs': 'how long a proof speaks for an address: a shorter one costs a call',
    'observe-owners.ts pursuedMs': 'for how long an address that was not proved is asked about again',
    'progress.ts longestKnownMs': 'which reads of a long run in a crowded account still speak of health',
    'quiet.ts soonMs': 'how long a memory is kept after such a run: longer costs no write',
    'watch.ts patienceAfterHoldMs': 'for a step that waited in a crowded account; the run ends when it is done',
    'prime.ts capMs': 'for real calls while the process starts',
    'adapters/dns.ts timeoutMs': 'for a real answer of a real server',
    'adapters/clients.ts connectionTimeout': 'for a real connection',
    'adapters/clients.ts requestTimeout': 'for a real answer of a real server',
  }

  it('finds every time that decides among the settings: the others are listed with why', async () => {
    const root = new URL('../../functions/reconciler/', import.meta.url)
    const files = (await readdir(root, { recursive: true })).filter(
      name => name.endsWith('.ts') && !name.startsWith('config/'),
    )
    const found = await Promise.all(
      files.map(async name => {
        const text = await readFile(new URL(name, root), 'utf8')
        return [...text.matchAll(/\b(\w+(?:Ms|Timeout))(?: =|:) [\d_]{3,}/g)].map(([, what]) => `${name} ${what}`)
      }),
    )
    expect(found.flat().sort()).toEqual(Object.keys(wallTimes).sort())
  })
})
