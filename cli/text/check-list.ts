import type { Finding, Severity } from '../checks/finding.ts'
import type { Paint } from '../output.ts'
import { inlineAll } from '../terminal.ts'

const styles = { ok: 'green', notice: 'cyan', warning: 'yellow', problem: 'red', unknown: 'magenta' } as const

/** What was checked before an act, one line a finding, in the order of the checks. */
export const showCheckList = (findings: readonly Finding[], paint: Paint): string =>
  inlineAll(findings)
    .map(({ check, severity, fact }) => `  ${paint(styles[severity], severity.padEnd(7))} ${check}: ${fact}`)
    .join('\n')

const against: readonly Severity[] = ['problem', 'unknown']

/** What stands against an act, each with its remedy; empty where nothing does. */
export const showAgainst = (findings: readonly Finding[]): string =>
  inlineAll(findings)
    .filter(({ severity }) => against.includes(severity))
    .map(({ check, fact, remedy = '' }) => `  ${check}: ${fact} ${remedy}`.trimEnd())
    .join('\n')
