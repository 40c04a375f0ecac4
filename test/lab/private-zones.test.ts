import { beforeEach, describe, expect, it } from 'vitest'
import type { AccountResources, RecordSet } from '../../lab/api/resources.ts'
import { endpointNames, openPrivateZones, type PrivateZones } from '../../lab/consumer/private-zones.ts'
import { evenly, pick } from '../../lab/consumer/weights.ts'
import { delays } from '../../lab/delays.ts'
import { resolveIn } from '../../lab/dns/zone.ts'
import * as fixture from '../../lab/fixture.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { type ManualTime, manualTime } from './manual-time.ts'
import { resourceEndpoint, withGateway } from './some-resources.ts'

const hostname = fixture.endpoints.instance
const [gatewayName] = resourceEndpoint.names
const interfaceName = { dnsName: 'vpce-1.vpce-svc-1.eu-west-1.vpce.amazonaws.com', hostedZoneId: 'Z1' }
const byBalancer = fixture.consumer.addressesOf('interface')
const byGateway = fixture.consumer.addressesOf('resource')

const weighted = (setIdentifier: string, weight: number, alias?: RecordSet['alias']): RecordSet => ({
  name: hostname,
  setIdentifier,
  weight,
  ...(alias && { alias }),
})

describe('weighted records', () => {
  const share = (weights: readonly number[], draws = 1_000) => {
    const records = weights.map((weight, index) => weighted(String(index), weight))
    const draw = evenly()
    const picked = Array.from({ length: draws }, () => Number(pick(records, draw)?.setIdentifier))
    return weights.map((_, index) => picked.filter(one => one === index).length / draws)
  }

  it.each([
    [
      [100, 0],
      [1, 0],
    ],
    [
      [0, 100],
      [0, 1],
    ],
    [
      [75, 25],
      [0.75, 0.25],
    ],
    [
      [0, 0],
      [0.5, 0.5],
    ],
  ])('of %j are picked in the shares %j', (weights, expected) => {
    for (const [index, found] of share(weights).entries()) expect(found).toBeCloseTo(expected[index] ?? 0, 2)
  })

  it('show both paths of an even share within the first few draws', () => {
    expect(share([50, 50], 4)).toEqual([0.5, 0.5])
  })

  it('take no draw where there is only one, so that other names leave the shares as they are', () => {
    const draw = () => {
      throw new Error('a draw was taken')
    }
    expect(pick([weighted('alone', 0)], draw)?.setIdentifier).toBe('alone')
  })

  it('are none where there are none', () => {
    expect(pick([], evenly())).toBeUndefined()
  })
})

describe('a private hosted zone, as its VPC’s resolver knows it', () => {
  let time: ManualTime
  let around: AccountResources
  let zones: PrivateZones
  beforeEach(() => {
    time = manualTime()
    around = withGateway()
    around.vpcEndpoints.push(
      { ...resourceEndpoint, type: 'Interface', id: 'vpce-1', addresses: byBalancer, names: [interfaceName] },
      resourceEndpoint,
    )
    around.hostedZones.push({
      id: fixture.networkNames.hostedZone,
      name: `${hostname}.`,
      vpcIds: [fixture.consumer.vpc.id],
      owner: { account: fixture.account },
      records: [weighted('repoint-nlb', 100, interfaceName), weighted('repoint-gateway', 0, gatewayName)],
    })
    zones = openPrivateZones({ resources: around, vpcId: fixture.consumer.vpc.id, time, timeline: startTimeline(time) })
    zones.settle()
  })

  const resolved = (name: string = hostname) => resolveIn([zones, endpointNames(around)], name)

  /** As ChangeResourceRecordSets does. */
  const weigh = (nlb: number, gateway: number) => {
    const [first, second] = around.hostedZones[0]?.records ?? []
    if (first) first.weight = nlb
    if (second) second.weight = gateway
  }

  it('answers with the addresses of the endpoint that the picked alias names, and that name’s time to live', () => {
    expect(resolved()?.addresses).toEqual(byBalancer)
    expect(resolved()?.records[0]?.record.ttlSeconds).toBe(delays.endpointNameTtl.value / 1_000)
  })

  it('goes by new weights when the change has had its time, and by the old ones until then', async () => {
    weigh(0, 100)
    await time.advance(delays.route53Change.value - 1_000)
    expect(resolved()?.addresses).toEqual(byBalancer)
    await time.advance(3_000)
    expect(resolved()?.addresses).toEqual(byGateway)
  })

  it('follows two changes one after the other', async () => {
    weigh(50, 50)
    await time.advance(10_000)
    weigh(0, 100)
    await time.advance(delays.route53Change.value - 5_000)
    const both = Array.from({ length: 8 }, () => String(resolved()?.addresses))
    expect(new Set(both)).toEqual(new Set([String(byBalancer), String(byGateway)]))
    await time.advance(10_000)
    const later = Array.from({ length: 8 }, () => String(resolved()?.addresses))
    expect(new Set(later)).toEqual(new Set([String(byGateway)]))
  })

  it('has nothing to say where its records are gone, and lets nobody else answer', async () => {
    around.hostedZones[0]?.records?.splice(0)
    await time.advance(delays.route53Change.value + 2_000)
    const elsewhere = { lookup: () => ({ type: 'A' as const, addresses: ['10.0.1.10'], ttlSeconds: 5 }) }
    expect(resolveIn([zones, elsewhere], hostname)?.addresses).toEqual([])
  })

  it('is out of the w when it is gone', async () => {
    around.hostedZones.splice(0)
    await time.advance(delays.route53Change.value + 2_000)
    const elsewhere = { lookup: () => ({ type: 'A' as const, addresses: ['10.0.1.10'], ttlSeconds: 5 }) }
    expect(resolveIn([zones, elsewhere], hostname)?.addresses).toEqual(['10.0.1.10'])
  })

  it('of another VPC is unknown', () => {
    for (const zone of around.hostedZones) zone.vpcIds = ['vpc-0000000000000000f']
    zones.settle()
    expect(resolved()).toBeUndefined()
  })

  it('leaves an endpoint’s own name to the endpoint', () => {
    expect(resolved(gatewayName?.dnsName)?.addresses).toEqual(byGateway)
    expect(resolved('vpce-2.example.on.aws')).toBeUndefined()
  })

  it('leaves an endpoint’s own name to every other resolver too: the name is public', () => {
    expect(resolveIn([endpointNames(around)], gatewayName?.dnsName ?? '')?.addresses).toEqual(byGateway)
    expect(resolveIn([endpointNames(around)], hostname)).toBeUndefined()
  })
})
