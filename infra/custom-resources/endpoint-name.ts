/**
 * The names of a resource endpoint. One association for a single database; for a cluster one for the writer and one for
 * the readers, each of a configuration whose custom domain name is the RDS endpoint's. They appear a while after the
 * endpoint, and not together.
 */

export interface NameProperties {
  readonly EndpointId: string
  readonly WriterHostname: string
  readonly ReaderHostname?: string
  /** Of the stack's output that keeps the names. By default `namesOutput`. */
  readonly NamesOutput?: string
}

export interface Association {
  readonly dnsName?: string | undefined
  readonly hostedZoneId?: string | undefined
  /** The name that the configuration stands for, where it says. */
  readonly domain?: string | undefined
  /** One of several that VPC Lattice made of a cluster. */
  readonly isChild: boolean
  readonly failure?: string | undefined
}

export interface NameWorld {
  readAssociations(endpointId: string): Promise<readonly Association[]>
  sleep(ms: number): Promise<void>
  /** Milliseconds that the work may still take. */
  remainingMs(): number
}

const pauseMs = 5_000

/**
 * Waits until they are there.
 *
 * @throws Error that says what was found instead
 */
export const findNames = async (
  properties: NameProperties,
  world: NameWorld,
): Promise<Readonly<Record<string, string>>> => {
  for (;;) {
    const found = await world.readAssociations(properties.EndpointId)
    const failed = found.find(it => it.failure !== undefined)
    if (failed) throw new Error(`VPC Lattice could not associate ${properties.EndpointId}: ${failed.failure}`)
    const names = pickNames(properties, found)
    if (names) return names
    if (world.remainingMs() < 2 * pauseMs) throw new Error(`${describe(properties)}; found ${list(found)}`)
    await world.sleep(pauseMs)
  }
}

/** The stack's output that keeps the names of the deployed endpoint, for a rollback in which AWS does not say them. */
export const namesOutput = 'ResourceEndpointNames'

/** Nothing where the output is of another endpoint, or of a version that did not write it. */
export const namesDeployed = (
  { EndpointId }: NameProperties,
  output: string | undefined,
): Readonly<Record<string, string>> => {
  const { EndpointId: deployed, ...names } = JSON.parse(output ?? '{}') as Record<string, string>
  return deployed === EndpointId ? names : {}
}

/** `undefined` as long as one is missing. */
export const pickNames = (
  { WriterHostname, ReaderHostname }: NameProperties,
  found: readonly Association[],
): Readonly<Record<string, string>> | undefined => {
  const [only] = found
  // Alone, and not a cluster's first to appear.
  const single = found.length === 1 && only && !only.isChild ? only : undefined
  const writer = single ?? found.find(isNamed(WriterHostname))
  const readers = ReaderHostname === undefined ? undefined : found.find(isNamed(ReaderHostname))
  if (!writer?.dnsName || !writer.hostedZoneId) return undefined
  const names = { DnsName: writer.dnsName, HostedZoneId: writer.hostedZoneId }
  if (ReaderHostname === undefined) return names
  if (!readers?.dnsName || !readers.hostedZoneId) return undefined
  return { ...names, ReaderDnsName: readers.dnsName, ReaderHostedZoneId: readers.hostedZoneId }
}

const isNamed = (hostname: string) => {
  const wanted = hostname.toLowerCase()
  return ({ domain }: Association) => domain?.toLowerCase().replace(/\.$/, '') === wanted
}

const describe = ({ EndpointId, WriterHostname, ReaderHostname }: NameProperties) =>
  `${EndpointId} has no name yet for ${[WriterHostname, ReaderHostname].filter(Boolean).join(' and ')}`

const list = (found: readonly Association[]) =>
  found.map(({ dnsName, domain }) => `${dnsName ?? 'no name'} for ${domain ?? 'an unknown name'}`).join(', ') ||
  'no association'
