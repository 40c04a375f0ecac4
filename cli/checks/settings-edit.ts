import { type Judgement, ok, problem } from './finding.ts'

/** Whether the settings file can hold what a step is about to write. @param why it cannot; `undefined` where it can */
export const judgeSettingsEdit = (why: string | undefined): Judgement =>
  why === undefined
    ? ok('The settings stay valid.')
    : problem(`The settings cannot hold it (${why}).`, 'Fix the settings first: what they refuse, no deployment takes.')
