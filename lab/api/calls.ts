/** One request that reached the API, as the record keeps it. */
export interface Call {
  readonly service: string
  readonly action: string
  /** The access key that signed it, which tells callers apart. */
  readonly accessKey: string
  /** Scenario time at which the request had arrived. */
  readonly atMs: number
  /** Wall time at which it had arrived, epoch milliseconds. */
  readonly wallMs: number
  readonly tookMs: number
  readonly status: number | 'reply lost'
  readonly errorCode?: string
}

export interface Scope {
  readonly accessKey: string
  readonly region: string
  readonly service: string
}

/** Service and caller from a SigV4 header: `Credential=AKID/20260101/eu-west-1/rds/aws4_request`. */
export const readScope = (authorization: string | undefined): Scope | undefined => {
  const match = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization ?? '')
  const [, accessKey, region, service] = match ?? []
  return accessKey && region && service ? { accessKey, region, service } : undefined
}
