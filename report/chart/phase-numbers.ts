import { type MilestoneName, milestones, type Phase } from '../record/words.ts'

/** The number of a phase, by the milestone that ends it. */
export type PhaseNumbers = ReadonlyMap<MilestoneName, number>

/**
 * A phase has one number, and so one colour, in all the records of a page, also where it came in another order or not at
 * all: the order is that of the record with the most phases.
 */
export const numberPhases = (records: readonly { readonly phases: readonly Phase[] }[]): PhaseNumbers => {
  const [longest, ...others] = records.map(({ phases }) => phases).toSorted((a, b) => b.length - a.length)
  const seen = (longest ?? []).map(({ until }) => until)
  const more = milestones.filter(name => !seen.includes(name) && others.flat().some(({ until }) => until === name))
  return new Map([...seen, ...more].map((name, index) => [name, index + 1]))
}

/** Its place in the row of colours, from 0 on. */
export const phaseIndex = (numbers: PhaseNumbers, { until }: Pick<Phase, 'until'>): number =>
  (numbers.get(until) ?? milestones.indexOf(until) + 1) - 1
