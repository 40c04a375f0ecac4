import type { Call } from '../api/calls.ts'
import type { Moment } from '../model.ts'
import type { RunRecord } from './scenario.ts'

/** Questions to the record of a run. */

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export const dnsFlips = ({ moments }: Pick<RunRecord, 'moments'>): Moment[] =>
  moments.filter(({ lane, what }) => lane === 'dns' && what === 'The endpoint points elsewhere')

export const accepted = ({ calls }: RunRecord, action: string): Call[] =>
  calls.filter(call => call.action === action && call.status === 200)

const beginnings = new Set([
  'The writer stops answering',
  'The old writer refuses connections',
  'Blue and green drop their connections',
  'A zone stops answering',
])

/** When each failover or switchover of the run began. */
export const failoversOf = ({ moments }: Pick<RunRecord, 'moments'>): number[] =>
  moments.filter(({ lane, what }) => lane === 'rds' && beginnings.has(what)).map(({ atMs }) => atMs)

/** The first DNS change to the final writer in the last failover: the numbers of a summary belong to that one. */
export const dnsChange = (record: Pick<RunRecord, 'moments' | 'writerIp'>): Moment | undefined => {
  const beganMs = failoversOf(record).at(-1) ?? Number.NEGATIVE_INFINITY
  const flips = dnsFlips(record).filter(({ atMs }) => atMs >= beganMs)
  return flips.find(({ fields }) => fields.ip === record.writerIp) ?? flips[0]
}

/** From that DNS change to the accepted call by which the new writer is reached: its registration, or its weight. */
export const reactionMs = (record: RunRecord): number | undefined => {
  const flip = dnsChange(record)
  const registered = selections(record).find(call => flip !== undefined && call.atMs >= flip.atMs)
  return flip && registered && registered.atMs - flip.atMs
}

/** Calls by which a writer is chosen, in their order: a registration, or a weight. */
const selections = (record: RunRecord): Call[] =>
  [...accepted(record, 'RegisterTargets'), ...accepted(record, 'ModifyListener')].toSorted((a, b) => a.atMs - b.atMs)

export const registeredMs = (record: RunRecord): number | undefined => {
  const beganMs = failoversOf(record).at(-1) ?? Number.NEGATIVE_INFINITY
  return selections(record).find(({ atMs }) => atMs >= beganMs)?.atMs
}

/** When the last of what has to serve in the end, the writer or a name's addresses, became healthy. */
export const healthyMs = (record: RunRecord): number | undefined => {
  const ips = record.plan === 'addresses' ? record.addresses : [record.writerIp]
  return stateChanges(record).findLast(({ target, state }) => ips.includes(ipOf(target)) && state === 'healthy')?.atMs
}

const ipOf = (target: string): string => target.split(':')[0] ?? ''

interface StateChange {
  readonly atMs: number
  readonly target: string
  readonly from: string
  readonly state: string
  readonly reason?: string
  /** Where there are several target groups. */
  readonly group?: string
}

export const stateChanges = ({ moments }: Pick<RunRecord, 'moments'>): StateChange[] =>
  moments
    .filter(({ lane, fields }) => lane === 'targets' && 'from' in fields && 'state' in fields)
    .map(({ atMs, fields }) => ({ atMs, ...(fields as unknown as Omit<StateChange, 'atMs'>) }))

/** The smallest number of registrations behind the writer's listener that were neither draining nor unused, at any moment. */
export const fewestLive = (record: RunRecord): number => {
  const live = new Set(record.firstTargets)
  let fewest = live.size
  for (const { target, state } of stateChanges(record).filter(
    ({ group }) => group === undefined || group !== record.readerGroup,
  )) {
    if (state === 'draining' || state === 'unused') live.delete(target)
    else live.add(target)
    fewest = Math.min(fewest, live.size)
  }
  return fewest
}

export const liveTargets = ({ targets }: RunRecord) =>
  targets.filter(({ state }) => state !== 'draining' && state !== 'unused')

export const shownTargets = (targets: RunRecord['targets']): string =>
  targets.map(({ ip, state }) => `${ip} ${state}`).join(', ') || 'nothing'

/** The first of its kind. */
export const momentOf = ({ moments }: Pick<RunRecord, 'moments'>, what: string): Moment | undefined =>
  moments.find(moment => moment.what === what)

/** Reasons of the summaries that the function wrote. */
export const reasonsTold = ({ moments }: RunRecord): string[] =>
  moments
    .filter(({ lane, what }) => lane === 'function' && what === 'Reconcile finished')
    .map(({ fields }) => (fields.report as { reason: string }).reason)
