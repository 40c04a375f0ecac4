import type { Severity } from '../../checks/finding.ts'
import type { About } from '../../facts/about.ts'
import { pathTitles } from '../../facts/path-facts.ts'
import { sentence, showProof } from '../../text/log-proof.ts'
import type { OwnStep } from '../record-step.ts'
import type { DrilledBothPaths } from './drill.ts'
import type { Examined } from './result.ts'

/** A step with the facts and figures that whoever asks for it later can go by. */
interface ProvenStep extends OwnStep {
  readonly evidence: Readonly<Record<string, unknown>>
}

/** Only what is proved has passed: `retire` and `shift` go by it. */
export const verifyStep = (examined: Examined): ProvenStep => {
  const { outcome, about, paths, lookups, weights, writer, proof, findings } = examined
  return {
    kind: 'verify',
    applied: false,
    outcome: outcome === 'passed' ? 'passed' : 'failed',
    summary: summaryOf(examined),
    evidence: {
      about,
      isWaiting: outcome === 'waiting',
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
      problems: factsOf(findings, 'problem'),
      unknowns: factsOf(findings, 'unknown'),
    },
  }
}

const factsOf = (findings: Examined['findings'], severity: Severity) =>
  findings.filter(it => it.severity === severity).map(({ check, fact }) => ({ check, fact }))

/** What speaks against it first. */
const summaryOf = ({ outcome, proof, findings }: Examined): string => {
  const [worst] = [...factsOf(findings, 'problem'), ...factsOf(findings, 'unknown')]
  if (outcome !== 'passed' && worst !== undefined) return worst.fact
  return proof === undefined ? 'There was nothing to verify.' : sentence(showProof(proof))
}

export const drillStep = (
  { outcome, outages, checks, log, writer, nlb, gateway }: DrilledBothPaths,
  { marginMs, isWatching, about }: { marginMs: number; isWatching: boolean; about: About },
): ProvenStep => ({
  kind: 'drill',
  applied: !isWatching,
  outcome: outcome === 'passed' ? 'passed' : 'failed',
  summary: `One failover on both paths (${nlb.cause}): ${outages
    .map(
      ({ name, nlbMs, gatewayMs }) =>
        `${name}: ${nlbMs} ms through the load balancer, ${gatewayMs} ms through the gateway`,
    )
    .join('; ')}.`,
  evidence: {
    about,
    path: 'gateway',
    drill: outcome,
    startedAt: gateway.startedAt,
    cause: gateway.cause,
    marginMs,
    outages,
    checks: [...gateway.verdict.checks.filter(({ what }) => !checks.some(it => it.what === what)), ...checks],
    log,
    writer,
    nlb: { outcome: nlb.verdict.outcome, checks: nlb.verdict.checks },
  },
})
