/** What an RDS endpoint's name says by itself. */
export interface RdsName {
  /** The first label: an instance, a cluster, a proxy, or a custom endpoint of a cluster. */
  readonly identifier: string
  readonly role: 'instance' | 'cluster' | 'reader' | 'custom' | 'proxy' | 'proxy-endpoint' | 'global'
  readonly region: string
}

/** In China `rds` comes before the Region. */
const suffix = /\.(?:(?<region>[a-z0-9-]+)\.rds|rds\.(?<there>[a-z0-9-]+))\.amazonaws\.(?:com|com\.cn|eu)$/
const roles: readonly (readonly [RegExp, RdsName['role']])[] = [
  [/^cluster-ro-/, 'reader'],
  [/^cluster-custom-/, 'custom'],
  [/^cluster-/, 'cluster'],
  [/^global-/, 'global'],
  [/^proxy-/, 'proxy'],
  [/^endpoint\.proxy-/, 'proxy-endpoint'],
]

/**
 * `id.hash.region.rds.amazonaws.com`, the hash with `cluster-`, `cluster-ro-`, `cluster-custom-` or `proxy-` before it
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Endpoints.html). Nothing of a name of one's own.
 */
export const readRdsName = (endpoint: string): RdsName | undefined => {
  const name = endpoint.toLowerCase()
  const found = suffix.exec(name)
  const region = found?.groups?.region ?? found?.groups?.there
  if (region === undefined) return undefined
  const [identifier = '', ...rest] = name.slice(0, found?.index).split('.')
  const kind = rest.join('.')
  return { identifier, role: roles.find(([pattern]) => pattern.test(kind))?.[1] ?? 'instance', region }
}
