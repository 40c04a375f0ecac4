/** One entry of PutEvents, and what became of it. */
export interface PutEntry {
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
  readonly Resources?: readonly string[]
  readonly Time?: number
}

export type PutResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string }

export interface EventSink {
  put(entry: PutEntry): PutResult
}
