import { delays } from '../delays.ts'

/** How the cluster endpoint changes over. */
export interface ClusterFailover {
  /** Scenario milliseconds from the started event to the DNS change. */
  readonly dnsFlipMs?: number
  /** The cluster endpoint alternates between both writers for a while before it stays on the new one. */
  readonly flapping?: boolean
}

export interface Flip {
  readonly atMs: number
  readonly to: 'old' | 'new'
}

export const dnsFlips = ({ dnsFlipMs = delays.auroraDnsFlip.value, flapping = false }: ClusterFailover): Flip[] => {
  const flips: Flip[] = [{ atMs: dnsFlipMs, to: 'new' }]
  if (!flapping) return flips
  const step = delays.auroraFlapInterval.value
  for (let atMs = step; atMs < delays.auroraFlapping.value; atMs += step) {
    flips.push({ atMs: dnsFlipMs + atMs, to: flips.length % 2 === 1 ? 'old' : 'new' })
  }
  return [...flips, { atMs: dnsFlipMs + delays.auroraFlapping.value, to: 'new' }]
}
