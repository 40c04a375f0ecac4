/** What a zone says about one name. */
export type ZoneRecord =
  | { readonly type: 'A'; readonly addresses: readonly string[]; readonly ttlSeconds: number }
  | { readonly type: 'CNAME'; readonly target: string; readonly ttlSeconds: number }

export interface ZoneView {
  lookup(name: string): ZoneRecord | undefined
}

/** One answer as a resolver would put it together: the chain of CNAMEs and the addresses at its end. */
export interface Resolution {
  readonly records: readonly { readonly name: string; readonly record: ZoneRecord }[]
  readonly addresses: readonly string[]
}

/** Follows CNAMEs inside the zones. `undefined`: the name does not exist. */
export const resolveIn = (zones: readonly ZoneView[], name: string): Resolution | undefined => {
  const records: { name: string; record: ZoneRecord }[] = []
  let next = name.toLowerCase()
  while (records.length < 8) {
    const record = zones.map(zone => zone.lookup(next)).find(found => found !== undefined)
    if (!record) return records.length > 0 ? { records, addresses: [] } : undefined
    records.push({ name: next, record })
    if (record.type === 'A') return { records, addresses: record.addresses }
    next = record.target
  }
  return { records, addresses: [] }
}
