import { type Change, type ListResourceRecordSetsResponse, Route53, type RRType } from '@aws-sdk/client-route-53'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccountResources } from '../../lab/api/resources.ts'
import { accountId, type ServedApi, serveApi } from './api-fixture.ts'

const name = 'orders.abc.eu-west-1.rds.amazonaws.com'
const endpoints = {
  'repoint-nlb': { dnsName: 'vpce-0a.vpce-svc-0a.eu-west-1.vpce.amazonaws.com', hostedZoneId: 'Z0VPCE' },
  'repoint-gateway': { dnsName: 'vpce-0b-rcfg-0b.vpc-lattice-rsc.eu-west-1.on.aws', hostedZoneId: 'Z0LATTICE' },
} as const
type Way = keyof typeof endpoints

const world = (): Partial<AccountResources> => ({
  vpcs: [{ id: 'vpc-0c', hasDnsSupport: true, hasDnsHostnames: true }],
  hostedZones: [
    {
      id: 'Z0OWN',
      name,
      vpcIds: ['vpc-0c'],
      owner: { account: accountId },
      records: [
        { name, setIdentifier: 'repoint-nlb', weight: 100, alias: endpoints['repoint-nlb'] },
        { name, setIdentifier: 'repoint-gateway', weight: 0, alias: endpoints['repoint-gateway'] },
      ],
    },
    {
      id: 'Z0MANAGED',
      name: 'managed.example.com',
      vpcIds: ['vpc-0c'],
      owner: { service: 'vpc-lattice.amazonaws.com' },
    },
  ],
  vpcEndpoints: Object.values(endpoints).map((endpointName, index) => ({
    id: `vpce-0${index}`,
    vpcId: 'vpc-0c',
    service: '',
    state: 'available',
    hasPrivateDns: false,
    policy: '',
    groupIds: [],
    names: [endpointName],
  })),
})

const weighted = (Action: 'CREATE' | 'UPSERT' | 'DELETE', way: Way, Weight: number): Change => ({
  Action,
  ResourceRecordSet: {
    Name: name,
    Type: 'A',
    SetIdentifier: way,
    Weight,
    AliasTarget: {
      DNSName: endpoints[way].dnsName,
      HostedZoneId: endpoints[way].hostedZoneId,
      EvaluateTargetHealth: false,
    },
  },
})

