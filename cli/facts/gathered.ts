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

export const notKnown = (why: string): Gathered<never> => ({ kind: 'unknown', why })

/** A fact that is read with the help of another one. */
export const andThen = async <T, U>(
  fact: Gathered<T>,
  read: (value: T) => Promise<Gathered<U>> | Gathered<U>,
): Promise<Gathered<U>> => (fact.kind === 'known' ? read(fact.value) : fact)

/** Where there has to be something: that there is nothing to read is then no answer. */
export const required = <T>(fact: Gathered<T>): Gathered<T> => (fact.kind === 'none' ? notKnown(fact.why) : fact)

/** The values of an object of promises: facts that are read side by side. */
export const together = async <T extends Record<string, unknown>>(
  promises: T,
): Promise<{ [K in keyof T]: Awaited<T[K]> }> => {
  const entries = await Promise.all(Object.entries(promises).map(async ([key, value]) => [key, await value] as const))
  return Object.fromEntries(entries) as { [K in keyof T]: Awaited<T[K]> }
}
