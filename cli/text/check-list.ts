import { type Finding, isAgainst, type Severity } from '../checks/finding.ts'
import type { Paint } from '../output.ts'

const signs: Readonly<Record<Severity, string>> = {
  ok: 'ok     ',
  notice: 'note   ',
  warning: 'warning',
  problem: 'NOT SO ',
  unknown: 'UNKNOWN',
}
const styles = { ok: 'green', notice: 'cyan', warning: 'yellow', problem: 'red', unknown: 'red' } as const

/** One line a finding, in the order of the checks. */
export const showCheckList = (findings: readonly Finding[], paint: Paint): string =>
  findings
    .map(({ check, severity, fact }) => `  ${paint(styles[severity], signs[severity])} ${check}: ${fact}`)
    .join('\n')

/** What stands against an act, each with its remedy; empty where nothing does. */
export const showAgainst = (findings: readonly Finding[]): string =>
  findings
    .filter(isAgainst)
    .map(({ check, fact, remedy = '' }) => `  ${check}: ${fact} ${remedy}`.trimEnd())
    .join('\n')
