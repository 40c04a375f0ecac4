/** What a consumer's machine saw of the way to the database. */
export interface ClientPathFacts {
  readonly host: string
  readonly port: number
  readonly engine: string
  /** Whether the user gave certificates to trust. */
  readonly hasAuthorities: boolean
  readonly addresses:
    | { readonly kind: 'found'; readonly ips: readonly string[] }
    | { readonly kind: 'none'; readonly why: string }
  /** The endpoints that the name should lead to, by their own names; absent where nobody said any. */
  readonly endpoints?: readonly EndpointNameFacts[]
  /** In how many zones the service is, where the settings say that. */
  readonly serviceZones?: number
  /** One for each address. */
  readonly attempts: readonly AttemptFacts[]
}

/** `vpce-….vpce.amazonaws.com` (or `on.aws`): public DNS has it, so it means the endpoint's addresses anywhere. */
export interface EndpointName {
  readonly name: string
  /** How many network interfaces it has, as AWS shows it: one in each of its zones. */
  readonly interfaces?: number
}

export interface EndpointNameFacts extends EndpointName {
  readonly addresses: ClientPathFacts['addresses']
}

export interface AttemptFacts {
  readonly ip: string
  readonly tcp:
    | {
        readonly kind: 'connected'
        readonly ms: number
        /** Our own end of the connection, as a log on the way may have it. */
        readonly from?: { readonly ip: string; readonly port: number }
      }
    | { readonly kind: 'failed'; readonly code: string }
  /** Absent where TCP did not connect, and for engines whose TLS is not spoken here. */
  readonly tls?: TlsFacts
}

export type TlsFacts =
  | {
      readonly kind: 'shaken'
      readonly protocol: string
      /** The chain leads to a trusted certificate. */
      readonly isTrusted: boolean
      readonly whyNotTrusted?: string
      /** Absent: the certificate is for the host's name. */
      readonly nameMismatch?: string
      readonly names: readonly string[]
      /** Epoch milliseconds. */
      readonly validUntilMs: number
    }
  /** The server speaks the protocol and offers no TLS. */
  | { readonly kind: 'not-offered' }
  /** MySQL's error packet instead of a greeting, such as 1129. */
  | { readonly kind: 'turned-away'; readonly code: number; readonly message: string }
  | { readonly kind: 'failed'; readonly why: string }
