import { type Judgement, ok, problem } from './finding.ts'

/** Whether the settings file can hold what a step is about to write. @param why it cannot; `undefined` where it can */
export const judgeSettingsEdit = (why: string | undefined): Judgement => {
  if (why === undefined) return ok('The settings stay valid.')
  const [head, ...problems] = why.split('\n  - ')
  const inOneLine = problems.length === 0 ? head : `${head} ${problems.join('; ')}`
  return problem(
    `The settings cannot hold it (${inOneLine}).`,
    'Fix the settings first: what they refuse, no deployment takes.',
  )
}
