import type { Answer } from '../../functions/reconciler/core/model.ts'
import type { Judgement } from '../checks/finding.ts'
import type { Proof } from '../checks/log-proof.ts'
import type { ErrorKind } from './client/errors.ts'
import type { ClientPathFacts } from './client-path.ts'
import type { WriterNow } from './writer-now.ts'

/** The two paths of a consumer to the database. */
export const pathNames = ['nlb', 'gateway'] as const
export type PathName = (typeof pathNames)[number]

export const pathTitles: Readonly<Record<PathName, string>> = { nlb: 'load balancer', gateway: 'resource gateway' }

/** One way as a client takes it. */
export interface PathTarget {
  readonly path: PathName
  readonly endpointId: string
  /** The endpoint's own name: it leads here whatever the weights of the hosted zone say. */
  readonly host: string
  readonly port: number
  readonly securityGroupIds: readonly string[]
}

/** What a client that came this path found. */
export interface SeenPath extends PathTarget {
  /** Name, TCP and TLS; `host` in it is the name that the certificate has to have. */
  readonly client: ClientPathFacts
  /** Absent without credentials. */
  readonly sql?: SqlAnswer
  /** Our ends of the connections that were opened, to be found in a log. */
  readonly connections: readonly Connection[]
}

export interface Connection {
  readonly ip: string
  readonly port: number
  /** The endpoint's address that it went to, where that was chosen here. */
  readonly to?: string
  /** Epoch milliseconds. */
  readonly atMs: number
}

export type SqlAnswer =
  | { readonly kind: 'answered'; readonly isWriter: boolean; readonly server?: string; readonly ms: number }
  | { readonly kind: 'failed'; readonly error: ErrorKind; readonly why: string }

/** What so many lookups of the endpoint's own name gave, in the consumer's DNS. */
export interface Lookups {
  readonly name: string
  readonly asked: number
  /** Lookups that led to the addresses of each path. */
  readonly led: Readonly<Record<PathName, number>>
  /** Answers that lead to neither, each once. */
  readonly elsewhere: readonly string[]
  readonly unanswered: number
  readonly answers: readonly Answer[]
  /** Asked through tunnels and of no resolver of the consumer's: what clients get is not known. */
  readonly isFromElsewhere?: boolean
  /** Asked again after what resolvers may have kept had run out. */
  readonly isPastTtl?: boolean
}

/** Everything that a verification has found. */
export interface Verified {
  readonly paths: readonly SeenPath[]
  readonly lookups: Lookups
  readonly weights: { readonly nlb?: number; readonly gateway?: number } | undefined
  /** Of a way that there should be, and that could not be looked at. */
  readonly unseen?: readonly Judgement[]
  /** Absent where there is no way through a gateway. */
  readonly writer?: WriterNow
  readonly proof?: Proof
}
