import type { Stage } from '../../infra/app/settings/stages.ts'

export type Side = 'provider' | 'consumer'

/** Where one side is, derived from what is really there and never from the settings alone. */
export type Standing =
  /** `percent`: the gateway's share of new connections, on the consumer's side. */
  | { readonly kind: 'at'; readonly stage: Stage; readonly percent?: number }
  /** Nothing of it is there. */
  | { readonly kind: 'new' }
  /** What is there belongs to no stage: an interrupted deployment, or somebody's hand. */
  | { readonly kind: 'between'; readonly odd: string; readonly remedy: string }
  | { readonly kind: 'unknown'; readonly why: string }

export const stageOf = (standing: Standing): Stage | undefined => (standing.kind === 'at' ? standing.stage : undefined)
