/**
 * Runs the handler of REPOINT_BENCH_TARGET and adds what only the process itself knows: CPU time of the invocation and
 * its peak memory so far. Used for the figures of CPU and memory; times are taken without it.
 */
import { readFileSync } from 'node:fs'

const { handler: measured } = await import(process.env.REPOINT_BENCH_TARGET)

export const handler = async (event, context) => {
  const before = process.cpuUsage()
  const reply = await measured(event, context)
  const { user, system } = process.cpuUsage(before)
  return { reply, cpuMs: (user + system) / 1000, peakKb: peakKb() }
}

/** VmHWM: `maxRSS` of a child also counts what its parent used before exec. */
const peakKb = () => {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}
