/** When a drill has seen enough. */
export interface Signs {
  /** The name has changed its answer, or a client has failed: something has begun. */
  readonly hasBegun: boolean
  readonly clientsWork: boolean
  readonly isInPlace: boolean
  /** Absent where nobody tells. */
  readonly status: string | undefined
}

export interface Patience {
  /** How long everything has to stay well. */
  readonly steadyMs: number
  readonly limitMs: number
}

export type Ending = 'steady' | 'never steady' | 'nothing happened'

/** Asked again and again; answers once it is over. */
export const awaitSteady = ({ steadyMs, limitMs }: Patience, startMs: number) => {
  let wellSinceMs: number | undefined
  return (nowMs: number, { hasBegun, clientsWork, isInPlace, status }: Signs): Ending | undefined => {
    const isWell = hasBegun && clientsWork && isInPlace && (status ?? 'available') === 'available'
    wellSinceMs = isWell ? (wellSinceMs ?? nowMs) : undefined
    if (wellSinceMs !== undefined && nowMs - wellSinceMs >= steadyMs) return 'steady'
    if (nowMs - startMs < limitMs) return undefined
    return hasBegun ? 'never steady' : 'nothing happened'
  }
}
