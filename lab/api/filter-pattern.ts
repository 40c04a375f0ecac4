import { ApiFailure } from './errors/failure.ts'
import { logErrors } from './errors/service-errors.ts'

/**
 * JSON filter patterns of CloudWatch Logs, as far as Repoint uses them: comparisons of a property with a string or a
 * number, `&&`, `||` and parentheses
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
 */
export type Filter = (line: unknown) => boolean

/** @throws ApiFailure InvalidParameterException */
export const parseFilter = (pattern: string): Filter => {
  const text = pattern.trim()
  if (text === '') return () => true
  if (!text.startsWith('{') || !text.endsWith('}')) throw invalid(pattern)
  const tokens = text.slice(1, -1).match(/\(|\)|&&|\|\||!=|=|\$[\w.]+|"[^"]*"|-?[\w.]+|\S/g) ?? []
  const take = (): string => tokens.shift() ?? ''

  const comparison = (): Filter => {
    if (tokens[0] === '(') {
      take()
      const inner = either()
      if (take() !== ')') throw invalid(pattern)
      return inner
    }
    const [property, operator, operand] = [take(), take(), take()]
    if (!property.startsWith('$.') || !['=', '!='].includes(operator) || operand === '') throw invalid(pattern)
    const path = property.slice(2).split('.')
    const wanted = operand.replace(/^"(.*)"$/, '$1')
    return line => {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], line)
      // A property that is not there matches nothing, not even `!=`.
      if (value === undefined || value === null || typeof value === 'object') return false
      return (String(value) === wanted) === (operator === '=')
    }
  }
  const chain = (operator: string, next: () => Filter, join: (all: readonly Filter[]) => Filter) => (): Filter => {
    const all = [next()]
    while (tokens[0] === operator) {
      take()
      all.push(next())
    }
    return join(all)
  }
  const both = chain('&&', comparison, all => line => all.every(filter => filter(line)))
  const either: () => Filter = chain('||', both, all => line => all.some(filter => filter(line)))
  const filter = either()
  if (tokens.length > 0) throw invalid(pattern)
  return filter
}

const invalid = (pattern: string) => new ApiFailure(logErrors.badPattern, pattern)
