import type { Gathered } from '../facts/gathered.ts'
import { type Judgement, problem, unknown } from './finding.ts'

/** A fact that an act is impossible without: nothing to read stands against it, and so does what could not be read. */
export const judgeRequired = <T>(fact: Gathered<T>, remedy: string, judge: (value: T) => Judgement): Judgement => {
  if (fact.kind === 'known') return judge(fact.value)
  if (fact.kind === 'none') return problem(fact.why, remedy)
  const allow = `Allow ${fact.action} to whoever runs this; it only reads. What is not known stands against it.`
  return unknown(fact.why, fact.action === undefined ? remedy : allow)
}
