import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Lane, Moment } from '../../lab/model.ts'
import { sayMoment } from '../../lab/standing/moment-sentences.ts'
import { type LogEntry, openLog } from '../../lab/standing/page-log.ts'
import { startTimeline } from '../../lab/timeline.ts'

const moment = (lane: Lane, what: string, fields: Record<string, unknown> = {}): Moment => ({
  atMs: 0,
  lane,
  what,
  fields,
})
const quiet = { report: { outcome: 'in-sync', reason: 'already-in-sync', trigger: { kind: 'resync' } } }

const openAt = () => {
  let nowMs = 0
  const timeline = startTimeline({ now: () => nowMs })
  const shown = new Map<number, LogEntry>()
  const log = openLog(timeline, entry => shown.set(entry.id, entry))
  const at = (ms: number, lane: Lane, what: string, fields: Record<string, unknown> = {}) => {
    nowMs = ms
    timeline.record(lane, what, fields)
  }
  return { at, log, texts: () => [...shown.values()].map(({ at, text }) => `${at} ${text}`.trim()) }
}

describe('the log of the page', () => {
  it('folds runs of the schedule that find everything in place, until something happens', () => {
    const { at, texts, log } = openAt()
    for (const minute of [1, 2, 3]) at(minute * 60_000, 'function', 'Reconcile finished', quiet)
    at(200_000, 'rds', 'The writer stops answering', { ip: '10.0.1.10' })
    at(240_000, 'function', 'Reconcile finished', quiet)

    expect(texts()).toEqual([
      '180.0 s 3 scheduled runs find everything in place.',
      '200.0 s The writer 10.0.1.10 stops answering.',
      '240.0 s The scheduled run finds everything in place.',
    ])
    expect(log.entries.length).toBe(3)
  })

  it('counts from the beginning of a story', () => {
    const { at, texts, log } = openAt()
    log.begin('Failover', 500_000)
    at(513_500, 'dns', 'The endpoint points elsewhere', { ip: '10.0.2.20' })

    expect(texts()).toEqual(['Failover', "13.5 s The database's DNS name leads to 10.0.2.20 now."])
  })

  it('leaves out reads', () => {
    const { at, texts } = openAt()
    at(0, 'api', 'DescribeTargetHealth', { targets: 'none', status: 200 })
    expect(texts()).toEqual([])
  })

  it('says who was refused', () => {
    const said = (fields: object) => sayMoment(moment('api', 'RegisterTargets', { targets: 'a:1', ...fields }))?.text
    expect([said({}), said({ error: 'Throttling' }), said({ caller: 'operator' })]).toEqual([
      'Repoint registers a:1.',
      'AWS refuses to let Repoint register a:1: Throttling.',
      'You register a:1.',
    ])
  })

  it('is sentences for everything that the lab records, and never JSON', () => {
    const recorded = globSync('lab/**/*.ts').flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/record\('(\w+)',\s*'([^']+)'/g)].map(([, lane, what]) => ({
        lane,
        what,
      })),
    )
    expect(recorded.length).toBeGreaterThan(20)
    const nested = {
      ip: '10.0.1.10',
      report: { outcome: 'waiting', reason: 'throttled' },
      error: 'refused',
      x: { y: 1 },
    }
    for (const { lane, what } of recorded) {
      const said = sayMoment(moment(lane as Lane, what ?? '', nested))
      if (said) expect(said.text, `${lane} ${what}`).toMatch(/^[^{}[\]]+$/)
    }
  })
})
