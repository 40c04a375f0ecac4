import type { DrillRecord } from '../../report/record.ts'
import { endpointsOf } from '../aws/profiles.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What leads a command somewhere else than to AWS, and whether what it finds is evidence about AWS. */
export interface Laboratory {
  /** One sentence a setting, for stderr and for records. None where everything goes to AWS. */
  readonly notices: readonly string[]
  /** Calls are answered by somebody else than AWS: what is recorded is laboratory evidence. */
  readonly isInForce: boolean
  /** How many times faster than AWS it runs. */
  readonly speed: number
}

/** Hosts of AWS, a VPC endpoint's included: https://docs.aws.amazon.com/general/latest/gr/rande.html */
const ofAws = /(^|\.)(amazonaws\.(com(\.cn)?|eu)|api\.aws)$/

export const laboratoryOf = (env: Environment): Laboratory => {
  const endpoints = endpointsOf(env).map(({ setting, url }) => ({
    setting,
    host: URL.canParse(url) ? new URL(url).host : 'what is no URL',
  }))
  const isInForce = endpoints.some(({ host }) => !ofAws.test(host.replace(/:\d+$/, '')))
  const speed = isInForce ? readSpeed(env.REPOINT_LAB_SPEED) : 1
  return {
    isInForce,
    speed,
    notices: [
      ...endpoints.map(({ setting, host }) => `${setting} is set: calls go to ${host}.`),
      ...(env.REPOINT_CONNECT_TO
        ? ['REPOINT_CONNECT_TO is set: connections to the places that it names go elsewhere.']
        : []),
      ...(isInForce ? ['This is not AWS: what is recorded is laboratory evidence.'] : []),
      ...(speed === 1 ? [] : [`The laboratory runs ${speed} times faster than AWS.`]),
    ],
  }
}

/** What nobody could rehearse with is no speed. */
const readSpeed = (text: string | undefined): number => {
  const speed = Number(text ?? 1)
  return speed > 0 && speed <= 1_000 ? speed : 1
}

/** A drill's record as evidence of where it was made: a laboratory's says so, with its times as they would be on AWS. */
export const withLaboratory = (record: DrillRecord, { notices, isInForce, speed }: Laboratory): DrillRecord => {
  const notes = [...notices, ...record.notes]
  if (!isInForce) return { ...record, notes }
  const said = speed === 1 ? [] : ['Its times were multiplied: they are shown as they would be on AWS.']
  return { ...stretch(record, speed), kind: 'rehearsal', speed, notes: [...notices, ...said, ...record.notes] }
}

const stretch = (record: DrillRecord, speed: number): DrillRecord => {
  const times = (all: readonly number[]) => all.map(ms => Math.round(ms * speed))
  const at = <T extends { readonly atMs?: number | undefined }>(one: T): T =>
    one.atMs === undefined ? one : { ...one, atMs: one.atMs * speed }
  const between = <T extends { readonly fromMs: number; readonly toMs?: number | undefined }>(one: T): T => ({
    ...one,
    fromMs: one.fromMs * speed,
    ...(one.toMs === undefined ? {} : { toMs: one.toMs * speed }),
  })
  return {
    ...record,
    beganMs: record.beganMs * speed,
    endedMs: record.endedMs * speed,
    milestones: record.milestones.map(at),
    phases: record.phases.map(between),
    spans: record.spans.map(between),
    moments: record.moments.map(at),
    probes: record.probes.map(probe => ({
      ...probe,
      everyMs: probe.everyMs * speed,
      ...(probe.patienceMs === undefined ? {} : { patienceMs: probe.patienceMs * speed }),
      attempts: { ...probe.attempts, atMs: times(probe.attempts.atMs), tookMs: times(probe.attempts.tookMs) },
      outages: probe.outages.map(between),
    })),
  }
}
