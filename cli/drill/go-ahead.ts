import type { Dns } from '../../functions/reconciler/ports.ts'
import { askLine } from '../ask-line.ts'
import { isInterruption } from '../aws/explain.ts'
import { type Finding, isAgainst } from '../checks/finding.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { CliError, UsageError } from '../failure.ts'
import { inline } from '../terminal.ts'
import { showIntent } from '../text/drill.ts'
import { showCheckList } from '../text/findings.ts'
import type { DrillPlan } from './intent.ts'
import { probesOf } from './probers.ts'
import { proveProbes } from './proof.ts'
import { refusal } from './readiness.ts'

export interface ReadyDrill {
  readonly drill: DrillPlan
  readonly checks: readonly Finding[]
}

export interface WantedDrill {
  readonly wanted: DrillPlan
  /** What was found before anything was probed. */
  readonly ready: readonly Finding[]
  /** Whom the database's side asks for names. */
  readonly dns: Dns
  /** What a refusal has beside its checks, for programs. */
  readonly about?: object
}

/**
 * Proves the probes, and shows what a drill will do and whether it may. @throws CliError with exit code 5 where something
 * stands against it; nothing was done then
 */
export const goAhead = async (
  { out }: Pick<Context, 'out'>,
  { wanted, ready, dns, about = {} }: WantedDrill,
  probes = probesOf,
): Promise<ReadyDrill> => {
  // Probing comes last: it must do no harm.
  const { findings, plan } = ready.some(isAgainst)
    ? { findings: [], plan: wanted }
    : await proveProbes(wanted, dns, probes)
  const checks = [...ready, ...findings]
  out.note(showIntent(plan))
  out.note(showCheckList(checks, out.paint))
  const against = checks.filter(isAgainst)
  if (against.length === 0) return { drill: plan, checks }
  if (out.isJson) out.result('', { outcome: 'refused', ...about, checks })
  throw new CliError(refusal(wanted.database.id, against), exitCodes.refused)
}

/** A failover is not done by a slip of the return key: the name has to be typed. @throws CliError where it is not. */
export const askForGo = async (id: string, signal: AbortSignal): Promise<void> => {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `There is no terminal to confirm that ${id} may be failed over: pass --yes to go on without a confirmation.`,
    )
  }
  const answer = await askLine(`Type ${inline(id)} to fail it over, anything else to leave it alone:`, signal).catch(
    (error: unknown) => {
      if (isInterruption(error)) return ''
      throw error
    },
  )
  if (answer !== id) throw new CliError('Nothing was done.', exitCodes.interrupted)
}
