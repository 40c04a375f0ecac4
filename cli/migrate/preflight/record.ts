import type { Finding } from '../../doctor/finding.ts'
import { countFindings } from '../../doctor/render.ts'
import type { OwnStep } from '../record-step.ts'

/** What a preflight says in the migration's record. Evidence is what somebody has to know later: all but what is well. */
export const preflightStep = (findings: readonly Finding[]): OwnStep => {
  const counts = countFindings(findings)
  const problems = findings.filter(({ severity }) => severity === 'problem')
  return {
    kind: 'preflight',
    applied: false,
    outcome: problems.length > 0 ? 'failed' : 'passed',
    summary:
      problems.length > 0
        ? `${counts.problem} ${counts.problem === 1 ? 'problem' : 'problems'}: ${[...new Set(problems.map(it => it.check))].join(', ')}.`
        : `No problem; ${counts.warning} to warn of, ${counts.unknown} unknown.`,
    evidence: {
      counts,
      findings: findings
        .filter(({ severity }) => severity !== 'ok' && severity !== 'notice')
        .map(({ check, severity, fact }) => ({ check, severity, fact })),
    },
  }
}
