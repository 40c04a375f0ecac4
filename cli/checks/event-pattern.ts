import { isLike } from './wildcards.ts'

export type Pattern = { readonly [field: string]: Pattern | readonly unknown[] }

const isAnyOf = (field: string, wanted: Pattern | readonly unknown[]): wanted is readonly Pattern[] =>
  field === '$or' && Array.isArray(wanted)

/** The pattern uses an operator that is not evaluated here. */
export class UnknownOperatorError extends Error {
  override readonly name = 'UnknownOperatorError'
}

/**
 * Whether EventBridge would hand the event over, for patterns of plain values, `prefix`, `suffix`, `exists: true`,
 * `anything-but`, `wildcard` and `$or` (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 *
 * @throws UnknownOperatorError
 */
export const accepts = (pattern: Pattern, event: unknown): boolean =>
  Object.entries(pattern).every(([field, wanted]) => {
    if (isAnyOf(field, wanted)) return wanted.some(one => accepts(one, event))
    const value = (event as Readonly<Record<string, unknown>> | undefined)?.[field]
    if (!Array.isArray(wanted)) return accepts(wanted as Pattern, value)
    const values = Array.isArray(value) ? value : [value]
    return wanted.some(matcher => values.some(one => matchesOne(matcher, one)))
  })

const matchesOne = (matcher: unknown, value: unknown): boolean => {
  if (typeof matcher !== 'object' || matcher === null) return matcher === value
  const [operator = '', operand] = Object.entries(matcher)[0] ?? []
  if (operator === 'exists') return operand === (value !== undefined)
  if (operator === 'anything-but' && !isRecord(operand)) return value !== undefined && ![operand].flat().includes(value)
  if (operator === 'prefix' && typeof operand === 'string')
    return typeof value === 'string' && value.startsWith(operand)
  if (operator === 'suffix' && typeof operand === 'string') return typeof value === 'string' && value.endsWith(operand)
  if (operator === 'wildcard' && typeof operand === 'string')
    return typeof value === 'string' && isLike(value, operand, '')
  throw new UnknownOperatorError(operator)
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
