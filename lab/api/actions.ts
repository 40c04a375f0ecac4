import type { Parameters } from './query-protocol.ts'

export interface Reply {
  readonly result: object
  /** What of the call is worth a line in the timeline. */
  readonly brief: Readonly<Record<string, unknown>>
}

export type Actions = Readonly<Record<string, (parameters: Parameters) => Reply>>
