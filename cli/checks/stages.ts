import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { showStanding } from '../text/standing.ts'
import { type Check, ok, problem } from './finding.ts'
import { differences } from './stage-drift.ts'

export const stages: Check<PreflightFacts> = {
  name: 'stages',
  question: 'Is each side at a stage, and is it the one that the settings say?',
  judge: facts => {
    const { provider, consumerSide } = facts
    const sides = [
      { side: 'provider', standing: provider.standing },
      ...(consumerSide === undefined ? [] : [{ side: 'consumer', standing: consumerSide.standing }]),
    ]
    return [
      ...sides.map(({ side, standing }) => {
        const text = `The ${side}: ${showStanding(standing).replace(/\.$/, '')}.`
        if (standing.kind === 'between') return problem(text, standing.remedy)
        return standing.kind === 'unknown' ? { severity: 'unknown' as const, fact: text } : ok(text)
      }),
      ...differences(facts),
    ]
  },
}
