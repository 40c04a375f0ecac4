import type { Outcome } from '../functions/reconciler/core/reasons.ts'

/** What the command ends with, so that scripts need not read its text. docs/cli.md prints this table. */
export const exitCodeTable = {
  ok: [0, 'in sync, repointed, or done as asked'],
  failure: [1, 'something failed; the sentence on stderr says what and the remedy'],
  usage: [2, 'the command line or the settings file is wrong; nothing was done'],
  waiting: [3, 'outcome `waiting`: not settled or not healthy yet'],
  held: [4, 'outcome `held`: there is something to do and a policy, a pause or a dry run holds it back'],
  refused: [5, 'outcome `refused`, or a drill or a step of a migration that its checks refuse'],
  findings: [6, '`status`, `doctor`, `history`, `migrate`: something needs attention'],
  noAccess: [10, 'no credentials, expired ones, or a missing permission'],
  notFound: [11, 'the function, the database or another resource does not exist there'],
  throttled: [12, 'AWS asked to wait, again and again'],
  interrupted: [130, 'interrupted (Ctrl-C)'],
} as const

type Table = typeof exitCodeTable

export const exitCodes = Object.fromEntries(Object.entries(exitCodeTable).map(([name, [code]]) => [name, code])) as {
  readonly [Name in keyof Table]: Table[Name][0]
}

export type ExitCode = Table[keyof Table][0]

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
