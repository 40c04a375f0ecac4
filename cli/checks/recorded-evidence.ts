import { aboutIn, aboutOf, whatChanged } from '../facts/about.ts'
import type { MigrationFacts } from '../facts/migration-facts.ts'
import type { MigrationRecord, MigrationStep } from '../facts/migration-record.ts'
import { ago } from '../text/durations.ts'

export const longestWordMs = 7 * 86_400_000
/** Clocks of two people differ; a step of tomorrow is no word at all. */
const clockMs = 5 * 60_000

export interface Word {
  readonly holds: boolean
  readonly found: string
}

/**
 * Whether the record's last preflight or verify is a word to go by: of this consumer, passed, recent, about the gateway's
 * way that is there now, and nothing since has spoken against it.
 */
export const wordOf = (
  kind: 'preflight' | 'verify',
  {
    facts,
    record,
    nowMs,
  }: { readonly facts: MigrationFacts; readonly record: MigrationRecord; readonly nowMs: number },
): Word => {
  const steps = record.steps.filter(it => it.database === facts.database.id && it.consumer === facts.consumer?.name)
  const index = steps.findLastIndex(it => it.kind === kind)
  const last = steps[index]
  if (last === undefined) return { holds: false, found: 'the record has none' }
  const ageMs = nowMs - Date.parse(last.at)
  const said = `${last.outcome} ${ago(Date.parse(last.at), nowMs)} by ${last.by}`
  if (last.outcome !== 'passed' || ageMs > longestWordMs) return { holds: false, found: said }
  if (ageMs < -clockMs) return { holds: false, found: `it says ${last.at}, which is to come` }
  const about = aboutIn(last)
  // Steps of before did not say what they were about.
  const changed = Object.keys(about).length === 0 ? undefined : whatChanged(about, aboutOf(facts))
  if (changed !== undefined) return { holds: false, found: `${said}, about other resources: ${changed}` }
  const against = kind === 'verify' ? steps.slice(index + 1).findLast(isAgainst) : undefined
  if (against === undefined) return { holds: true, found: said }
  return {
    holds: false,
    found: `${said}; since then a ${against.kind} ${against.kind === 'drill' ? 'failed' : 'took all of it back'}`,
  }
}

/** Somebody saw the path through the gateway fail, or went back from it. */
const isAgainst = ({ kind, outcome, applied }: MigrationStep): boolean =>
  kind === 'drill' ? outcome === 'failed' : applied && (kind === 'rollback' || outcome === 'rolled-back')
