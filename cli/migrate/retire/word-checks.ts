import type { RetireCheck } from '../../checks/retire.ts'
import { lastOf, lastPassed, type MigrationStep } from '../../facts/migration-record.ts'
import type { RetireSituation } from '../../facts/retirement-facts.ts'
import { ago } from '../../text/durations.ts'
import { showSpan } from './period.ts'

/** What the record has to say. */

/** A database, its engine and its clients are not the same after a month. */
export const longestDrillMs = 30 * 86_400_000

/** Of the others a failover is not theirs to cause who own the endpoint: one that was watched is as good. */
const isCaused: readonly string[] = ['instance', 'cluster']

/** How a gateway follows a failover is the gateway's matter: whichever consumer looked. */
export const checkDrill = ({ record, database, nowMs }: RetireSituation): RetireCheck => {
  const drills = record.steps.filter(it => it.kind === 'drill' && it.database === database.id && isOfGateway(it))
  const counts = (it: MigrationStep) => it.outcome === 'passed' && (it.applied || !isCaused.includes(database.kind))
  // One that failed afterwards takes its word away.
  const sinceFailure = drills.slice(drills.findLastIndex(({ outcome }) => outcome !== 'passed') + 1)
  const passed = sinceFailure.findLast(counts)
  const last = drills.at(-1)
  const isFresh = passed !== undefined && nowMs - Date.parse(passed.at) <= longestDrillMs
  const shown = passed ?? last
  const watched = passed === undefined && last?.outcome === 'passed' ? ', watched and not caused' : ''
  return {
    check: 'drill',
    what: `a drill on the path through the gateway has passed, not more than ${showSpan(longestDrillMs)} ago`,
    holds: isFresh,
    found:
      shown === undefined
        ? 'the record has none'
        : `${shown.outcome} ${ago(Date.parse(shown.at), nowMs)} by ${shown.by}${watched}`,
    remedy: `\`repoint migrate verify -d ${database.id} --drill\`${isCaused.includes(database.kind) ? ' fails it over once; a failover that was only watched does not do' : '; with --watch where the failover is not yours to cause'}. Afterwards the load balancer has to be quiet again.`,
  }
}

/** Drills are recorded by `migrate verify`, which says which path they were about. */
const isOfGateway = ({ evidence }: MigrationStep): boolean =>
  (evidence as { path?: unknown } | undefined)?.path === 'gateway'

/** Of a consumer, or of the provider whoever's it was. */
export const checkPreflight = (
  { record, database, nowMs }: RetireSituation,
  consumer: string | undefined,
): RetireCheck => {
  const last = lastOf(record, 'preflight', { database: database.id, consumer })
  const whose = consumer === undefined ? '' : `${consumer}: `
  return {
    check: 'preflight',
    what: `${whose}the last preflight has passed`,
    holds: lastPassed(record, 'preflight', database.id, consumer) !== undefined,
    found:
      last === undefined ? 'the record has none' : `${last.outcome} ${ago(Date.parse(last.at), nowMs)} by ${last.by}`,
    remedy: `\`repoint migrate preflight -d ${database.id}${consumer === undefined ? '' : ` --consumer ${consumer}`}\`.`,
  }
}
