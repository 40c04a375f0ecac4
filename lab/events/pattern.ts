/**
 * EventBridge event patterns: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * Every field of a pattern must match; a field's list matches when any of its entries does; an event's list matches
 * when any of its elements does. Content filters here: prefix, suffix, wildcard, $or, anything-but, exists,
 * equals-ignore-case. @throws Error for another one, so that no test passes by accident
 */
export type Pattern = { readonly [field: string]: Pattern | readonly Matcher[] }

export type Matcher =
  | string
  | number
  | boolean
  | null
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly wildcard: string }
  | { readonly 'equals-ignore-case': string }
  | { readonly 'anything-but': AnythingBut }
  | { readonly exists: boolean }

type Scalar = string | number | boolean | null
type AnythingBut = Scalar | readonly Scalar[] | { readonly prefix: string | readonly string[] }

export const matchesPattern = (pattern: Pattern, event: unknown): boolean =>
  Object.entries(pattern).every(([field, wanted]) => {
    if (isAnyOf(field, wanted)) return wanted.some(one => matchesPattern(one, event))
    const value = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[field] : undefined
    if (isList(wanted)) return wanted.some(matcher => matchesField(matcher, value))
    return Array.isArray(value)
      ? value.some(element => matchesPattern(wanted, element))
      : matchesPattern(wanted, value ?? {})
  })

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or */
const isAnyOf = (field: string, wanted: unknown): wanted is readonly Pattern[] =>
  field === '$or' && Array.isArray(wanted)

const isList = (wanted: Pattern | readonly Matcher[]): wanted is readonly Matcher[] => Array.isArray(wanted)

const matchesField = (matcher: Matcher, value: unknown): boolean => {
  if (typeof matcher === 'object' && matcher !== null && 'exists' in matcher) {
    // An object is no leaf, and `exists` looks at leaves only.
    const present = value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))
    return present === matcher.exists
  }
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value]
  // An operator that is not known is one, whatever the event has there.
  return elements.some(element => matchesScalar(matcher, element) && element !== undefined)
}

const matchesScalar = (matcher: Exclude<Matcher, { exists: boolean }>, element: unknown): boolean => {
  if (typeof matcher !== 'object' || matcher === null) return element === matcher
  if ('prefix' in matcher) return typeof element === 'string' && element.startsWith(matcher.prefix)
  if ('suffix' in matcher) return typeof element === 'string' && element.endsWith(matcher.suffix)
  if ('wildcard' in matcher) {
    const pieces = matcher.wildcard.split('*').map(it => it.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return typeof element === 'string' && new RegExp(`^${pieces.join('.*')}$`, 's').test(element)
  }
  if ('equals-ignore-case' in matcher) {
    return typeof element === 'string' && element.toLowerCase() === matcher['equals-ignore-case'].toLowerCase()
  }
  if ('anything-but' in matcher) return !isExcluded(matcher['anything-but'], element)
  throw new Error(`the lab does not know the pattern operator ${Object.keys(matcher).join(', ')}`)
}

const isExcluded = (excluded: AnythingBut, element: unknown): boolean => {
  if (typeof excluded !== 'object' || excluded === null) return element === excluded
  if ('prefix' in excluded) {
    const prefixes = typeof excluded.prefix === 'string' ? [excluded.prefix] : excluded.prefix
    return typeof element === 'string' && prefixes.some(prefix => element.startsWith(prefix))
  }
  return excluded.some(value => value === element)
}
