type Fields = Readonly<Record<string, unknown>>

/**
 * A step of a record that an earlier version wrote, as this one writes it. Paths were called ways; a check was a sentence
 * that held or not; and what was only waiting for the access log had failed.
 */
export const upgradeStep = (step: unknown): unknown => {
  if (!isFields(step) || !('evidence' in step)) return step
  const { evidence, ...rest } = step
  if (Array.isArray(evidence)) return { ...step, evidence: { findings: evidence.map(upgradeCheck) } }
  if (!isFields(evidence)) return step
  const { way, ways, isWaiting, drill, problems, unknowns, checks, ...same } = evidence
  // Those of a drill are of its own record, as they still are.
  const isOfDrill = step.kind === 'drill'

  const isOpen = step.outcome === 'failed' && (isWaiting === true || drill === 'waiting')
  const findings = [
    ...(Array.isArray(same.findings) ? same.findings : []),
    ...weighed('problem', problems),
    ...weighed('unknown', unknowns),
    ...(Array.isArray(checks) && !isOfDrill ? checks.map(upgradeCheck) : []),
  ]
  return {
    ...rest,
    ...(isOpen ? { outcome: 'waiting' } : {}),
    evidence: {
      ...same,
      ...(isOfDrill && checks !== undefined ? { checks } : {}),
      ...(way === undefined ? {} : { path: way }),
      ...(Array.isArray(ways) ? { paths: ways.map(upgradePath) } : {}),
      ...(findings.length > 0 || step.kind === 'retire' || step.kind === 'verify' ? { findings } : {}),
    },
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const upgradePath = (value: unknown): unknown => {
  if (!isFields(value) || !('way' in value)) return value
  const { way, ...rest } = value
  return { ...rest, path: way }
}

const upgradeCheck = (value: unknown): unknown => {
  if (!isFields(value) || !('what' in value)) return value
  const { what, holds, found, check = 'check', cure } = value
  return {
    check,
    severity: holds === true ? 'ok' : 'problem',
    fact: `${what} (${found})`,
    ...(cure === undefined ? {} : { remedy: cure }),
  }
}

const weighed = (severity: string, facts: unknown): unknown[] =>
  Array.isArray(facts) ? facts.map(it => ({ severity, ...it })) : []
