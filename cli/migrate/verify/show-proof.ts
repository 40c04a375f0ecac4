import { showDuration, showTime } from '../../render/durations.ts'
import type { MatchedBy, Proof } from './proof.ts'

const how: Readonly<Record<MatchedBy, string>> = {
  source: 'found by our own port',
  endpoint: 'found by our endpoint and the time',
}

/** What the access log proves, without a full stop. */
export const showProof = (proof: Proof): string => {
  if (proof.kind === 'proved') {
    const { record, matchedBy } = proof
    return `The access log has our connection of ${showTime(record.atMs)} (${how[matchedBy]}): the gateway reached ${record.resource}, and that is the writer`
  }
  if (proof.kind === 'disproved') {
    const { record, matchedBy, writer } = proof
    return `The access log has our connection of ${showTime(record.atMs)} (${how[matchedBy]}): the gateway reached ${record.resource}, and the writer is ${writer.join(', ')}`
  }
  if (proof.kind === 'not-delivered') {
    return `the access log has nothing of our connection after ${showDuration(proof.waitedMs)}; it is delivered within 2 minutes typically, and by best effort`
  }
  if (proof.kind === 'nothing-to-compare') {
    return `the gateway reached ${proof.record.resource}, and ${proof.why}`
  }
  return proof.why
}
