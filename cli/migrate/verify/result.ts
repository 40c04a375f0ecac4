import type { Finding } from '../../checks/finding.ts'
import type { Verified } from '../../checks/verify.ts'
import { judgeVerified, outcomeOf, type VerifyOutcome } from '../../checks/verify.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { aboutOf } from '../../facts/about.ts'
import { laterQueries } from '../../facts/access-log.ts'
import type { About } from '../../facts/migration-record.ts'
import { countFindings } from '../../text/findings.ts'
import { accessLogOf, slackMs, type VerifyPlan, verify } from './verify-paths.ts'

export interface Examined extends Verified {
  readonly title: string
  readonly about: About
  readonly outcome: VerifyOutcome
  readonly exitCode: ExitCode
  readonly findings: readonly Finding[]
  /** How to look at the access log later, where it has proved nothing yet. */
  readonly later?: { readonly insights: string; readonly command: string }
  /** All of it, for programs. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Verifies both paths, and judges what was found. */
export const examine = async (plan: VerifyPlan): Promise<Examined> => {
  const { facts, database, now } = plan
  const beganMs = now()
  const verified = await verify(plan)
  const findings = judgeVerified(verified, now())
  const outcome = outcomeOf(verified, findings)
  const through = plan.paths.find(({ path }) => path === 'gateway')
  const log = accessLogOf(plan, through?.endpointId ?? '')
  const isOpen = verified.proof !== undefined && !['proved', 'disproved'].includes(verified.proof.kind)
  const later = isOpen && log.kind === 'known' ? laterQueries(log.value, beganMs - slackMs) : undefined
  const { answers: _, ...lookups } = verified.lookups
  const subject = { database: database.id, ...(facts.consumer === undefined ? {} : { consumer: facts.consumer.name }) }
  const json = {
    ...subject,
    outcome,
    ...verified,
    lookups,
    ...(later === undefined ? {} : { later }),
    counts: countFindings(findings),
    findings,
  }
  const all = plan.paths.length > 1 ? 'both paths' : 'through the gateway'
  const title = `${subject.consumer ?? 'a client'} to ${database.id}, ${all}, from here`
  return {
    ...verified,
    about: aboutOf(facts),
    title,
    outcome,
    exitCode: exitCodeOf[outcome],
    findings,
    json,
    ...(later === undefined ? {} : { later }),
  }
}

const exitCodeOf: Readonly<Record<VerifyOutcome, ExitCode>> = {
  passed: exitCodes.ok,
  failed: exitCodes.findings,
  waiting: exitCodes.waiting,
}