const simple = (Name = name): Change => ({
  Action: 'CREATE',
  ResourceRecordSet: { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.1.1.40' }] },
})

describe('Route 53 as the AWS SDK sees it', () => {
  let served: ServedApi & { resources: AccountResources }
  let route53: Route53
  const serve = async (route53ChangeMs = 0) => {
    served = await serveApi(world(), { route53ChangeMs })
    route53 = new Route53(served.client)
  }
  const leave = async () => {
    route53.destroy()
    await served.api.close()
  }
  beforeEach(() => serve())
  afterEach(leave)

  const change = (...Changes: Change[]) =>
    route53.changeResourceRecordSets({ HostedZoneId: 'Z0OWN', ChangeBatch: { Changes } })
  const weights = () =>
    Object.fromEntries((served.resources.hostedZones[0]?.records ?? []).map(it => [it.setIdentifier, it.weight]))

  it('lists a zone’s records, its NS and SOA included', async () => {
    const { ResourceRecordSets } = await route53.listResourceRecordSets({ HostedZoneId: '/hostedzone/Z0OWN' })

    expect(ResourceRecordSets?.map(it => [it.Type, it.SetIdentifier, it.Weight])).toEqual([
      ['A', 'repoint-gateway', 0],
      ['A', 'repoint-nlb', 100],
      ['NS', undefined, undefined],
      ['SOA', undefined, undefined],
    ])
    expect(ResourceRecordSets?.[1]).toMatchObject({
      Name: `${name}.`,
      AliasTarget: {
        DNSName: `${endpoints['repoint-nlb'].dnsName}.`,
        HostedZoneId: 'Z0VPCE',
        EvaluateTargetHealth: false,
      },
    })
  })

  it('pages through records', async () => {
    const seen: unknown[] = []
    let next: { StartRecordName?: string; StartRecordType?: RRType; StartRecordIdentifier?: string } | undefined = {}
    while (next) {
      const page: ListResourceRecordSetsResponse = await route53.listResourceRecordSets({
        HostedZoneId: 'Z0OWN',
        MaxItems: 1,
        ...next,
      })
      seen.push(...(page.ResourceRecordSets ?? []).map(it => it.SetIdentifier ?? it.Type))
      next = page.IsTruncated
        ? {
            ...(page.NextRecordName && { StartRecordName: page.NextRecordName }),
            ...(page.NextRecordType && { StartRecordType: page.NextRecordType }),
            ...(page.NextRecordIdentifier && { StartRecordIdentifier: page.NextRecordIdentifier }),
          }
        : undefined
    }

    expect(seen).toEqual(['repoint-gateway', 'repoint-nlb', 'NS', 'SOA'])
  })

  it('moves both weights in one change', async () => {
    const { ChangeInfo } = await change(
      weighted('UPSERT', 'repoint-nlb', 90),
      weighted('UPSERT', 'repoint-gateway', 10),
    )

    expect(weights()).toEqual({ 'repoint-nlb': 90, 'repoint-gateway': 10 })
    expect(ChangeInfo?.Status).toBe('INSYNC')
    expect(ChangeInfo?.SubmittedAt).toBeInstanceOf(Date)
  })

  it('does nothing of a batch when a part of it is refused', async () => {
    const refused = change(weighted('UPSERT', 'repoint-nlb', 0), weighted('CREATE', 'repoint-gateway', 100))

    await expect(refused).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: expect.stringContaining("set identifier='repoint-gateway'] but it already exists"),
    })
    expect(weights()).toEqual({ 'repoint-nlb': 100, 'repoint-gateway': 0 })
  })

  it('refuses a simple record beside weighted ones', async () => {
    await expect(change(simple())).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: expect.stringContaining('cannot be created as other RRSets exist with the same name and type'),
    })
  })

  it('refuses a weighted record beside a simple one', async () => {
    await change(weighted('DELETE', 'repoint-nlb', 100), weighted('DELETE', 'repoint-gateway', 0), simple())

    await expect(change(weighted('CREATE', 'repoint-nlb', 1))).rejects.toMatchObject({
      message: expect.stringContaining('a non-weighted set exists with the same name and type'),
    })
  })

  it('deletes a record only when its values are given as they are', async () => {
    await expect(change(weighted('DELETE', 'repoint-nlb', 50))).rejects.toMatchObject({
      message: expect.stringContaining('but the values provided do not match the current values'),
    })
    await change(weighted('DELETE', 'repoint-nlb', 100))
    expect(weights()).toEqual({ 'repoint-gateway': 0 })
    await expect(change(weighted('DELETE', 'repoint-nlb', 100))).rejects.toMatchObject({
      message: expect.stringContaining('but it was not found'),
    })
  })

  it('refuses names outside the zone, and aliases of endpoints that are not there', async () => {
    const wrong = weighted('UPSERT', 'repoint-nlb', 1)
    const elsewhere = {
      ...wrong,
      ResourceRecordSet: {
        ...wrong.ResourceRecordSet,
        Name: name,
        Type: 'A' as const,
        AliasTarget: { DNSName: 'vpce-gone.example.com', HostedZoneId: 'Z0VPCE', EvaluateTargetHealth: false },
      },
    }

    await expect(change(simple('other.example.com'))).rejects.toThrow('is not permitted in zone')
    await expect(change(elsewhere)).rejects.toThrow('target was not found')
  })

  it('shows every zone that a VPC sees, and records of its own alone', async () => {
    const seen = await route53.listHostedZonesByVPC({ VPCId: 'vpc-0c', VPCRegion: 'eu-west-1' })
    const ofAService = route53.listResourceRecordSets({ HostedZoneId: 'Z0MANAGED' })

    expect(seen.HostedZoneSummaries).toHaveLength(2)
    await expect(ofAService).rejects.toMatchObject({ name: 'NoSuchHostedZone' })
  })

  it('says that a change is pending until it is everywhere', async () => {
    await leave()
    await serve(3_600_000)
    const { ChangeInfo } = await change(weighted('UPSERT', 'repoint-nlb', 50))
    const { ChangeInfo: later } = await route53.getChange({ Id: ChangeInfo?.Id })

    expect(ChangeInfo?.Status).toBe('PENDING')
    expect(later).toMatchObject({ Id: ChangeInfo?.Id, Status: 'PENDING' })
    expect(weights()).toMatchObject({ 'repoint-nlb': 50 })
  })

  it('says that a change is everywhere once its time is over', async () => {
    const { ChangeInfo } = await change(weighted('UPSERT', 'repoint-nlb', 50))

    expect((await route53.getChange({ Id: ChangeInfo?.Id })).ChangeInfo?.Status).toBe('INSYNC')
    await expect(route53.getChange({ Id: 'C0' })).rejects.toMatchObject({ name: 'NoSuchChange' })
  })

  it('denies as told, and changes nothing then', async () => {
    served.api.faults.inject('route53:ChangeResourceRecordSets', { kind: 'access-denied' })

    await expect(change(weighted('UPSERT', 'repoint-nlb', 1))).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(weights()).toMatchObject({ 'repoint-nlb': 100 })
  })
})
