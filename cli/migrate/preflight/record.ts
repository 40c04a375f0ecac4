import { type Finding, isAgainst } from '../../checks/finding.ts'
import type { About } from '../../facts/migration-record.ts'
import { countFindings } from '../../text/findings.ts'
import type { OwnStep } from '../record-step.ts'

export type PreflightOutcome = 'passed' | 'failed'

/**
 * A check that saw nothing has found nothing. What nobody could read by design is a notice and not unknown: accounts of
 * MySQL without credentials, AWS's behaviour that is UNCONFIRMED.
 */
export const outcomeOf = (findings: readonly Finding[]): PreflightOutcome =>
  findings.some(isAgainst) ? 'failed' : 'passed'

/** The verdict in one sentence. */
export const sayOutcome = (findings: readonly Finding[]): string => {
  const named = (severity: Finding['severity']) => [
    ...new Set(findings.filter(it => it.severity === severity).map(({ check }) => check)),
  ]
  const { problem, warning, unknown } = countFindings(findings)
  const parts = [
    ...(problem > 0 ? [`${problem} ${problem === 1 ? 'problem' : 'problems'}: ${named('problem').join(', ')}.`] : []),
    ...(unknown > 0 ? [`${unknown} could not be judged: ${named('unknown').join(', ')}.`] : []),
  ]
  return parts.length > 0 ? parts.join(' ') : `No problem; ${warning} to warn of, nothing unknown.`
}

/** What a preflight says in the migration's record. Evidence is what somebody has to know later: all but what is well. */
export const preflightStep = (findings: readonly Finding[], about: About): OwnStep => ({
  kind: 'preflight',
  applied: false,
  outcome: outcomeOf(findings),
  summary: sayOutcome(findings),
  evidence: {
    about,
    counts: countFindings(findings),
    findings: findings
      .filter(({ severity }) => severity !== 'ok' && severity !== 'notice')
      .map(({ check, severity, fact }) => ({ check, severity, fact })),
  },
})
