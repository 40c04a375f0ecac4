import type { Judgement } from '../checks/finding.ts'

/** A fact, or why there is none. */
export type Gathered<T> =
  | { readonly kind: 'known'; readonly value: T }
  /** Could not be read. */
  | {
      readonly kind: 'unknown'
      readonly why: string
      /** The permission that is missing, as in an IAM policy. */
      readonly action?: string
    }
  /** There is nothing to read. */
  | { readonly kind: 'none'; readonly why: string }

export const known = <T>(value: T): Gathered<T> => ({ kind: 'known', value })

export const none = (why: string): Gathered<never> => ({ kind: 'none', why })

type Values<T extends readonly Gathered<unknown>[]> = {
  [K in keyof T]: T[K] extends Gathered<infer V> ? V : never
}

/** Judges where every fact is known; otherwise says which is missing, once each. */
export const whenKnown = <const T extends readonly Gathered<unknown>[]>(
  facts: T,
  judge: (...values: Values<T>) => readonly Judgement[],
): readonly Judgement[] => {
  const missing = facts.flatMap(fact => (fact.kind === 'known' ? [] : [missingFact(fact)]))
  if (missing.length > 0) return missing.filter((one, index) => missing.findIndex(it => it.fact === one.fact) === index)
  return judge(...(facts.flatMap(fact => (fact.kind === 'known' ? [fact.value] : [])) as unknown as Values<T>))
}

const missingFact = (fact: Exclude<Gathered<unknown>, { kind: 'known' }>): Judgement => {
  if (fact.kind === 'none') return { severity: 'notice', fact: fact.why }
  return {
    severity: 'unknown',
    fact: fact.why,
    ...(fact.action === undefined
      ? {}
      : { cure: `Allow ${fact.action} to whoever runs this; it only reads. The other checks went on without it.` }),
  }
}

/** A fact that is read with the help of another one. */
export const andThen = async <T, U>(
  fact: Gathered<T>,
  read: (value: T) => Promise<Gathered<U>> | Gathered<U>,
): Promise<Gathered<U>> => (fact.kind === 'known' ? read(fact.value) : fact)
