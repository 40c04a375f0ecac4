import { phasesBetween } from '../../report/measure.ts'
import type { Span } from '../../report/record/words.ts'
import { type DrillRecord, recordFormat, recordVersion } from '../../report/record.ts'
import { spansOf } from '../../report/spans.ts'
import type { Sample } from '../client/worker.ts'
import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'
import type { Underway } from '../lambda/lambda-function.ts'
import {
  invocationsOf,
  milestonesOf,
  probesOf,
  type Story,
  preludeMs as shortPreludeMs,
  sightsOf,
} from '../report/story.ts'
import { type LiveStory, standingOf } from './follow-stories.ts'

export interface LiveRecordOptions {
  readonly cloud: Cloud
  readonly samples: readonly Sample[]
  readonly story: LiveStory
}

/** What is known of a story so far, in the form that its report would have: the chart is drawn from it. */
export const liveRecordOf = ({ cloud, samples: all, story }: LiveRecordOptions): DrillRecord => {
  const { beganAtMs, before, moments, preludeMs = shortPreludeMs } = story
  const { kind, time } = cloud
  const endedMs = Math.round((story.endedAtMs ?? time.now()) - beganAtMs)
  const samples = all
    .filter(({ atMs }) => atMs >= beganAtMs - preludeMs && atMs - beganAtMs <= endedMs)
    .map(sample => ({ ...sample, atMs: sample.atMs - beganAtMs }))
  const told: Story = {
    ...{ moments, writerIp: cloud.writerIp(), isMoving: story.isFailover },
    ...{ firstTargets: before.targets, firstIp: before.dnsIp, preludeMs },
  }
  const probes = probesOf(samples)
  const milestones = milestonesOf(told, probes)
  const running = story.endedAtMs === undefined ? cloud.lambda.underway() : []
  return {
    format: recordFormat,
    version: recordVersion,
    kind: 'rehearsal',
    title: story.title,
    startedAt: new Date(0).toISOString(),
    beganMs: -preludeMs,
    endedMs,
    speed: time.speed,
    cause: story.title,
    database: { id: 'orders', kind, endpoint: fixture.endpoints[kind], port: fixture.port },
    frontDoor: { kind: 'nlb', name: fixture.loadBalancer.name, keeper: 'with Repoint' },
    verdict: { outcome: 'measured', sentence: story.title, checks: [] },
    milestones,
    phases: phasesBetween(milestones),
    probes,
    spans: [
      ...spansOf(sightsOf(told, kind)),
      ...invocationsOf(moments, time.speed),
      ...running.map(one => runningSpan(one, story)),
    ].filter(({ fromMs }) => fromMs <= endedMs),
    moments: moments.filter(({ atMs }) => atMs <= endedMs).map(one => ({ ...one, fields: { ...one.fields } })),
    reports: [],
    notes: [],
  }
}

const runningSpan = ({ payload, startedAtMs }: Underway, { beganAtMs }: LiveStory): Span => {
  const { detail } = (payload ?? {}) as { detail?: { EventID?: string } }
  return {
    lane: 'function',
    subject: detail?.EventID ?? 'resync',
    state: 'running',
    detail: 'running',
    fromMs: Math.round(startedAtMs - beganAtMs),
  }
}

/** Before anything has happened: the last two minutes, whose end is now. */
export const quietStory = (cloud: Cloud): LiveStory => {
  const nowMs = cloud.time.now()
  return {
    title: 'The last two minutes',
    isFailover: false,
    beganAtMs: nowMs,
    endedAtMs: nowMs,
    preludeMs: quietMs,
    before: standingOf(cloud),
    moments: cloud.timeline.moments
      .filter(({ atMs }) => atMs >= nowMs - quietMs)
      .map(moment => ({ ...moment, atMs: Math.round(moment.atMs - nowMs) })),
  }
}

const quietMs = 120_000
