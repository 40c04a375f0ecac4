import { strategies, swap } from './cases.ts'
import { type Measured, type RunOptions, runCases } from './run.ts'

/** How long a registration takes the load balancer, and what the failover cost under each strategy then. */
export interface Sweep {
  readonly registrationSeconds: number
  readonly measured: readonly Measured[]
}

export const sweepRegistration = async (
  registrationSeconds: readonly number[],
  options: RunOptions,
): Promise<Sweep[]> => {
  const sweeps: Sweep[] = []
  for (const seconds of registrationSeconds) {
    const propagation = { ...options.propagation, registrationMs: seconds * 1_000 }
    const measured = await runCases([...swap, ...strategies], { ...options, propagation })
    sweeps.push({ registrationSeconds: seconds, measured })
  }
  return sweeps
}
