import type { Outcome } from '../functions/reconciler/core/reasons.ts'

/** What the command ends with, so that scripts need not read its text. docs/cli.md prints this table. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  waiting: 3,
  held: 4,
  refused: 5,
  findings: 6,
  noAccess: 10,
  notFound: 11,
  throttled: 12,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'in sync, repointed, or done as asked',
  failure: 'something failed; the sentence on stderr says what and the remedy',
  usage: 'the command line or the settings file is wrong; nothing was done',
  waiting: 'outcome `waiting`: not settled or not healthy yet',
  held: 'outcome `held`: there is something to do and a policy, a pause or a dry run holds it back',
  refused: 'outcome `refused`, or a drill or a step of a migration that its checks refuse',
  findings: '`status`, `doctor`, `history`, `migrate`: something needs attention',
  noAccess: 'no credentials, expired ones, or a missing permission',
  notFound: 'the function, the database or another resource does not exist there',
  throttled: 'AWS asked to wait, again and again',
  interrupted: 'interrupted (Ctrl-C)',
}

const ofOutcome: Readonly<Record<Outcome, ExitCode>> = {
  'in-sync': exitCodes.ok,
  repointed: exitCodes.ok,
  waiting: exitCodes.waiting,
  held: exitCodes.held,
  refused: exitCodes.refused,
}

export const exitCodeOf = (outcome: Outcome): ExitCode => ofOutcome[outcome]

/** The code that needs the most attention, of several databases: failures before findings before outcomes. */
export const worstOf = (codes: readonly ExitCode[]): ExitCode => {
  const order: readonly ExitCode[] = [130, 10, 11, 12, 1, 2, 5, 6, 3, 4, 0]
  return order.find(code => codes.includes(code)) ?? exitCodes.ok
}
