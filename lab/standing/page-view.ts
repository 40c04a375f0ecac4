import { numberPhases } from '../../report/chart/phase-numbers.ts'
import type { DrillRecord } from '../../report/record.ts'
import type { Application } from '../client/application.ts'
import type { WriteCheck } from '../client/writes-table.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { allTargets } from '../cloud/served.ts'
import * as fixture from '../fixture.ts'
import { dnsIpOf, type LiveStory } from './follow-stories.ts'
import { type Headline, headlineOf } from './headline.ts'

type Tone = 'good' | 'bad' | 'wait'

/** One line of what stands beside the chart. */
export interface Fact {
  readonly text: string
  readonly tone?: Tone
}

/** What the page shows at one moment. Seconds are AWS's. */
export interface LabView {
  readonly headline: Headline & { readonly seconds: number }
  readonly writes: string
  readonly story?: {
    readonly title: string
    readonly isOver: boolean
    readonly seconds: number
    readonly summary: string
  }
  readonly phases: readonly {
    readonly number: number
    readonly name: string
    readonly seconds: number
    readonly fromSeconds: number
    readonly isOpen: boolean
  }[]
  readonly facts: readonly { readonly title: string; readonly lines: readonly Fact[] }[]
}

export interface ViewOptions {
  readonly cloud: Cloud
  readonly application: Application
  readonly beganAtMs: number
  readonly story: LiveStory | undefined
  /** Of the story. */
  readonly record: DrillRecord
  readonly checked: WriteCheck | undefined
}

export const viewOf = (options: ViewOptions): LabView => {
  const { cloud, application, story, record, checked } = options
  const nowMs = cloud.time.now()
  const numbers = numberPhases([record])
  const isOver = story?.endedAtMs !== undefined
  const writerIp = cloud.writerIp()
  const headline = headlineOf({
    ...{ nowMs, writerIp, beganAtMs: options.beganAtMs, outages: application.outages, dnsIp: dnsIpOf(cloud) },
    phase: story && !isOver ? record.phases.findLast(({ toMs }) => toMs === undefined) : undefined,
    isWriterHealthy: targetsOf(cloud).some(({ ip, state }) => ip === writerIp && state === 'healthy'),
  })
  const acknowledged = `${application.acknowledged.size.toLocaleString('en')} writes acknowledged`
  return {
    headline: { ...headline, seconds: inSeconds(nowMs - headline.sinceAtMs) },
    writes: checked
      ? `${acknowledged}, ${checked.lost.length === 0 ? 'none' : checked.lost.length} lost`
      : acknowledged,
    ...(story && {
      story: { title: story.title, isOver, seconds: inSeconds(record.endedMs), summary: summaryOf(record, isOver) },
    }),
    phases: record.phases.map(({ until, name, fromMs, toMs }) => ({
      ...{ number: numbers.get(until) ?? 0, name, isOpen: toMs === undefined },
      ...{ seconds: inSeconds((toMs ?? record.endedMs) - fromMs), fromSeconds: inSeconds(fromMs) },
    })),
    facts: factsOf(cloud),
  }
}

const inSeconds = (ms: number): number => Math.max(0, Math.round(ms / 100) / 10)

const summaryOf = ({ probes, endedMs }: DrillRecord, isOver: boolean): string => {
  if (!isOver) return 'It goes on.'
  const of = (id: string) =>
    probes
      .find(probe => probe.id === id)
      ?.outages.reduce((sum, { fromMs, toMs = endedMs }) => sum + toMs - fromMs, 0) ?? 0
  const [fresh, kept] = [of('sql-fresh'), of('sql-kept')].map(inSeconds)
  if (fresh === 0 && kept === 0) return 'It is over: the application noticed nothing.'
  return `It is over: new connections failed for ${fresh} s, the kept one for ${kept} s.`
}

const targetsOf = (cloud: Cloud) => (cloud.hasFrontDoor() ? allTargets(cloud) : [])

const orNone = (lines: readonly Fact[]): readonly Fact[] => (lines.length > 0 ? lines : [{ text: 'none' }])

const targetTone = (state: string): Tone =>
  state === 'healthy' ? 'good' : state.startsWith('unhealthy') ? 'bad' : 'wait'

const factsOf = (cloud: Cloud): LabView['facts'] => {
  const { database, wake, lambda, operations } = cloud
  const writerIp = cloud.writerIp()
  const dnsIp = dnsIpOf(cloud)
  const status = database.rdsView.clusters()[0]?.status ?? database.rdsView.instances()[0]?.status ?? 'unknown'
  const alarms = operations.alarms()
  const ringing = alarms.filter(({ state }) => state === 'ALARM')
  const running = lambda.running()
  return [
    {
      title: 'Load balancer targets',
      lines: orNone(
        targetsOf(cloud).map(({ ip, port, state, reason }) => ({
          text: `${ip}:${port} ${state}${ip === writerIp ? ', the writer' : ''}${reason ? ` (${reason.replace(/^\w+\./, '')})` : ''}`,
          tone: targetTone(state),
        })),
      ),
    },
    {
      title: 'Database (RDS)',
      lines: [{ text: `${status}; the writer is ${writerIp}`, tone: status === 'available' ? 'good' : 'wait' }],
    },
    {
      title: 'DNS of its endpoint',
      lines: [
        dnsIp === writerIp
          ? { text: `${dnsIp}, the writer`, tone: 'good' }
          : { text: `${dnsIp}, not the writer`, tone: 'bad' },
      ],
    },
    {
      title: 'Repoint’s function',
      lines: [
        { text: `${running > 0 ? 'running now' : 'asleep'}; ${lambda.runs.length} runs so far` },
        ...wake.rules.map(
          ({ name, isEnabled }): Fact => ({
            text: `Rule ${name.replace(/^repoint-orders-/, '')}: ${isEnabled ? 'on' : 'off'}`,
            tone: isEnabled ? 'good' : 'wait',
          }),
        ),
        scheduleFact(cloud),
      ],
    },
    {
      title: 'Alarms',
      lines:
        ringing.length === 0
          ? [{ text: `all ${alarms.length} are silent`, tone: 'good' }]
          : ringing.map(({ name, description }) => ({
              text: `${name.replace(/^repoint-orders-/, '')}: ${description.replace(/\. docs\/.*$/, '')}`,
              tone: 'bad',
            })),
    },
    ...pathsOf(cloud),
  ]
}

const scheduleFact = ({ wake: { schedule } }: Cloud): Fact => {
  if (schedule.isGone) return { text: 'Schedule: gone', tone: 'wait' }
  if (schedule.state === 'DISABLED') return { text: 'Schedule: off', tone: 'wait' }
  return { text: `Schedule: on, ${schedule.expression.replace(/^rate\(1? ?(.*)\)$/, 'every $1')}`, tone: 'good' }
}

/** Records of the consumer's hosted zones, and who is connected through its endpoints. */
const pathsOf = ({ resources, consumer }: Cloud): LabView['facts'] => {
  const lines = [
    ...resources.hostedZones.flatMap(({ records = [] }) =>
      records.map(({ setIdentifier = 'simple', weight }) => ({
        text: `${setIdentifier}: ${weight === undefined ? 'always' : `weight ${weight}`}`,
      })),
    ),
    ...resources.vpcEndpoints.map(({ id, type = 'Interface' }) => ({
      text: `${type} endpoint: ${consumer.endpoints.active(id)} open connections`,
    })),
  ]
  return lines.length === 0 ? [] : [{ title: `Paths of the consumer ${fixture.consumer.name}`, lines }]
}
