import { tryPath } from '../client/path-probe.ts'
import { instanceOf } from '../cloud/blue-green-switchover.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { untilServed } from '../cloud/served.ts'
import * as fixture from '../fixture.ts'
import { openStage } from './migration-play.ts'
import { templatesFor } from './migration-templates.ts'
import type { Expectation, RunRecord, Scenario } from './scenario.ts'

/**
 * What a consumer in each zone sees when the writer is in another: with cross-zone load balancing on, as Repoint deploys
 * it, and off, which is AWS's default for a Network Load Balancer; and with an endpoint in one zone. An endpoint's
 * interface leads to the load balancer's node in its own zone
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html).
 *
 * UNCONFIRMED: whether a node whose zone has no target answers with a reset, as here, or not at all; and whether the
 * endpoint's regional name still has the zone then, as here.
 */

const stage = { stage: 'nlb', from: 'nlb' } as const
const templates = templatesFor('instance', 'swap', [stage])

const seen = 'What a consumer in each zone sees'
const crossZone = 'load_balancing.cross_zone.enabled'
const attempts = 3

interface Seen {
  readonly writerIn: string
  readonly crossZone: 'on' | 'off'
  readonly endpointIn: string
  readonly [zone: `in ${string}`]: string
}

const zones = fixture.consumer.subnets.map(({ zone }) => zone)

/** The endpoint's interface in the consumer's zone; one in another, where it has none there. */
const entryOf = (zone: string, addresses: readonly string[]): string =>
  addresses.find(ip => fixture.zoneOf(ip) === zone) ?? addresses[0] ?? ''

const tryFrom = async ({ consumer, connect, time }: Cloud, ip: string): Promise<string> => {
  let found = ''
  for (let attempt = 0; attempt < attempts; attempt++) {
    found = await tryPath(consumer.network.connectTo(ip, fixture.port), time, connect)
    if (found === 'writer') return 'works'
  }
  return found === 'reader' ? 'a reader answers' : found
}

const look = async (cloud: Cloud): Promise<void> => {
  const addresses = cloud.resources.vpcEndpoints[0]?.addresses ?? []
  const found: Record<string, string> = {}
  for (const zone of zones) found[`in ${zone}`] = await tryFrom(cloud, entryOf(zone, addresses))
  cloud.timeline.record('lab', seen, {
    writerIn: fixture.zoneOf(cloud.writerIp()) ?? '',
    crossZone: cloud.targetGroup.attributes[crossZone] === 'true' ? 'on' : 'off',
    endpointIn: addresses.map(ip => fixture.zoneOf(ip)).join(', '),
    ...found,
  })
}

/** The attribute is what ModifyTargetGroupAttributes changes; in the end it is as Repoint deploys it. */
const lookOnAndOff = async (cloud: Cloud): Promise<void> => {
  const { attributes } = cloud.targetGroup
  attributes[crossZone] = 'true'
  await look(cloud)
  attributes[crossZone] = 'false'
  await look(cloud)
  attributes[crossZone] = 'true'
}

/** As a consumer's stack with one subnet has it. */
const leaveOneZone = async (cloud: Cloud): Promise<void> => {
  const { consumer } = structuredClone(await templates.of(stage))
  for (const { Type, Properties } of Object.values(consumer.Resources)) {
    if (Type === 'AWS::EC2::VPCEndpoint')
      Object.assign(Properties ?? {}, { SubnetIds: [fixture.consumer.subnets[0]?.id] })
  }
  await cloud.deploy('consumer', consumer)
}

const rowsOf = ({ moments }: RunRecord): readonly Seen[] =>
  moments.filter(({ what }) => what === seen).map(({ fields }) => fields as unknown as Seen)

const at = (rows: readonly Seen[], crossZoneIs: Seen['crossZone'], isOneZone: boolean) =>
  rows.filter(it => it.crossZone === crossZoneIs && !it.endpointIn.includes(',') === isOneZone)

const worksIn = (row: Seen): readonly string[] => zones.filter(zone => row[`in ${zone}`] === 'works')

const say = (rows: readonly Seen[]): string =>
  rows.map(row => `writer in ${row.writerIn}: ${worksIn(row).join(', ') || 'nobody'}`).join('; ')

const expectations = (record: RunRecord): Expectation[] => {
  const rows = rowsOf(record)
  const on = [...at(rows, 'on', false), ...at(rows, 'on', true)]
  const off = at(rows, 'off', false)
  const alone = at(rows, 'off', true)
  return [
    {
      what: 'with cross-zone on every consumer reaches the writer, in whichever zone it is',
      holds:
        new Set(on.map(({ writerIn }) => writerIn)).size === 2 && on.every(row => worksIn(row).length === zones.length),
      found: say(on),
    },
    {
      what: "with cross-zone off only the writer's own zone does",
      holds: off.length === 2 && off.every(row => worksIn(row).join() === row.writerIn),
      found: say(off),
    },
    {
      what: 'with an endpoint in one zone and cross-zone off nobody does while the writer is in another',
      holds: alone.length === 1 && alone.every(row => row.endpointIn !== row.writerIn && worksIn(row).length === 0),
      found: say(alone),
    },
  ]
}

export const zonesApart: Scenario = {
  name: 'zones',
  database: 'instance',
  promise:
    'A consumer reaches the writer from every zone, wherever it is, because cross-zone is on; off, only the writer’s own zone does.',
  open: cloud => openStage(cloud, templates, stage),
  play: async cloud => {
    await lookOnAndOff(cloud)
    await instanceOf(cloud).failover()
    await untilServed(cloud, 'swap')
    await lookOnAndOff(cloud)
    await leaveOneZone(cloud)
    await lookOnAndOff(cloud)
  },
  table: record => [
    ['Writer in', 'cross-zone', 'endpoint in', ...zones.map(zone => `a consumer in ${zone}`)],
    ...rowsOf(record).map(row => [
      row.writerIn,
      row.crossZone,
      row.endpointIn,
      ...zones.map(zone => row[`in ${zone}`] ?? ''),
    ]),
  ],
  expectations,
}
