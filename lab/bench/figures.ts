/** One line of the benchmark. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: '' | 'KB' | 'MB' | 'ms' | 's' | 'times' | 'calls'
  /** How the value was come by, where a ratio hides it. */
  readonly detail?: string
  /** The value is at most this. */
  readonly atMost?: number
}

export const isMet = ({ value, atMost }: Figure): boolean | undefined =>
  atMost === undefined ? undefined : value <= atMost

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] =
    sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1)
  return (low + high) / 2
}
