/**
 * Where an answer of AWS is known from: the page that documents it, or somebody who shows it. What of it is ours, or not
 * shown there, is named as an assumption; the type asks for one of the two.
 */
export type Basis =
  | { readonly source: `https://${string}`; readonly assumption?: string }
  | { readonly source?: never; readonly assumption: string }

/** What AWS answers instead of a result. */
export type Refusal<Args extends readonly unknown[] = []> = Basis & {
  readonly code: string
  /** 400 by default. */
  readonly status?: number
  readonly text: (...args: Args) => string
}

/** An error as AWS answers it; each protocol writes it differently. */
export class ApiFailure<Args extends string[] = string[]> extends Error {
  override readonly name = 'ApiFailure'
  readonly code: string
  readonly status: number
  constructor({ code, status = 400, text }: Refusal<Args>, ...args: Args) {
    super(text(...args))
    this.code = code
    this.status = status
  }
}
