/**
 * EventBridge's matching, as far as the rules here use it: a list of values, `prefix`, `wildcard`, `$or`, and lists in the event, of which
 * one must match (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 *
 * @throws Error for an operator that it does not know, so that a test cannot pass by accident
 */
export const matchesPattern = (pattern: unknown, event: unknown): boolean => {
  if (Array.isArray(pattern)) {
    const values = Array.isArray(event) ? event : [event]
    return pattern.some(allowed => values.some(value => matchesValue(allowed, value)))
  }
  if (typeof pattern !== 'object' || pattern === null) throw new Error(`no pattern: ${JSON.stringify(pattern)}`)
  return Object.entries(pattern).every(([key, part]) =>
    key === '$or'
      ? (part as readonly unknown[]).some(one => matchesPattern(one, event))
      : typeof event === 'object' && event !== null && matchesPattern(part, (event as Record<string, unknown>)[key]),
  )
}

const matchesValue = (allowed: unknown, value: unknown): boolean => {
  if (typeof allowed !== 'object' || allowed === null) return allowed === value
  const [[operator, operand] = []] = Object.entries(allowed)
  if (operator === 'wildcard' && typeof operand === 'string') {
    const pieces = operand.split('*').map(it => it.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return typeof value === 'string' && new RegExp(`^${pieces.join('.*')}$`, 's').test(value)
  }
  if (operator !== 'prefix' || typeof operand !== 'string') throw new Error(`unknown operator: ${operator}`)
  return typeof value === 'string' && value.startsWith(operand)
}
