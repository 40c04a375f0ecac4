import type { Standing } from '../facts/standing.ts'
import { inline } from '../terminal.ts'

export const showStanding = (standing: Standing): string => {
  if (standing.kind === 'at') {
    const { stage, percent } = standing
    return stage === 'shift' && percent !== undefined ? `shift, ${percent} % through the gateway` : stage
  }
  if (standing.kind === 'new') return 'nothing is deployed'
  return inline(standing.kind === 'between' ? `between stages: ${standing.odd}` : `not known: ${standing.why}`)
}
