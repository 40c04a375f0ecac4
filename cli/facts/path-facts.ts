import type { ErrorKind } from './client/errors.ts'
import type { ClientPathFacts } from './client-path.ts'

/** The two paths of a consumer to the database. */
export type PathName = 'nlb' | 'gateway'

/** One path as a client takes it. */
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
