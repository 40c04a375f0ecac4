import { isDeepStrictEqual } from 'node:util'
import type { HostedZone, RecordSet, VpcEndpoint } from './resources.ts'
import { type Change, dotted, plain } from './route53-xml.ts'

export interface Batch {
  readonly zone: HostedZone
  readonly changes: readonly Change[]
  /** What aliases may name. */
  readonly endpoints: readonly VpcEndpoint[]
}

export type BatchResult = { readonly records: RecordSet[] } | { readonly problems: readonly string[] }

/**
 * A zone's records after a batch, or why none of it is done: "all or nothing"
 * (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html). Deletions of a batch are
 * seen by what follows them in it.
 */
export const applyBatch = ({ zone, changes, endpoints }: Batch): BatchResult => {
  let records = [...(zone.records ?? [])]
  const problems: string[] = []
  for (const { action, record } of changes) {
    const current = records.find(it => isSame(it, record))
    const problem =
      (action === 'DELETE' ? whyNotDelete(current, record) : undefined) ??
      (action === 'CREATE' && current
        ? `Tried to create resource record set ${shown(record)} but it already exists`
        : undefined) ??
      (action === 'DELETE' ? undefined : (whyNotIn(zone, record) ?? whyNoAlias(record, endpoints)))
    if (problem !== undefined) problems.push(problem)
    else if (action === 'DELETE') records = records.filter(it => it !== current)
    else if (current) records = records.map(it => (it === current ? record : it))
    else records.push(record)
  }
  for (const { action, record } of changes) {
    const problem = action === 'DELETE' ? undefined : whyNotBeside(record, records)
    if (problem !== undefined) problems.push(problem)
  }
  return problems.length > 0 ? { problems } : { records }
}

const isNamed = (a: RecordSet, b: RecordSet): boolean => plain(a.name) === plain(b.name)

const isSame = (a: RecordSet, b: RecordSet): boolean => isNamed(a, b) && a.setIdentifier === b.setIdentifier

const shown = ({ name, setIdentifier }: RecordSet): string =>
  `[name='${dotted(name)}', type='A'${setIdentifier === undefined ? '' : `, set identifier='${setIdentifier}'`}]`

const whyNotDelete = (current: RecordSet | undefined, asked: RecordSet): string | undefined => {
  if (current === undefined) return `Tried to delete resource record set ${shown(asked)} but it was not found`
  return isDeepStrictEqual(comparable(current), comparable(asked))
    ? undefined
    : `Tried to delete resource record set ${shown(asked)} but the values provided do not match the current values`
}

const comparable = ({ alias, addresses, weight, ttlSeconds = 300 }: RecordSet) =>
  alias
    ? { weight, name: plain(alias.dnsName), zone: alias.hostedZoneId, evaluates: alias.evaluatesHealth === true }
    : { weight, ttlSeconds, addresses: (addresses ?? []).toSorted() }

const whyNotIn = (zone: HostedZone, { name }: RecordSet): string | undefined => {
  const [inner, outer] = [plain(name), plain(zone.name)]
  return inner === outer || inner.endsWith(`.${outer}`)
    ? undefined
    : `RRSet with DNS name ${dotted(name)} is not permitted in zone ${dotted(zone.name)}`
}

/** Of an endpoint's name Route 53 knows the hosted zone; other targets the lab takes as they are. */
const whyNoAlias = ({ alias }: RecordSet, endpoints: readonly VpcEndpoint[]): string | undefined => {
  if (alias === undefined || !alias.dnsName.startsWith('vpce-')) return undefined
  const known = endpoints
    .flatMap(({ names = [] }) => names)
    .find(({ dnsName }) => plain(dnsName) === plain(alias.dnsName))
  const target = `Tried to create an alias that targets ${dotted(alias.dnsName)}, type A in zone ${alias.hostedZoneId}, but`
  if (known === undefined) return `${target} that target was not found`
  return known.hostedZoneId === alias.hostedZoneId
    ? undefined
    : `${target} the alias target name does not lie within the target zone`
}

const whyNotBeside = (record: RecordSet, records: readonly RecordSet[]): string | undefined => {
  const isWeighted = (it: RecordSet) => it.weight !== undefined
  const head = `RRSet with DNS name ${dotted(record.name)}, type A, SetIdentifier ${record.setIdentifier ?? 'null'} cannot be created as`
  if (isWeighted(record) !== (record.setIdentifier !== undefined)) {
    return `${head} a weight and a set identifier come together`
  }
  const others = records.filter(it => isNamed(it, record) && !isSame(it, record))
  if (isWeighted(record) && others.some(it => !isWeighted(it))) {
    return `${head} a non-weighted set exists with the same name and type.`
  }
  if (!isWeighted(record) && others.length > 0) {
    return `${head} other RRSets exist with the same name and type.`
  }
  return undefined
}
