import type { Proof } from '../checks/log-proof.ts'
import { inline } from '../terminal.ts'
import { showDuration, showTime } from './durations.ts'

/** What the access log proves, without a capital and a full stop. */
export const showProof = (proof: Proof): string => inline(sayProof(proof))

const sayProof = (proof: Proof): string => {
  switch (proof.kind) {
    case 'proved':
      return `${sayWhose(proof)}: the gateway reached ${proof.record.resource}, and that is the writer`
    case 'disproved':
      return `${sayFound(proof)}, that of ${showTime(proof.record.atMs)} among them: the gateway reached ${proof.record.resource}, and the writer is ${proof.writer.join(', ')}`
    case 'incomplete':
      return `${sayFound(proof)}, and ${proof.why}`
    case 'not-delivered':
      return `the access log has none of our ${proof.connections} connections after ${showDuration(proof.waitedMs)}; it is delivered within 2 minutes typically, and by best effort`
    case 'nothing-to-compare':
      return `the gateway reached ${proof.record.resource}, and ${proof.why}`
    case 'not-tried':
      return proof.why
  }
}

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const sayFound = ({ found, connections }: { found: number; connections: number }): string =>
  `the access log has ${found === connections && found > 1 ? `all ${found}` : found === 0 ? 'none' : `${found}`} of our ${count(connections)} by ${found === 1 ? 'its' : 'their'} own port${found === 0 ? ' (through a tunnel or an address translation it shows another)' : ''}`

const count = (connections: number): string => (connections === 1 ? '1 connection' : `${connections} connections`)

const sayWhose = (proof: Extract<Proof, { kind: 'proved' }>): string =>
  proof.matchedBy === 'source'
    ? sayFound(proof)
    : `${sayFound(proof)}, and connections through our endpoint since ${showTime(proof.sinceMs)}`
