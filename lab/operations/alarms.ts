import type { Closable, LabTime } from '../model.ts'

export interface AlarmView {
  readonly name: string
  readonly description: string
  readonly state: 'OK' | 'ALARM'
  readonly reason: string
  /** Epoch milliseconds of the wall clock. */
  readonly sinceMs: number
}

/** What an alarm looks at: true while its threshold is crossed. */
export interface Condition {
  readonly name: string
  readonly says: string
  /** Scenario milliseconds for which it must be crossed in a row; by default it rings at once. */
  readonly forMs?: number
  readonly isCrossed: () => boolean
}

const everyMs = 5_000

/** Looks at the conditions in scenario time, as CloudWatch evaluates periods. */
export const openAlarms = (
  time: LabTime,
  conditions: readonly Condition[],
): Closable & { readonly views: () => readonly AlarmView[] } => {
  const begunMs = Date.now()
  const boards = conditions.map(condition => ({
    condition,
    crossedSince: undefined as number | undefined,
    state: 'OK' as AlarmView['state'],
    sinceMs: begunMs,
  }))
  const evaluate = () => {
    for (const board of boards) {
      const { condition } = board
      board.crossedSince = condition.isCrossed() ? (board.crossedSince ?? time.now()) : undefined
      const isRinging = board.crossedSince !== undefined && time.now() - board.crossedSince >= (condition.forMs ?? 0)
      const state = isRinging ? 'ALARM' : 'OK'
      if (state !== board.state) Object.assign(board, { state, sinceMs: Date.now() })
    }
  }
  let cancel = () => {}
  const next = () => {
    cancel = time.after(everyMs, () => {
      evaluate()
      next()
    })
  }
  next()
  return {
    views: () => {
      evaluate()
      return boards.map(({ condition, state, sinceMs }) => ({
        name: condition.name,
        description: condition.says,
        state,
        reason: state === 'ALARM' ? `Threshold crossed: ${condition.says}` : 'Threshold not crossed',
        sinceMs,
      }))
    },
    close: async () => cancel(),
  }
}
