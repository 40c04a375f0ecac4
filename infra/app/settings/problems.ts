import * as v from 'valibot'

/** What is wrong at one place of the file. */
export interface Problem {
  readonly path: string
  readonly value: unknown
  readonly allowed: string
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly Problem[]
  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(problem => `  - ${describeProblem(problem)}`)
    super(`${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

const describeProblem = ({ path, value, allowed }: Problem): string => {
  if (allowed === unknownSetting) return `${path}: ${unknownSetting}`
  return `${path}: ${value === undefined ? 'missing' : `got ${shorten(JSON.stringify(value))}`}, expected ${allowed}`
}

const unknownSetting = 'not a setting'

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 77)}...` : text)

export const problemOf = (issue: v.BaseIssue<unknown>): Problem => ({
  path: v.getDotPath(issue) ?? '(top level)',
  value: issue.path ? issue.path.at(-1)?.value : issue.input,
  allowed: issue.kind === 'schema' && issue.expected === 'never' ? unknownSetting : issue.message,
})
