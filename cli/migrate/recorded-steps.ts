import { type Finding, isAgainst } from '../checks/finding.ts'
import type { About } from '../facts/migration-record.ts'
import { countFindings } from '../text/findings.ts'
import { pathTitles } from '../text/path-titles.ts'
import { sentence, showProof } from '../text/proof-sentence.ts'
import type { OwnStep } from './record-step.ts'
import type { DrilledPaths } from './verify/drill-paths.ts'
import type { Examined } from './verify/result.ts'

/** What preflight, verify and drill leave in the record: whoever decides later goes by it. */

/**
 * A check that saw nothing has found nothing. What nobody could read by design is a notice and not unknown: accounts of
 * MySQL without credentials, AWS's behaviour that is UNCONFIRMED.
 */
export const preflightOutcome = (findings: readonly Finding[]): 'passed' | 'failed' =>
  findings.some(isAgainst) ? 'failed' : 'passed'

/** The verdict in one sentence. */
export const sayPreflight = (findings: readonly Finding[]): string => {
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
export const preflightStep = (findings: readonly Finding[], about: About): Extract<OwnStep, { kind: 'preflight' }> => ({
  kind: 'preflight',
  applied: false,
  outcome: preflightOutcome(findings),
  summary: sayPreflight(findings),
  evidence: {
    about,
    counts: countFindings(findings),
    findings: findings.filter(({ severity }) => severity !== 'ok' && severity !== 'notice'),
  },
})

/** Only what is proved has passed: `retire` and `shift` go by it. */
export const verifyStep = (examined: Examined): Extract<OwnStep, { kind: 'verify' }> => {
  const { outcome, about, paths, lookups, weights, writer, proof, findings } = examined
  return {
    kind: 'verify',
    applied: false,
    outcome,
    summary: summaryOf(examined),
    evidence: {
      about,
      paths: paths.map(({ path, endpointId, client, sql }) => ({
        path,
        title: pathTitles[path],
        endpointId,
        addresses: client.addresses,
        attempts: client.attempts,
        ...(sql === undefined ? {} : { sql }),
      })),
      lookups: { name: lookups.name, asked: lookups.asked, led: lookups.led, elsewhere: lookups.elsewhere },
      ...(weights === undefined ? {} : { weights }),
      ...(writer === undefined ? {} : { writer }),
      ...(proof === undefined ? {} : { proof }),
      findings: findings.filter(isAgainst),
    },
  }
}

/** What speaks against it first. */
const summaryOf = ({ outcome, proof, findings }: Examined): string => {
  const against = findings.filter(isAgainst)
  const worst = against.find(({ severity }) => severity === 'problem') ?? against[0]
  if (outcome !== 'passed' && worst !== undefined) return worst.fact
  return proof === undefined ? 'There was nothing to verify.' : sentence(showProof(proof))
}

export const drillStep = (
  { outcome, outages, checks, log, writer, nlb, gateway }: DrilledPaths,
  { marginMs, isWatching, about }: { marginMs: number; isWatching: boolean; about: About },
): Extract<OwnStep, { kind: 'drill' }> => ({
  kind: 'drill',
  applied: !isWatching,
  outcome,
  summary: `One failover ${nlb ? 'on both paths' : 'through the gateway'} (${gateway.cause}): ${
    nlb
      ? outages
          .map(
            ({ name, nlbMs, gatewayMs }) =>
              `${name}: ${nlbMs} ms through the load balancer, ${gatewayMs} ms through the gateway`,
          )
          .join('; ')
      : gateway.verdict.sentence.replace(/\.$/, '')
  }.`,
  evidence: {
    about,
    path: 'gateway',
    startedAt: gateway.startedAt,
    cause: gateway.cause,
    marginMs,
    outages,
    checks: [...gateway.verdict.checks.filter(({ what }) => !checks.some(it => it.what === what)), ...checks],
    log,
    writer,
    ...(nlb && { nlb: { outcome: nlb.verdict.outcome, checks: nlb.verdict.checks } }),
  },
})
