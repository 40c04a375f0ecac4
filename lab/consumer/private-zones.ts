import type { AccountResources, HostedZone, RecordSet, VpcEndpoint } from '../api/resources.ts'
import { plain } from '../api/route53-xml.ts'
import { delays } from '../delays.ts'
import type { ZoneRecord, ZoneView } from '../dns/zone.ts'
import type { Closable, LabTime, Timeline } from '../model.ts'
import { openTimers } from '../time.ts'
import { type Draw, evenly, pick } from './weights.ts'

export interface PrivateZonesOptions {
  readonly resources: AccountResources
  /** Whose resolver it is. */
  readonly vpcId: string
  readonly time: LabTime
  readonly timeline: Timeline
  readonly draw?: Draw
}

export interface PrivateZones extends ZoneView, Closable {
  /** Everything that is written is known at once. */
  settle(): void
}

const lookEveryMs = 1_000

/**
 * What a VPC's resolver adds to the public DNS: the private hosted zones of the VPC. The most specific zone answers for its
 * names, also with nothing. A change of a zone gets here late.
 */
export const openPrivateZones = (options: PrivateZonesOptions): PrivateZones => {
  const { resources, vpcId, time, timeline, draw = evenly() } = options
  /** By zone, as the resolver knows it, and as it was written last. */
  const known = new Map<string, HostedZone>()
  const written = new Map<string, string>()
  const timers = openTimers(time)

  const look = (delayMs: number) => {
    const ours = resources.hostedZones.filter(({ vpcIds }) => vpcIds.includes(vpcId))
    for (const id of new Set([...written.keys(), ...ours.map(zone => zone.id)])) {
      const zone = ours.find(candidate => candidate.id === id)
      const text = zone === undefined ? '' : JSON.stringify(zone)
      if ((written.get(id) ?? '') === text) continue
      written.set(id, text)
      if (delayMs === 0) learn(id, text)
      else timers.after(delayMs, () => learn(id, text))
    }
  }
  const learn = (id: string, text: string) => {
    if (text === '') known.delete(id)
    else known.set(id, JSON.parse(text) as HostedZone)
    const zone = known.get(id)
    timeline.record('dns', 'The consumer’s resolver knows the hosted zone as it is', {
      zone: id,
      records: zone === undefined ? 'gone' : (zone.records ?? []).map(shown).join(', ') || 'none',
    })
  }
  const watch = () => {
    look(delays.route53Change.value)
    timers.after(lookEveryMs, watch)
  }
  watch()

  const lookup = (name: string): ZoneRecord | undefined => {
    const zone = [...known.values()]
      .filter(candidate => isIn(name, plain(candidate.name)))
      .toSorted((a, b) => b.name.length - a.name.length)[0]
    if (!zone) return undefined
    const record = pick(
      (zone.records ?? []).filter(candidate => plain(candidate.name) === name),
      draw,
    )
    return record === undefined ? nothing : answerOf(record, resources.vpcEndpoints)
  }

  return {
    lookup,
    settle: () => {
      timers.clear()
      written.clear()
      known.clear()
      look(0)
      timers.after(lookEveryMs, watch)
    },
    close: async () => timers.clear(),
  }
}

const shown = ({ setIdentifier = 'simple', weight }: RecordSet): string =>
  weight === undefined ? setIdentifier : `${setIdentifier} ${weight}`

const isIn = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`)

const nothing: ZoneRecord = { type: 'A', addresses: [], ttlSeconds: 60 }

/** An alias answers with the addresses, and the time to live, of what it names. */
const answerOf = (record: RecordSet, endpoints: readonly VpcEndpoint[]): ZoneRecord =>
  record.alias
    ? (addressesOf(endpoints, plain(record.alias.dnsName)) ?? nothing)
    : { type: 'A', addresses: record.addresses ?? [], ttlSeconds: record.ttlSeconds ?? 300 }

/** The names of endpoints are public: they resolve everywhere, to addresses that their own VPC reaches. */
export const endpointNames = ({ vpcEndpoints }: Pick<AccountResources, 'vpcEndpoints'>): ZoneView => ({
  lookup: name => addressesOf(vpcEndpoints, name),
})

const addressesOf = (endpoints: readonly VpcEndpoint[], name: string): ZoneRecord | undefined => {
  for (const { names = [], addresses = [] } of endpoints) {
    const found = names.find(({ dnsName }) => plain(dnsName) === name)
    if (!found) continue
    return { type: 'A', addresses: found.addresses ?? addresses, ttlSeconds: delays.endpointNameTtl.value / 1000 }
  }
  return undefined
}
